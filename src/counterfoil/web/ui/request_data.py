"""What comes along with a request, made safe to ask the database with."""

from collections.abc import Collection, Mapping
from uuid import UUID

from counterfoil.storable import number_of, without_nulls

LONGEST_WHY = 500


def key_in(sent: Mapping[str, str], name: str) -> int | None:
    """A row's key, or None where nothing that could be one was sent."""
    return number_of(sent.get(name, ""))


def uuid_in(sent: Mapping[str, str], name: str) -> UUID | None:
    """The key under which something is done once, or None where nothing that could be one was sent."""
    try:
        return UUID(sent.get(name, ""))
    except ValueError:
        return None


def text_in(sent: Mapping[str, str], name: str, longest: int = 1000) -> str:
    """A text without what the database does not take, trimmed, of a length that a page can show."""
    return without_nulls(sent.get(name, "")).strip()[:longest]


def texts_in(sent: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """Those of these fields that were sent, as they were typed."""
    return {name: without_nulls(sent[name]) for name in names if name in sent}
