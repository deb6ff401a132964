"""The seal on the database: something that only the installation's secret key opens.

Without it a process with another key (a second machine that has made its own) would find out at the first store that
it cannot read the access token, and have the store wait for a person, for everyone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from counterfoil.stores.db.encryption import SecretUnreadable, decrypt, encrypt, encrypted_anew

SEALED = "the secret key of this installation"
_COLUMNS = (
    ("access token", "stores_webintegration", "access_token"),
    ("client secret", "stores_webintegration", "client_secret"),
    ("mail", "web_mail", "text"),
    ("webhook secret", "stores_storehooks", "header_secret"),
    ("signing secret", "events_webhookendpoint", "secret"),
    ("former signing secret", "events_webhookendpoint", "former_secret"),
)
_SECOND_FACTORS = "mfa_authenticator"
_IN_SECOND_FACTORS = ("secret", "seed")


class OtherKey(Exception):
    """The secret key of this process is not that of the database."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of a kind, encrypted. `what`: in the singular."""

    what: str
    values: Sequence[bytes]

    @property
    def unreadable(self) -> int:
        """How many of them the present key does not open."""
        return sum(not _opens(value) for value in self.values)


def opens_the_seal() -> bool:
    """Whether the present key opens the seal, or there is none yet. One statement, and one more where there is one."""
    seal = _seal()
    return seal is None or _opens(seal)


def require_our_key() -> None:
    """Raises OtherKey, before anything is touched, where the present key is another one than the database's.

    A database without a seal, which is a new one or one of an earlier version, gets its seal when the key opens what
    is stored; where the table for it is not there yet, only this is looked at.
    """
    if not _has_table("stores_keyseal"):
        _require_that_it_opens(stored_secrets())
    elif (seal := _seal()) is None:
        _require_that_it_opens(stored_secrets())
        _set_seal("DO NOTHING")
        require_our_key()  # another process may have been quicker, with another key
    elif not _opens(seal):
        raise OtherKey("This process has a different secret key than the database.")


def seal_anew() -> None:
    """The present key is the database's from now on, whatever it opens."""
    _set_seal("(id) DO UPDATE SET seal = EXCLUDED.seal, sealed_at = EXCLUDED.sealed_at")


def encrypt_anew() -> int:
    """Encrypts with the first of several keys what was encrypted with another of them; how much that was.

    From then on the others are needed no longer. Does nothing where there is one key.
    """
    if len(settings.COUNTERFOIL_FERNET_KEYS) < 2:
        return 0
    with transaction.atomic():
        number = sum(_column_anew(table, column) for _, table, column in _COLUMNS if _has_secrets(table, column))
        number += sum(_second_factors_anew(name) for name in _IN_SECOND_FACTORS if _has_table(_SECOND_FACTORS))
        seal = _seal()
        if seal is not None and encrypted_anew(seal) is not None:
            seal_anew()
            number += 1
    return number


def stored_secrets() -> list[Stored]:
    """All that is stored encrypted, kind by kind; what the others rest on comes first."""
    found = [Stored(what, _in_column(table, column)) for what, table, column in _COLUMNS if _has_secrets(table, column)]
    if _has_table(_SECOND_FACTORS):
        values = [value for name in _IN_SECOND_FACTORS for _, value in _in_second_factors(name)]
        found.insert(2, Stored("second factor", values))
    return found


def _require_that_it_opens(stored: Sequence[Stored]) -> None:
    """The first kind that there is decides, and all of it: of a store that was added with a wrong key is told, too.

    The later kinds may be left from a key that was lost once: what they were for was then asked for again.
    """
    first = next((each for each in stored if each.values), None)
    if first is not None and first.unreadable:
        number, of = first.unreadable, len(first.values)
        which = f"The {first.what} that is stored" if of == 1 else f"{number} of {of} {first.what}s that are stored"
        raise OtherKey(f"{which} belong{'s' * (of == 1)} to a different secret key than this process has.")


def _opens(value: bytes) -> bool:
    try:
        decrypt(value)
    except SecretUnreadable:
        return False
    return True


def _seal() -> bytes | None:
    if not _has_table("stores_keyseal"):
        return None
    rows = _rows("SELECT seal FROM public.stores_keyseal")
    return bytes(rows[0][0]) if rows else None


def _set_seal(on_conflict: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO public.stores_keyseal (id, seal, sealed_at) VALUES (1, %s, now()) ON CONFLICT {on_conflict}",  # noqa: S608 (our own words)
            [encrypt(SEALED)],
        )


def _has_table(name: str) -> bool:
    return bool(_rows("SELECT to_regclass(%s) IS NOT NULL", f"public.{name}")[0][0])


def _has_secrets(table: str, column: str) -> bool:
    """Whether the column is there and encrypted, which it may not be before the migrations have run."""
    asked = "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = %s"
    return bool(_rows(f"{asked} AND atttypid = 'bytea'::regtype)", f"public.{table}", column)[0][0])


def _in_column(table: str, column: str) -> list[bytes]:
    return [bytes(value) for (value,) in _rows(f"SELECT {column} FROM public.{table} WHERE {column} <> ''")]  # noqa: S608 (our own tables)


def _in_second_factors(name: str) -> Iterator[tuple[int, bytes]]:
    statement = f"SELECT id, data ->> %s FROM public.{_SECOND_FACTORS} WHERE jsonb_typeof(data::jsonb -> %s) = 'string'"  # noqa: S608 (our own tables)
    for pk, value in _rows(statement, name, name):
        yield pk, value.encode()


def _column_anew(table: str, column: str) -> int:
    statement = f"UPDATE public.{table} SET {column} = %s WHERE {column} = %s"  # noqa: S608 (our own tables)
    return _replaced(_in_column(table, column), lambda new, old: _do(statement, new, old))


def _second_factors_anew(name: str) -> int:
    statement = (
        f"UPDATE public.{_SECOND_FACTORS} SET data = jsonb_set(data::jsonb, ARRAY[%s], to_jsonb(%s::text))"  # noqa: S608 (our own tables)
        " WHERE data ->> %s = %s"
    )
    values = [value for _, value in _in_second_factors(name)]
    return _replaced(values, lambda new, old: _do(statement, name, new.decode(), name, old.decode()))


def _replaced(values: Sequence[bytes], put: Callable[[bytes, bytes], None]) -> int:
    """Puts each value that another key encrypted in its place anew; what none of the keys opens stays as it is."""
    fresh = [(encrypted_anew(value), value) for value in values]
    for new, old in fresh:
        if new is not None:
            put(new, old)
    return sum(new is not None for new, _ in fresh)


def _rows(statement: str, *given: str | bytes) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _do(statement: str, *given: str | bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
