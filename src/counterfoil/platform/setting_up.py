"""Sets Django up; what is wrong with the settings becomes a sentence."""

import os


class SettingsError(Exception):
    """An environment variable holds what it cannot hold."""


def set_up() -> None:
    """Reads the settings and loads the rooms; raises SettingsError."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterfoil.platform.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from environs import EnvError

    try:
        django.setup()
    except (ImproperlyConfigured, EnvError) as wrong:
        raise SettingsError(str(wrong)) from wrong
