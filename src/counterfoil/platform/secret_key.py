"""The installation's secret key: given, or made once and kept in the data directory."""

import base64
import hashlib
import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SETTING = "COUNTERFOIL_SECRET_KEY"
SHORTEST = 16
"""Characters of the key that encrypts: 16 letters and digits made at random are more than anyone can try out."""
FEWEST_DIFFERENT = 5  # as Django asks of its SECRET_KEY
FOR_EXAMPLE = "openssl rand -base64 36"


def secret_keys(given: Sequence[str] | None, data_dir: Path) -> list[str]:
    """The installation's keys, of which the first encrypts: those of the setting, or the data directory's own.

    Raises ImproperlyConfigured for a key that anyone could work out. An old one behind the first may be short, so
    that there is a way from it to a better one; none may be blank.
    """
    if given is None:
        where = str(data_dir / "secret_key")
        return [_strong(read_or_make(data_dir), where, f"Put back the key, or set {SETTING}.")]
    if not given or not all(key.strip() for key in given):
        raise ImproperlyConfigured(
            f"{SETTING} is set, and {'one of its keys' if len(given) > 1 else 'it'} is blank: with a blank key anyone "
            "could read the stored secrets. Set it to this installation's key, or remove the variable to use the key "
            "in the data directory."
        )
    if not all(_is_text(key) for key in given):
        raise ImproperlyConfigured(
            f"{SETTING} contains bytes that aren’t text (UTF-8). Set it to this installation's key, exactly as it "
            "was created."
        )
    way_out = f"Create one with “{FOR_EXAMPLE}”, and put the current one after it: {SETTING}=NEW,PRESENT."
    return _without_blanks([_strong(given[0], SETTING, way_out), *given[1:]])


def _without_blanks(given: Sequence[str]) -> list[str]:
    """Each key as a file would hold it, and behind it as it came: a line end or a blank after a comma is none of it.

    What was encrypted with the blanks is still opened, and encrypted anew with the next migrations.
    """
    return list(dict.fromkeys(each for key in given for each in (key.strip(), key)))


def _is_text(key: str) -> bool:
    """Whether it came as UTF-8: the system hands on other bytes as surrogates, which nothing encodes."""
    return not any("\ud800" <= letter <= "\udfff" for letter in key)


def _strong(key: str, where: str, way_out: str) -> str:
    if len(key.strip()) < SHORTEST or len(set(key)) < FEWEST_DIFFERENT:
        what = "no key" if not key.strip() else "a key that is too easy to guess"
        raise ImproperlyConfigured(f"{where} holds {what}: it needs at least {SHORTEST} random characters. {way_out}")
    return key


def where_the_key_is(data_dir: Path) -> str:
    """What holds the key of this process, for people."""
    return f"the value of {SETTING}" if SETTING in os.environ else str(data_dir / "secret_key")


def read_or_make(data_dir: Path) -> str:
    """The key kept in `data_dir`/secret_key; made at the first call, readable by its owner alone.

    Raises ImproperlyConfigured where the file holds no text.
    """
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    try:
        return path.read_text("utf-8-sig").strip()  # an editor may have put a mark before it
    except UnicodeDecodeError:
        raise ImproperlyConfigured(
            f"{path} isn’t text, so it isn’t a key. Put back the key of this installation, or set {SETTING}."
        ) from None


def _make(path: Path) -> None:
    """Written whole before it gets its name; of two that make it at once, the first one's stays."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret_key-")
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        Path(path).hardlink_to(draft)
    Path(draft).unlink()


def fernet_keys(secret_keys: list[str]) -> list[str]:
    """An encryption key for each secret key; the first encrypts, all of them decrypt."""
    return [_fernet_key(key) for key in secret_keys]


def _fernet_key(secret_key: str) -> str:
    digest = hashlib.sha256(b"counterfoil secrets at rest\0" + secret_key.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()
