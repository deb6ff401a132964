"""Says what is wrong with what was sent: a sentence with the field's name, and what to send instead.

pydantic finds it and gives it a kind ("Validation Errors" in its documentation); none of its own sentences is passed
on, since they speak of its types. https://docs.pydantic.dev/latest/errors/validation_errors/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ninja.errors import ValidationError
from pydantic_core import PydanticCustomError

from counterfoil.api.problems import Problem

LONGEST_NAME = 200
MOST_WORDS = 300
Words = tuple[str, str]

_NUMBER = "Send a number without quotes, such as 5."
_DIGITS = "Send digits only, such as 5."
_FRACTION = 'Send it as text, such as "19.90".'
_TEXT = "Send text in quotes."
_DAY = "Write it like 2026-11-30."
_TIME = "Write it like 2026-11-30T12:00:00Z."
_OBJECT = 'Send fields in braces, such as {{"name": "value"}}.'
_LIST = "Put the values in brackets, even a single one."
_COMPARE = "Compare it with /api/v1/openapi.json."
_BOOLEAN = "Send true or false, without quotes."

SENTENCES: Mapping[str, Words] = {
    # Which fields there are.
    "missing": ("{name} is missing.", "Send it; /api/v1/openapi.json shows its form."),
    "extra_forbidden": ("There is no field {name}.", "Check its spelling, or leave it out."),
    "no_such_attribute": ("There is no field {name}.", "Check its spelling, or leave it out."),
    "invalid_key": ("There is no field {name}.", "Check its spelling, or leave it out."),
    "json_invalid": ("{name} isn’t valid JSON.", "Send JSON in UTF-8."),
    "json_type": ("{name} must be JSON.", "Send JSON in UTF-8."),
    "recursion_loop": ("{name} is nested too deep.", "Send fewer levels."),
    # Text.
    "string_type": ("{name} must be text.", _TEXT),
    "string_sub_type": ("{name} must be text.", _TEXT),
    "string_unicode": (
        "{name} contains a character that can’t be stored (half of a surrogate pair).",
        "Send the whole character, or leave it out.",
    ),
    "string_too_long": ("{name} is longer than {max_length} characters.", "Shorten it."),
    "string_too_short": ("{name} is shorter than {min_length} characters.", "Send more of it."),
    "string_empty": ("{name} is empty.", "Send at least one character."),
    "string_pattern_mismatch": ("{name} has the wrong format.", _COMPARE),
    "string_not_ascii": ("{name} may contain only ASCII characters.", "Leave out the others."),
    "not_storable": (
        "{name} contains a character that can’t be stored (NUL, or half of a surrogate pair).",
        "Leave that character out.",
    ),
    "uuid_type": ("{name} must be a UUID.", "Send it like 123e4567-e89b-12d3-a456-426614174000."),
    "uuid_parsing": ("{name} must be a UUID.", "Send it like 123e4567-e89b-12d3-a456-426614174000."),
    "uuid_version": ("{name} is a UUID of another version.", _COMPARE),
    "url_type": ("{name} must be a URL.", "Send it like https://example.com/page."),
    "url_parsing": ("{name} must be a URL.", "Send it like https://example.com/page."),
    # Numbers.
    "int_type": ("{name} must be a whole number.", _NUMBER),
    "int_from_float": ("{name} must be a whole number.", _NUMBER),
    "int_parsing": ("{name} must be a whole number.", _DIGITS),
    "int_parsing_size": ("{name} is too large a number.", "Send a smaller one."),
    "float_type": ("{name} must be a number.", _NUMBER),
    "float_parsing": ("{name} must be a number.", _NUMBER),
    "finite_number": ("{name} must be a finite number.", _NUMBER),
    "multiple_of": ("{name} must be a multiple of {multiple_of}.", "Send one of those."),
    "greater_than": ("{name} must be more than {gt}.", "Send a larger number."),
    "greater_than_equal": ("{name} must be at least {ge}.", "Send a larger number."),
    "less_than": ("{name} must be less than {lt}.", "Send a smaller number."),
    "less_than_equal": ("{name} can be at most {le}.", "Send a smaller number."),
    "decimal_type": ("{name} must be a number.", _FRACTION),
    "decimal_parsing": ("{name} must be a number.", _FRACTION),
    "decimal_max_digits": ("{name} has more than {max_digits} digits.", "Send fewer digits."),
    "decimal_max_places": ("{name} has more than {decimal_places} decimal places.", "Round it."),
    "decimal_whole_digits": ("{name} has more than {whole_digits} digits before the point.", "Send a smaller number."),
    # True or false, and words of a list.
    "bool_type": ("{name} must be true or false.", _BOOLEAN),
    "bool_parsing": ("{name} must be true or false.", _BOOLEAN),
    "enum": ("{name} isn’t one of the allowed values.", "Choose from: {choices}."),
    "literal_error": ("{name} isn’t one of the allowed values.", "Choose from: {choices}."),
    # Days and times.
    "date_type": ("{name} must be a date.", _DAY),
    "date_parsing": ("{name} isn’t a date.", _DAY),
    "date_from_datetime_parsing": ("{name} isn’t a date.", _DAY),
    "date_from_datetime_inexact": ("{name} must be a date without a time.", _DAY),
    "not_a_day": ("{name} isn’t a date.", _DAY),
    "datetime_type": ("{name} must be a date and time.", _TIME),
    "datetime_parsing": ("{name} isn’t a date and time.", _TIME),
    "datetime_from_date_parsing": ("{name} isn’t a date and time.", _TIME),
    "datetime_object_invalid": ("{name} isn’t a date and time.", _TIME),
    "timezone_naive": ("{name} has no time zone.", _TIME),
    "timezone_aware": ("{name} may not have a time zone.", "Leave the time zone out."),
    "not_a_time": ("{name} isn’t a date and time.", _TIME),
    "no_time_zone": ("{name} has no time zone.", _TIME),
    # Objects and lists.
    "model_type": ("{name} must be an object.", _OBJECT),
    "model_attributes_type": ("{name} must be an object.", _OBJECT),
    "dict_type": ("{name} must be an object.", _OBJECT),
    "mapping_type": ("{name} must be an object.", _OBJECT),
    "list_type": ("{name} must be a list.", _LIST),
    "iterable_type": ("{name} must be a list.", _LIST),
    "too_long": ("{name} has more than {max_length} entries.", "Split it into several requests."),
    "too_short": ("{name} needs at least {min_length} entries.", "Add what is missing."),
    "empty": ("{name} is empty.", "Send at least one entry."),
}
"""By pydantic's kind, and by those of `refused`: the sentence, and the next step. Others are ANY_OTHER."""
ANY_OTHER: Words = ("{name} isn’t valid.", _COMPARE)
_OF_TEXT = {"too_long": "string_too_long", "too_short": "string_too_short"}


def refused(kind: str) -> PydanticCustomError:
    """What a schema's own check raises; `kind` is one of SENTENCES."""
    return PydanticCustomError(kind, kind)  # SENTENCES has the words


def problem_of(wrong: ValidationError) -> Problem:
    """Each value that cannot be used, with a sentence; the first one is the problem's own."""
    errors = [described(each) for each in wrong.errors]
    first = errors[0]
    return Problem(422, "invalid", first["detail"], next_step=first["next_step"], field=first["field"], errors=errors)


def described(error: Mapping[str, Any]) -> dict[str, str]:
    """`field`, `detail` and `next_step` of one of pydantic's errors."""
    field = _field(error["loc"])
    name = f"“{field}”" if field else "The body"
    kind, context = str(error["type"]), error.get("ctx", {})
    sentence, next_step = SENTENCES.get(_kind_of(kind, context), ANY_OTHER)
    known = _Known({key: _written(value) for key, value in context.items()}, name=name, choices=_choices(context))
    return {
        "field": field,
        "detail": sentence.format_map(known)[:MOST_WORDS],
        "next_step": next_step.format_map(known)[:MOST_WORDS],
    }


class _Known(dict[str, str]):
    """What a sentence may name; “…” where pydantic gave no value."""

    def __missing__(self, _key: str) -> str:
        return "…"


def _is_text(kind: str, context: Mapping[str, Any]) -> bool:
    """Whether it is the length of a text: pydantic counts its signs as “items” where a check of ours came first."""
    return kind.startswith("string_") or context.get("field_type") == "Value"


def _kind_of(kind: str, context: Mapping[str, Any]) -> str:
    """The kind of SENTENCES: lengths of texts told apart from those of lists, and nothing at all from too little."""
    of_text = _is_text(kind, context)
    if kind in ("too_short", "string_too_short") and context.get("min_length") == 1:
        return "string_empty" if of_text else "empty"
    return _OF_TEXT.get(kind, kind) if of_text else kind


def _field(location: Sequence[Any]) -> str:
    """As in `parcels.0.tracking_number`; without where in the request it stands."""
    named = location[2:] if location[0] == "body" or len(location) > 2 else location[1:]
    return ".".join(str(part) for part in named)[:LONGEST_NAME]


def _written(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _choices(context: Mapping[str, Any]) -> str:
    """What pydantic writes as 'a', 'b' or 'c'."""
    return str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
