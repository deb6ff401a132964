"""Backups that only the owner of a key can open, in the format of age (https://age-encryption.org/v1).

Any other program for age opens them, too. Keys are age's own (`age1…`, made by `age-keygen`) or SSH's (`ssh-ed25519 …`,
`ssh-rsa …`). Nothing is held in memory as a whole, and nothing of a backup that is made is ever on the disk in clear.
"""

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import IO, Any

import pyrage

from counterfoil.platform.database.backup_error import BackupError

MARK = b"age-encryption.org/v1\n"
ARMORED = b"-----BEGIN AGE ENCRYPTED FILE-----"
SECRET = "AGE-SECRET-KEY-"  # noqa: S105 (how age's secret keys begin)
NO_RECIPIENT = (
    "“{}” isn’t a key to encrypt to. Give the public key that age-keygen prints, which starts with age1, or an SSH "
    "public key (ssh-ed25519, ssh-rsa)."
)
NOT_TO_THIS = "This is a secret key. Encrypt to its public key (age1…), and keep this one elsewhere."
NO_IDENTITY = (
    "There’s no key in {}: it should hold a line AGE-SECRET-KEY-…, or be an SSH private key without a passphrase."
)
NOT_THIS_KEY = "{} is encrypted to a different key than those in {}, or it’s damaged."
IDENTITY_NEEDED = "{} is encrypted. Give the file with its secret key: --identity FILE."


def is_encrypted(path: Path) -> bool:
    """Whether the file is one of age; raises OSError."""
    with path.open("rb") as file:
        return file.read(len(ARMORED)).startswith((MARK, ARMORED))


def recipients(keys: Sequence[str]) -> list[Any]:
    """The keys to encrypt to; raises BackupError."""
    return [_recipient(key.strip()) for key in keys]


def _recipient(key: str) -> Any:
    if key.upper().startswith(SECRET):
        raise BackupError(NOT_TO_THIS)
    kind: Any = pyrage.ssh.Recipient if key.startswith("ssh-") else pyrage.x25519.Recipient
    try:
        return kind.from_str(key)
    except pyrage.RecipientError:
        raise BackupError(NO_RECIPIENT.format(key)) from None


def identities(path: Path) -> list[Any]:
    """The secret keys in a file of age-keygen's, or of ssh-keygen's; raises BackupError and OSError."""
    content = path.read_bytes()
    try:
        if content.lstrip().startswith(b"-----BEGIN"):
            return [pyrage.ssh.Identity.from_buffer(content)]
        lines = [line.strip() for line in content.decode().splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (pyrage.IdentityError, UnicodeDecodeError):
        raise BackupError(NO_IDENTITY.format(path)) from None
    if not found:
        raise BackupError(NO_IDENTITY.format(path))
    return found


@contextmanager
def encrypting(into: IO[bytes], to: Sequence[Any]) -> Iterator[IO[bytes]]:
    """A file to write to; what was written stands encrypted in `into` afterwards. Raises BackupError and OSError."""
    reading, writing = os.pipe()
    trouble: list[Exception] = []

    def encrypt() -> None:
        with os.fdopen(reading, "rb") as source:
            try:
                pyrage.encrypt_io(source, into, to)
            except (pyrage.EncryptError, OSError) as error:  # who writes meets a broken pipe
                trouble.append(error)

    working = threading.Thread(target=encrypt, daemon=True)
    working.start()
    try:
        with os.fdopen(writing, "wb") as out:
            yield out
    except BrokenPipeError:
        if not trouble:
            raise
    finally:
        working.join()
    if trouble:
        raise BackupError(f"The backup couldn’t be encrypted: {trouble[0]}")


@contextmanager
def opened(path: Path, identity: Path | None) -> Iterator[IO[bytes]]:
    """The backup in clear, from its beginning; raises BackupError and OSError.

    Of an encrypted one it is a file without a name in the directory for temporary files, which nobody else can open
    and which is gone with the process, however that ends.
    """
    if not is_encrypted(path):
        with path.open("rb") as plain:
            yield plain
        return
    if identity is None:
        raise BackupError(IDENTITY_NEEDED.format(path))
    keys = identities(identity)
    with tempfile.TemporaryFile() as clear:
        with path.open("rb") as source:
            try:
                pyrage.decrypt_io(source, clear, keys)
            except (pyrage.DecryptError, OSError) as error:
                if os.strerror(ENOSPC) in str(error):  # pyrage hands on the words alone
                    full = f"{path} couldn’t be opened: no space left in {tempfile.gettempdir()}."
                    raise BackupError(full) from None
                raise BackupError(NOT_THIS_KEY.format(path, identity)) from None
        clear.seek(0)
        yield clear
