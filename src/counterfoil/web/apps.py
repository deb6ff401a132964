"""Registers the pages with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "counterfoil.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from counterfoil.accounts import session_keys, signals

        signals.connect()
        session_keys.connect()
