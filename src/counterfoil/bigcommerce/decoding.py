"""Decodes the store's answers: strictly first, and where that fails once more, with the store's other forms understood.

The strict decoder is fast and takes nearly every answer. The second pass brings what it refused into the strict form
and hands it to the same decoder, so there is one place that checks types (bigcommerce.md, section 11, has the forms).
It goes by types alone:

- none: "", null, [] and {} are an optional field that is not there; in a list they are no element;
- text: a number is its digits, true is "true", anything else its JSON;
- numbers: text with a number in it; whole numbers also as 2.0 and "2.0";
- yes or no: 0 and 1, and as text;
- lists: PHP's object with numbers for names, and the one element by itself; a link is no list;
- objects: a list with the one object in it.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import inspect

from counterfoil.bigcommerce.amounts import UnreadableField, storable_amount, storable_number

_Read = TypeVar("_Read")
_Form = Callable[[Any, str], Any]  # value, the field's name → the value in the strict form

_TREE = msgspec.json.Decoder(float_hook=Decimal)  # no digit is lost on the way
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}(?:\.0*)?")
_YES_OR_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_LONGEST_SHOWN = 40


class Decoder(Generic[_Read]):
    """Decodes bytes as one type. Raises ValueError (a `DecodeError` or `UnreadableField`), or RecursionError."""

    def __init__(self, shape: type[_Read]) -> None:
        self._shape = shape
        self._strict = msgspec.json.Decoder(shape)
        self._form: _Form | None = None

    def decode(self, raw: bytes | msgspec.Raw) -> _Read:
        """The document."""
        try:
            return self._strict.decode(raw)
        except msgspec.ValidationError:
            return self._strict.decode(self._in_strict_form(raw))

    def _in_strict_form(self, raw: bytes | msgspec.Raw) -> bytes:
        if self._form is None:
            self._form = _form_of(inspect.type_info(self._shape))
        return _ENCODER.encode(self._form(_TREE.decode(raw), ""))


_DECODERS: dict[Any, Decoder[Any]] = {}


def decoder(shape: type[_Read]) -> Decoder[_Read]:
    """The decoder of a type, made once."""
    found = _DECODERS.get(shape)
    if found is None:
        found = _DECODERS[shape] = Decoder(shape)
    return found


def _is_none(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {}


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else _ENCODER.encode(value).decode()
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _wrong(name: str, value: Any, what_not: str) -> UnreadableField:
    if _is_none(value):
        return UnreadableField(name, "is empty")
    shown = _shown(value)
    return UnreadableField(name, f"is {shown}, which is {what_not}", value=shown)


def _form_of(kind: inspect.Type) -> _Form:
    """How a value of this type is brought into the strict form."""
    match kind:
        case inspect.StructType(cls=cls):
            return _struct_form(cls)
        case inspect.UnionType(types=types):
            return _optional_form(types)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return _list_form(_form_of(item))
        case inspect.StrType(max_length=longest):
            return _text_form(longest)
        case inspect.IntType(ge=least, le=most):
            return _whole_form(least, most)
        case inspect.DecimalType():
            return _amount
        case inspect.FloatType():
            return _number
        case inspect.BoolType():
            return _yes_or_no
    return _as_it_is


def _as_it_is(value: Any, _name: str) -> Any:
    return value


def _optional_form(types: tuple[inspect.Type, ...]) -> _Form:
    others = [kind for kind in types if not isinstance(kind, inspect.NoneType)]
    form = _form_of(others[-1])
    if len(others) == len(types):
        return form

    def optional(value: Any, name: str) -> Any:
        return None if _is_none(value) else form(value, name)

    return optional


@lru_cache(maxsize=64)
def _struct_form(cls: type[msgspec.Struct]) -> _Form:
    """Made when it is used first, since a document may hold documents of its own kind."""
    fields: dict[str, tuple[_Form, bool]] = {}

    def struct(value: Any, name: str) -> Any:
        found = _only(value)
        if not isinstance(found, dict):
            raise _wrong(name or "it", value, "no object with fields")
        if not fields:
            fields.update(_fields_of(cls))
        return _with_fields(found, fields)

    return struct


def _only(value: Any) -> Any:
    """An object that may stand in a list by itself; PHP's empty object is an empty list."""
    if not isinstance(value, list):
        return value
    return value[0] if len(value) == 1 else value or {}


def _fields_of(cls: type[msgspec.Struct]) -> dict[str, tuple[_Form, bool]]:
    info = inspect.type_info(cls)
    assert isinstance(info, inspect.StructType)
    return {each.encode_name: (_form_of(each.type), each.required) for each in info.fields}


def _with_fields(found: Mapping[str, Any], fields: Mapping[str, tuple[_Form, bool]]) -> dict[str, Any]:
    """The fields that are there; an optional one that stands for none is left out and gets its default."""
    brought: dict[str, Any] = {}
    try:
        for name, (form, required) in fields.items():
            value = found.get(name)
            if required and value is None:
                raise UnreadableField(name, "is missing")
            if required or not _is_none(value) or (form is _as_it_is and name in found):
                brought[name] = form(value, name)
    except UnreadableField as wrong:
        wrong.of = wrong.of or _named(found)
        raise
    return brought


def _named(found: Mapping[str, Any]) -> str:
    names = (found.get(name) for name in ("sku", "name"))
    return next((name.strip()[:80] for name in names if isinstance(name, str) and name.strip()), "")


def _list_form(form: _Form) -> _Form:
    def listed(value: Any, name: str) -> Any:
        return [form(each, name) for each in _elements(value, name) if not _is_none(each)]

    return listed


def _elements(value: Any, name: str) -> list[Any]:
    if isinstance(value, list):
        return value
    if _is_none(value):
        return []
    if not isinstance(value, dict):
        raise _wrong(name or "it", value, "no list")
    if "resource" in value and "url" in value:
        return []
    return list(value.values()) if all(key.isdecimal() for key in value) else [value]


def _text_form(longest: int | None) -> _Form:
    def text(value: Any, name: str) -> str:
        written = _text(value)
        if longest is not None and len(written) > longest:
            raise UnreadableField(name, f"is longer than {longest} characters")
        return written

    return text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is False or _is_none(value):
        return ""
    return str(value) if type(value) in (Decimal, int) else _ENCODER.encode(value).decode()


def _whole_form(least: int | None, most: int | None) -> _Form:
    def whole(value: Any, name: str) -> int:
        number = _whole(value, name)
        if (least is not None and number < least) or (most is not None and number > most):
            raise _wrong(name, value, "below zero" if least == 0 and number < 0 else "not a valid number")
        return number

    return whole


def _whole(value: Any, name: str) -> int:
    if type(value) is int:
        return storable_number(name, value)
    text = format(value, "f") if isinstance(value, Decimal) and value.adjusted() < 30 else str(value).strip()
    if isinstance(value, bool) or not _WHOLE.fullmatch(text):
        raise _wrong(name, value, "not a whole number")
    return storable_number(name, int(text.partition(".")[0]))


def _amount(value: Any, name: str) -> Any:
    """As it came, whatever its digits: the strict decoder reads both forms, and rounds where that is due."""
    storable_amount(name, _decimal(value, name))
    return value


def _number(value: Any, name: str) -> Any:
    return storable_amount(name, _decimal(value, name))


def _decimal(value: Any, name: str) -> Decimal:
    try:
        if type(value) in (str, int, Decimal):
            return Decimal(value)
    except InvalidOperation:
        pass
    raise _wrong(name, value, "not an amount")


def _yes_or_no(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return value
    said = _YES_OR_NO.get(str(value).strip().lower())
    if said is None:
        raise _wrong(name, value, "neither yes nor no")
    return said
