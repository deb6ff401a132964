"""What is looked at before a process touches anything: its connection to the database, and its secret key."""

import os

import psycopg
from django.conf import settings
from django.db import OperationalError

from counterfoil.platform.database.pooling import require_own_connection
from counterfoil.platform.django_setup import NoDatabase, WrongSecretKey
from counterfoil.platform.secret_key import SETTING, where_the_key_is
from counterfoil.stores.db import key_seal

WITHOUT_THE_KEY = ("key", "restore")
"""Commands that look after the key by themselves."""


def check_start(command: str) -> None:
    """Lets a process work on the database or not; raises PooledDatabase, WrongSecretKey, NoDatabase."""
    try:
        if not os.environ.get("COUNTERFOIL_EMBEDDED"):
            require_own_connection()
        if command not in WITHOUT_THE_KEY:
            require_our_key()
    except (psycopg.OperationalError, OperationalError) as trouble:
        why = str(trouble).strip().partition("\n")[0]
        raise NoDatabase(f"Can’t reach the database: {why}") from trouble


def require_our_key() -> None:
    """Seals a database that has no seal; raises WrongSecretKey where the key of this process is not the database's."""
    try:
        key_seal.require_our_key()
    except key_seal.OtherKey as other:
        raise WrongSecretKey(f"{other} Nothing was changed. {what_to_do_about_the_key()}") from other


def what_to_do_about_the_key() -> str:
    """Where this process has its key from, and where the right one belongs."""
    here, there = where_the_key_is(settings.DATA_DIR), settings.DATA_DIR / "secret_key"
    return (
        f"This process uses {here}. Set {SETTING} to the key the others use, or replace {there} with their "
        "secret_key file. If the key is lost for good: counterfoil key --lost."
    )
