"""The installation's secret key: given, or made once and kept in the data directory."""

import base64
import hashlib
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def read_or_make(data_dir: Path) -> str:
    """The key kept in `data_dir`/secret_key; made at the first call, readable by its owner alone."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    return path.read_text().strip()


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
