"""The flags of `store add` and `store set`: one for each integration option, and those of the mapping and webhooks."""

from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from counterfoil.platform.argument_types import whole_number
from counterfoil.stores.integrations.option_kinds import (
    ClientNumber,
    Day,
    HiddenText,
    Number,
    OneOf,
    OneStatus,
    OptionKind,
    SomeStatuses,
    Switch,
    Text,
)
from counterfoil.stores.integrations.option_types import MAPPING, TABS, Option
from counterfoil.stores.integrations.options import options_of

NONE = 0  # what a flag gives that takes a number or a day away
LARGEST_CLIENT_NUMBER = 2**53
status_number = whole_number(0, 14)


class Group(Protocol):
    """Where flags are added: a parser, or a part of its help."""

    def add_argument(self, *flags: str, **how: Any) -> Any:
        """As argparse's."""


def add_settings(parser: ArgumentParser) -> None:
    """Adds a flag for every setting; what is not given stays as it is."""
    for tab in TABS:
        group = parser.add_argument_group(tab.flags_title)
        for option in options_of(tab):
            _add(group, option)
        if tab is MAPPING:
            _add_mapping(group)


def _add(group: Group, option: Option) -> None:
    """The flag of an option; its value has the option's key."""
    group.add_argument(option.flag_name, dest=option.key, help=option.on_command_line, **_how(option.kind))
    if isinstance(option.kind, HiddenText):
        group.add_argument(f"{option.flag_name}-file", type=Path, metavar="PATH", help="A file that contains it.")
    elif isinstance(option.kind, Switch) and option.kind.off_flag:
        off = option.kind
        group.add_argument(off.off_flag, dest=option.key, action="store_const", const=False, help=off.off_help)


def _how(kind: OptionKind) -> dict[str, Any]:
    """How a value of the kind is given, in argparse's words."""
    match kind:
        case Text() | HiddenText():
            return {}
        case SomeStatuses():
            return {"type": status_number, "action": "append", "metavar": "N"}
        case OneStatus():
            return {"type": status_number, "metavar": "N"}
        case Number():
            return {"type": _number(kind), "metavar": "N"}
        case Day():
            return {"type": _day_or(kind.none), "metavar": "YYYY-MM-DD"}
        case OneOf():
            return {"choices": kind.choices.values}
        case ClientNumber():
            return {"type": _number_or(kind.none, 1, LARGEST_CLIENT_NUMBER), "metavar": "N"}
        case Switch():
            return {"action": "store_const", "const": True} if kind.off_flag else {"action": BooleanOptionalAction}
    raise TypeError(f"no flag for {kind}")


def _add_mapping(group: Group) -> None:
    one = "Order status mapping: this order status becomes that BigCommerce status; STATUS= for none. Others stay."
    group.add_argument("--map", action="append", metavar="STATUS=N", help=one)
    only = "The --map options are the whole mapping; others are removed."
    group.add_argument("--map-only", action="store_true", help=only)
    hooks = "Let the store report changed orders right away, if Counterfoil has a public address (on)."
    group.add_argument("--webhooks", action=BooleanOptionalAction, help=hooks)


def _number(kind: Number) -> Callable[[str], int]:
    return _number_or(kind.none, kind.least, kind.most) if kind.none else whole_number(kind.least, kind.most)


def _number_or(word: str, least: int, most: int) -> Callable[[str], int]:
    """For argparse's `type`: a number, or the word for none at all, which gives NONE."""
    number = whole_number(least, most)

    def read(text: str) -> int:
        return NONE if text == word else number(text)

    return read


def _day_or(word: str) -> Callable[[str], date | int]:
    def read(text: str) -> date | int:
        if text == word:
            return NONE
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ArgumentTypeError(f"{text} isn’t a day, such as 2026-01-31") from None

    return read
