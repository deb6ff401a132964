"""The kinds of values that an integration option can have: how each is shown, and what cannot be one.

Plain data. Pages make a field of a kind (`web/integrations/settings_fields.py`), the command line a flag
(`platform/cli/store_options.py`).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import Client
from counterfoil.sales.text.plural import count_of
from counterfoil.stores.models import WebIntegration

NOTHING = "–"
STATUSES = frozenset(status.value for status in StatusId)
STATUS_NUMBERS = "BigCommerce statuses have the numbers 0 to 14."


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionKind:
    """`none`: the word with which a flag takes the value away; empty where there is always one."""

    none: str = ""

    def text(self, value: Any, integration: WebIntegration) -> str:
        """The value for people."""
        return NOTHING if value in (None, "") else str(value)

    def refusal(self, value: Any) -> str:
        """Why this cannot be a value of the kind, a sentence; "" where it can."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(OptionKind):
    """`needed`: what is to be entered, as in "a store description"; empty where it may stay empty.

    `rows`: how many lines its input shows; more than one line may be entered where it is more than 1.
    """

    longest: int = 300
    needed: str = ""
    placeholder: str = ""
    input_mode: str = ""
    is_prose: bool = False
    rows: int = 1

    def text(self, value: Any, integration: WebIntegration) -> str:
        return ", ".join(str(value or "").splitlines()) or NOTHING

    def refusal(self, value: Any) -> str:
        if self.rows > 1 and len(value or "") > self.longest:
            return f"Use at most {self.longest} characters."
        return f"Enter {self.needed}." if self.needed and not value else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenText(OptionKind):
    """A secret: it is kept encrypted, and shows as set or not set only."""

    needed: str = ""

    def text(self, value: Any, integration: WebIntegration) -> str:
        return "set" if value else "not set"

    def refusal(self, value: Any) -> str:
        return f"Enter {self.needed}." if self.needed and not value else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneStatus(OptionKind):
    """A BigCommerce status, by number."""

    def text(self, value: Any, integration: WebIntegration) -> str:
        return NOTHING if value is None else status_with_number(integration, value)

    def refusal(self, value: Any) -> str:
        return "" if value in STATUSES else STATUS_NUMBERS


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeStatuses(OptionKind):
    """BigCommerce statuses, by number: one at least."""

    needed: str

    def text(self, value: Any, integration: WebIntegration) -> str:
        return ", ".join(status_with_number(integration, number) for number in value) or NOTHING

    def refusal(self, value: Any) -> str:
        if not value:
            return self.needed
        return "" if STATUSES.issuperset(value) else STATUS_NUMBERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(OptionKind):
    """A whole number. `outside`: the sentence about one that is too small or large.

    `kept_when_empty`: an empty field leaves it as it is.
    """

    least: int
    most: int
    unit: str = ""
    outside: str = ""
    kept_when_empty: bool = False

    def text(self, value: Any, integration: WebIntegration) -> str:
        if value is None:
            return NOTHING
        return count_of(value, self.unit) if self.unit else str(value)

    def refusal(self, value: Any) -> str:
        return self.outside if value is not None and not self.least <= value <= self.most else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(OptionKind):
    """A day in the store's time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(OptionKind):
    """One of a few."""

    choices: type[TextChoices]

    def text(self, value: Any, integration: WebIntegration) -> str:
        return str(self.choices(value).label)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientNumber(OptionKind):
    """A client, by number. The model's field is a foreign key."""

    def refusal(self, value: Any) -> str:
        if value is None or Client.objects.filter(pk=value, merged_into=None).exists():
            return ""
        return f"There is no client with the number {value}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(OptionKind):
    """On or off, and what that is called on the store's page.

    `off_flag`: the flag that switches it off, where that is not `--no-` with its name. `rule`: what it has clients
    matched by, where that is what it switches.
    """

    on: str = "Yes"
    off: str = "No"
    rule: str = ""
    off_flag: str = ""
    off_help: str = ""

    def text(self, value: Any, integration: WebIntegration) -> str:
        return "yes" if value else "no"


def status_with_number(integration: WebIntegration, number: int) -> str:
    """ "Awaiting Shipment (9)", in the merchant's own words."""
    return f"{integration.status_text(number)} ({number})"
