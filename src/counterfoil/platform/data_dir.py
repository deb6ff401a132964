"""Where the data lies that nobody has given a place."""

from pathlib import Path

from counterfoil.platform.django_setup import SettingsError


def default_data_dir() -> Path:
    """In the home directory of whoever runs the program; raises SettingsError for a user without one."""
    try:
        return Path.home() / ".local" / "share" / "counterfoil"
    except RuntimeError:
        raise SettingsError(
            "This user has no home directory. Set COUNTERFOIL_DATA_DIR to a directory for the data."
        ) from None


def has_home() -> bool:
    """Whether whoever runs the program has a home directory, by HOME or by the list of users."""
    try:
        return bool(Path.home())
    except RuntimeError:
        return False
