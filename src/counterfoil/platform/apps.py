"""Registers the command line with Django."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "counterfoil.platform"
    label = "platform"
