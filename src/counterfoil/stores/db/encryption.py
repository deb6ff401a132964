"""Secrets at rest: encrypted with the installation's key, never shown again."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class SecretUnreadable(Exception):
    """A stored secret was encrypted with another secret key. Enter it again, or restore the key."""

    def __str__(self) -> str:
        return str(self.__doc__)


@lru_cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(secret: str) -> bytes:
    """The secret as it is stored; the first of the installation's keys encrypts."""
    return _fernet(tuple(settings.COUNTERFOIL_FERNET_KEYS)).encrypt(secret.encode()) if secret else b""


def decrypt(stored: bytes) -> str:
    """The secret again; raises SecretUnreadable when no key of the installation opens it."""
    if not stored:
        return ""
    try:
        return _fernet(tuple(settings.COUNTERFOIL_FERNET_KEYS)).decrypt(bytes(stored)).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def encrypted_anew(stored: bytes) -> bytes | None:
    """The same secret, encrypted with the first key; None where it is already, or where no key opens it."""
    keys: tuple[str, ...] = tuple(settings.COUNTERFOIL_FERNET_KEYS)
    if not stored or _is_opened_by(keys[:1], stored) or not _is_opened_by(keys, stored):
        return None
    return _fernet(keys).rotate(bytes(stored))


def _is_opened_by(keys: tuple[str, ...], stored: bytes) -> bool:
    try:
        _fernet(keys).decrypt(bytes(stored))
    except InvalidToken:
        return False
    return True


class Secret:
    """A secret in memory that does not show itself in a log, a trace or a template."""

    __slots__ = ("_stored",)

    def __init__(self, stored: bytes) -> None:
        self._stored = stored

    @classmethod
    def of(cls, text: str) -> "Secret":
        """The secret for a text that someone entered."""
        return cls(encrypt(text))

    @property
    def stored(self) -> bytes:
        """The encrypted bytes."""
        return self._stored

    def reveal(self) -> str:
        """The text. Only where it is sent to the store."""
        return decrypt(self._stored)

    reveal.alters_data = True  # type: ignore[attr-defined]  # Django's word for: no template calls this

    @property
    def is_readable(self) -> bool:
        """Whether a key of the installation opens it."""
        try:
            decrypt(self._stored)
        except SecretUnreadable:
            return False
        return True

    def __bool__(self) -> bool:
        return bool(self._stored)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._stored == self._stored

    def __hash__(self) -> int:
        return hash(self._stored)

    def __repr__(self) -> str:
        return "Secret(set)" if self else "Secret(not set)"


def no_secret() -> Secret:
    """The secret that was not entered, or not made, yet."""
    return Secret(b"")


if TYPE_CHECKING:
    _Column = models.Field[Secret, Secret]
else:
    _Column = models.Field


class SecretField(_Column):
    """A column that holds a Secret, encrypted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: bytes | memoryview | None, expression: Any, connection: Any) -> Secret:
        return Secret(bytes(value or b""))

    def get_prep_value(self, value: Secret) -> bytes:
        return value.stored
