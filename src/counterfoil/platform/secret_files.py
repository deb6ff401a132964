"""Secrets from files: what a vault, Docker's secrets or systemd's LoadCredential lay down for this process alone.

`NAME_FILE` is the convention of the official images (docker-library/postgres, docker-entrypoint.sh: file_env).
"""

from collections.abc import MutableMapping
from pathlib import Path

from counterfoil.platform.django_setup import SettingsError

NAMES = (
    "DATABASE_URL",
    "COUNTERFOIL_SECRET_KEY",
    "COUNTERFOIL_EMAIL_URL",
    "COUNTERFOIL_METRICS_TOKEN",
    "COUNTERFOIL_CLIENT_SECRET",
    "COUNTERFOIL_ACCESS_TOKEN",
)


class SecretFileWrong(SettingsError):
    """A sentence that names the setting, and never what is in the file."""


def read(environment: MutableMapping[str, str]) -> None:
    """Sets each secret setting whose `NAME_FILE` names a file to what is in it, without blanks around it.

    Raises SecretFileWrong where both are given, or the file is empty or cannot be read.
    """
    for name in NAMES:
        path = environment.get(f"{name}_FILE")
        if not path:
            continue
        if environment.get(name):
            raise SecretFileWrong(f"Both {name} and {name}_FILE are set. Keep one of them.")
        try:
            value = Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError):
            raise SecretFileWrong(f"The file named by {name}_FILE can’t be read. Check its path and owner.") from None
        if not value:
            raise SecretFileWrong(f"The file named by {name}_FILE is empty.")
        environment[name] = value
        del environment[f"{name}_FILE"]  # what this process starts has the value already
