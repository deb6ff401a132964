"""Lets dispatch hear what happens in the books."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "counterfoil.dispatch"
    label = "dispatch"

    def ready(self) -> None:
        """Listens from now on."""
        from counterfoil.dispatch.receivers import listen

        listen()
