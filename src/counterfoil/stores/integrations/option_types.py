"""What an integration option consists of: where it stands, how it is entered, shown, explained and checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from counterfoil.stores.integrations.option_kinds import ClientNumber, HiddenText, OptionKind
from counterfoil.stores.models import WebIntegration


@dataclass(frozen=True, slots=True)
class Explanation:
    """Sentences that stand beside a setting; what does not apply is empty."""

    what: str
    recommended: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTab:
    """Options that stand together, on a tab of the settings and in the help of the command.

    `has_own_page`: its form is a page of its own, with more than options.
    """

    name: str
    title: str
    about: str
    flags_title: str
    has_own_page: bool = False


SETUP = OptionTab(
    name="setup",
    title="Store setup",
    about="Which store this is, and how to connect to it.",
    flags_title="store setup",
)
ORDERS = OptionTab(
    name="orders",
    title="Orders in",
    about="Which orders become sales orders, and their status in the store.",
    flags_title="which orders come in, and how",
)
MAPPING = OptionTab(
    name="mapping",
    title="Order status mapping",
    about="What the store shows when a sales order changes status here.",
    flags_title="what the store gets",
)
CLIENTS = OptionTab(
    name="clients",
    title="Clients",
    about="How an order's client is found. The first rule that matches wins; if none does, a new client is created.",
    flags_title="how clients are found, after the customer ID",
)
SHIPMENTS = OptionTab(
    name="shipments",
    title="Shipments and notes",
    about="Shipments made in the store, orders that need no shipping, and notes in the store.",
    flags_title="shipments and notes",
)
PAPER = OptionTab(
    name="paper",
    title="Packing slips",
    about="Your letterhead on this store’s packing slips.",
    flags_title="the letterhead of packing slips",
)
NAMES = OptionTab(
    name="names",
    title="Method names",
    about="What the store calls a method, and what you call it.",
    flags_title="what methods are called",
    has_own_page=True,
)
TABS = (SETUP, ORDERS, MAPPING, CLIENTS, SHIPMENTS, PAPER, NAMES)


def _no_refusal(_integration: WebIntegration) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting: where it stands, how it is entered, shown, explained and checked.

    `name`: the form's field, and the model's. `label` names it where its value is shown; `form_label` beside its input,
    where that reads otherwise. `flag`: the command line's, where it is not the name; `on_command_line`: its help there.
    `has_button`: it is switched with a button of the store's page, so its tab leaves it out.
    `check`: what is wrong with it given the other settings, beyond what its kind refuses by itself.
    """

    name: str
    tab: OptionTab
    kind: OptionKind
    label: str
    help: Explanation
    on_command_line: str
    form_label: str = ""
    flag: str = ""
    has_button: bool = False
    check: Callable[[WebIntegration], str] = _no_refusal

    @property
    def flag_name(self) -> str:
        """The command line's flag, as in --poll-seconds."""
        return self.flag or "--" + self.name.replace("_", "-")

    @property
    def key(self) -> str:
        """The model's attribute that has the plain value, which is the key in JSON too."""
        return f"{self.name}_id" if isinstance(self.kind, ClientNumber) else self.name

    @property
    def is_secret(self) -> bool:
        """Whether its value is shown to nobody."""
        return isinstance(self.kind, HiddenText)

    def value(self, integration: WebIntegration) -> Any:
        """The value as JSON shows it."""
        value = getattr(integration, self.key)
        return self.kind.text(value, integration) if self.is_secret else value

    def text(self, integration: WebIntegration) -> str:
        """The value for people."""
        return self.kind.text(getattr(integration, self.key), integration)

    def refusal(self, integration: WebIntegration) -> str:
        """Why the value may not be saved, a sentence for whoever fills in the form; "" where it may."""
        return self.kind.refusal(getattr(integration, self.key)) or self.check(integration)
