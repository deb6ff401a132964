"""What a custom field takes: a value is checked and brought into the form in which it is kept."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import FieldDefinition, FieldType
from counterfoil.storable import storable_text

FieldValue = str | bool
Fields = tuple[tuple[str, FieldValue], ...]
"""The values of one order, line or client: name and value, in the order of the names."""

LONGEST_TEXT = 10_000
MOST_DIGITS = 30
MOST_PLACES = 10
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def checked(definition: FieldDefinition, value: object) -> FieldValue | None:
    """The value as the field keeps it; None for none (None, or text of spaces). Raises Refused for what does not fit.

    Text and choices are text; a number is text with the digits that it came with; a date is text as in 2026-01-31
    (of a time, the date in UTC); yes and no are True and False.
    """
    if isinstance(value, str):
        value = storable_text(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return _CHECKS[FieldType(definition.type)](definition, value)


def _refuse(definition: FieldDefinition, takes: str, value: object) -> Refused:
    shown = str(value)
    shown = shown if len(shown) <= 80 else f"{shown[:80]}…"
    return Refused(f"“{definition.label}” takes {takes}, and “{shown}” isn’t one.")


def _text(definition: FieldDefinition, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal | date):
        raise _refuse(definition, "a text", value)
    text = _as_text(value)
    if len(text) > LONGEST_TEXT:
        raise Refused(
            f"“{definition.label}” takes at most {LONGEST_TEXT:,} characters, and this text has {len(text):,}."
        )
    return text


def _as_text(value: object) -> str:
    """A number that was computed in binary, as 0.1 + 0.2 is, loses what is no digit of the result."""
    if isinstance(value, float):
        return f"{value:.{MOST_PLACES}f}".rstrip("0").rstrip(".")
    return str(value)


def _number(definition: FieldDefinition, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise _refuse(definition, "a number", value)
    try:
        number = Decimal(_as_text(value).strip()[:1000])
    except InvalidOperation:
        raise _refuse(definition, "a number", value) from None
    if not number.is_finite() or abs(number.adjusted()) >= MOST_DIGITS:
        raise _refuse(definition, f"a number of at most {MOST_DIGITS} digits", value)
    text = f"{number:f}"
    if len(text.partition(".")[2]) > MOST_PLACES:
        raise _refuse(definition, f"a number with at most {MOST_PLACES} decimal places", value)
    return text


def _date(definition: FieldDefinition, value: object) -> str:
    try:
        return _day(value).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        raise _refuse(definition, "a date, such as 2026-01-31", value) from None


def _day(value: object) -> date:
    """A date, a time, or text that is one, in ISO 8601 or as in "Wed, 10 Jan 2018 21:05:30 +0000"."""
    if isinstance(value, str):
        value = _moment(value.strip())
    if isinstance(value, datetime):
        return value.astimezone(UTC).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    raise ValueError("not a date")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def _choice(definition: FieldDefinition, value: object) -> str:
    wanted = str(value).strip().casefold()
    for choice in definition.choices:
        if choice.casefold() == wanted:
            return choice
    choices = ", ".join(definition.choices[:10]) + (", …" if len(definition.choices) > 10 else "")
    raise _refuse(definition, f"one of its choices ({choices})", value)


def _yes_no(definition: FieldDefinition, value: object) -> bool:
    if isinstance(value, bool):
        return value
    found = _YES_NO.get(str(value).strip().casefold())
    if found is None:
        raise _refuse(definition, "yes or no", value)
    return found


_CHECKS: dict[FieldType, Callable[[FieldDefinition, object], FieldValue]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.YES_NO: _yes_no,
}


def value_text(value: FieldValue | None) -> str:
    """A value as people read it: Yes and No, the rest as it is kept; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return value
