"""Registers the web integrations with Django."""

from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "counterfoil.stores"
    label = "stores"
    default_auto_field = "django.db.models.BigAutoField"
