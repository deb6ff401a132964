"""What comes along with a request, made safe to ask the database with."""

from collections.abc import Mapping

from django.http import QueryDict

LONGEST_DIGITS = 18  # fits the columns of the database


def key_in(sent: Mapping[str, str], name: str) -> int | None:
    """A row's key, or None where nothing that could be one was sent."""
    text = sent.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_DIGITS else None


def text_in(sent: Mapping[str, str], name: str, longest: int = 1000) -> str:
    """A text without what the database does not take, trimmed, of a length that a page can show."""
    return sent.get(name, "").replace("\x00", "").strip()[:longest]


LONGEST_WHY = 500


LARGEST_ID = 2**63 - 1


def text_of(sent: QueryDict, name: str, longest: int = LONGEST_WHY) -> str:
    """What was typed into a field, of a length that a page can show."""
    return sent.get(name, "").replace("\x00", "").strip()[:longest]
