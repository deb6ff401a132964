"""What comes along with a request, made safe to ask the database with."""

from collections.abc import Collection, Mapping
from uuid import UUID

from counterfoil.sales.errors import Refused
from counterfoil.sales.shown import ChangedSinceShown, Shown
from counterfoil.storable import number_of, without_nulls

LONGEST_WHY = 500
SHOWN = "shown-"
"""Before the names of the fields in which a form sends along what it showed when it was opened (`sales/shown.py`)."""


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


def shown_in(sent: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """What the form showed of these fields; a browser ends lines with CR LF."""
    return {
        name: without_nulls(sent[f"{SHOWN}{name}"]).replace("\r\n", "\n") for name in names if f"{SHOWN}{name}" in sent
    }


def typed_in(sent: Mapping[str, str], entered: Mapping[str, str]) -> dict[str, str]:
    """Those of the entered fields that differ from what the form showed: what others changed since then stays."""
    shown = shown_in(sent, entered)
    return {name: text for name, text in entered.items() if name in sent and text != shown.get(name)}


def shown_again(typed: Mapping[str, str], shown: Shown, refused: Refused) -> tuple[dict[str, str], dict[str, str]]:
    """What the form is filled with once more, and what it shows then: where nothing was typed, what others changed."""
    if not isinstance(refused, ChangedSinceShown):
        return dict(typed), dict(shown)
    taken = {name: now for name, now in refused.now.items() if typed.get(name, "").replace("\r\n", "\n") == shown[name]}
    return {**typed, **taken}, {**shown, **refused.now}
