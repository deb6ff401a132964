"""Lets dispatch hear what changes in the sales data."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "counterfoil.dispatch"
    label = "dispatch"

    def ready(self) -> None:
        """Listens from now on."""
        from counterfoil.dispatch.receivers import listen

        listen()
