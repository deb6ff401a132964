"""Sets Django up; what is wrong with the settings becomes a sentence."""

import gc
import os
from collections.abc import Sequence


class SettingsError(Exception):
    """An environment variable holds what it cannot hold."""


class WrongSecretKey(Exception):
    """The secret key of this process is not the database's; a sentence that says where it belongs."""


class NoDatabase(Exception):
    """The database cannot be reached; a sentence that says why."""


class StartStopped(Exception):
    """Someone asked for a stop before every migration had run; the next start runs the others."""


class NewerSchema(Exception):
    """The database, or a backup, was written by a newer version of this program, which may mean other things by it."""

    def __init__(self, what: str, migrations: Sequence[str]) -> None:
        named = ", ".join(migrations[:3]) + (" …" if len(migrations) > 3 else "")
        super().__init__(
            f"{what} belongs to a newer Counterfoil: this one doesn’t know {named}. Nothing was changed. "
            "Run the newer version, or restore a backup made by this one."
        )


def set_up() -> None:
    """Reads the settings and loads the apps; raises SettingsError."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterfoil.platform.settings")
    gc.disable()  # what is loaded now stays to the end: looking through it for garbage takes a sixth of a start
    try:
        _set_up()
    finally:
        gc.freeze()
        gc.enable()


def _set_up() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from environs import EnvError

    try:
        django.setup()
    except (ImproperlyConfigured, EnvError) as wrong:
        raise SettingsError(str(wrong)) from wrong
