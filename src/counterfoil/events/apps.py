"""Registers the events with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "counterfoil.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
