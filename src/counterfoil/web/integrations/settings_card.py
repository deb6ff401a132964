"""The settings on the store's own page: every option with its value, as its tabs group them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from counterfoil.dates import day_text
from counterfoil.stores.integrations.option_kinds import ClientNumber, Day, HiddenText, Number, Switch
from counterfoil.stores.integrations.option_types import CLIENTS, TABS, Option, OptionTab
from counterfoil.stores.integrations.options import matched_by, options_of
from counterfoil.stores.models import WebIntegration
from counterfoil.web.integrations.settings_fields import when_set


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting as the page shows it. `url`: a page about what it names; "" where there is none."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """The settings of a tab."""

    tab: OptionTab
    rows: list[SettingRow]


def setting_groups(integration: WebIntegration) -> Iterator[SettingGroup]:
    """Every option, tab by tab. Needs the store's state loaded along."""
    for tab in TABS:
        rows = [_row(option, integration) for option in options_of(tab)]
        summary = [SettingRow("Clients matched by", matched_by(integration))] if tab is CLIENTS else []
        yield SettingGroup(tab, summary + rows)


def _row(option: Option, integration: WebIntegration) -> SettingRow:
    value = getattr(integration, option.key)
    is_client = isinstance(option.kind, ClientNumber) and value is not None
    url = reverse("client", args=[value]) if is_client else ""
    return SettingRow(option.label, shown_on_page(option, integration), url)


def shown_on_page(option: Option, integration: WebIntegration) -> str:
    """The value in the page's words; a secret only as set, and since when."""
    value = getattr(integration, option.key)
    match option.kind:
        case HiddenText():
            return when_set(integration, option.name)
        case Day() | Number() | ClientNumber() if value is None:
            return option.kind.none.capitalize()
        case Day():
            return day_text(value)
        case ClientNumber():
            return f"Client no. {value}"
        case Switch():
            return option.kind.on if value else option.kind.off
    return option.text(integration)
