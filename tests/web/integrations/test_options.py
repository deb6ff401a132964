"""An option that stands on the list of options stands everywhere: form, flag, `store show`, the store's page, docs."""

import argparse
import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.platform.management.commands.store import Command
from counterfoil.sales.models import Client as Guests
from counterfoil.stores.integrations.option_types import TABS, Option
from counterfoil.stores.integrations.options import OPTIONS, options_of
from counterfoil.stores.models import WebIntegration
from counterfoil.web.integrations.settings_card import shown_on_page
from tests.platform.commands import run
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[3] / "docs"
NO_OPTIONS = {"id", "store_hash", "client_secret_set_at", "access_token_set_at", "created_at"}
EACH = pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)


def a_store_with_everything() -> WebIntegration:
    """No option is empty."""
    return a_store(
        client_id="ours",
        not_before=date(2026, 1, 31),
        first_orders=5,
        accept_cents=3,
        guest_client=Guests.objects.create(name="Guests"),
        shipping_default="Parcel service",
        payment_default="Card",
        letterhead_address="1 High Street\nLeeds LS1 4AP",
    )


def flags(action: str) -> set[str]:
    """What `counterfoil store add` and the like take."""
    parser = Command().create_parser("counterfoil", "store")
    (below,) = (each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    return {flag for each in below.choices[action]._actions for flag in each.option_strings}


def test_each_setting_of_the_model_is_on_the_list_once() -> None:
    """Whoever adds a field to the model and no option is told here."""
    fields = {field.name for field in WebIntegration._meta.concrete_fields}
    assert sorted(option.name for option in OPTIONS) == sorted(fields - NO_OPTIONS)


def test_each_option_stands_on_a_tab_that_is_shown() -> None:
    """No tab is missing among the tabs."""
    assert {option.name for tab in TABS for option in options_of(tab)} == {option.name for option in OPTIONS}


@EACH
def test_each_option_says_what_it_does(option: Option) -> None:
    """Beside its field, and in the help of its flag."""
    assert option.label
    assert option.help.what.endswith(".")
    assert option.on_command_line


@EACH
def test_each_option_is_entered_on_its_tab(option: Option, manager: Client) -> None:
    """What has a button is entered where a store is connected; names of methods have inputs of their own."""
    integration = a_store()
    path = reverse("integration-tab", args=[integration.pk, option.tab.name])
    field = option.name
    if option.tab.has_own_page:
        path, field = reverse(f"integration-{option.tab.name}", args=[integration.pk]), field.replace("_", "-")
    elif option.has_button:
        path = reverse("integration-add")
    assert re.search(rf'<(input|select|textarea)[^>]* name="{field}"', manager.get(path).content.decode())


@EACH
def test_each_option_has_its_flag(option: Option) -> None:
    """Of `store add` and `store set`; a switch has one that switches it off, too."""
    for action in ("add", "set"):
        assert option.flag_name in flags(action)


def test_the_command_shows_each_option_with_its_value() -> None:
    """`store show` in words, and `--json` under the option's key."""
    integration = a_store_with_everything()
    integration = WebIntegration.objects.select_related("state").get(pk=integration.pk)
    lines, shape = run("store", "show", "WEB-").said.splitlines(), run("store", "show", "WEB-", "--json").json
    for option in OPTIONS:
        (line,) = (line for line in lines if line.startswith(f"{option.label}  "))
        assert line.removeprefix(option.label).strip() == option.text(integration)
        assert option.key in shape
        assert not option.is_secret or shape[option.key] in ("set", "not set")


def test_the_stores_page_shows_each_option_with_its_value(manager: Client) -> None:
    """Of the whole list none is left out."""
    integration = a_store_with_everything()
    integration = WebIntegration.objects.select_related("state").get(pk=integration.pk)
    page = unescape(manager.get(reverse("integration", args=[integration.pk])).content.decode())
    for option in OPTIONS:
        shown = re.search(rf"<dt>{re.escape(option.label)}</dt>\s*<dd[^>]*>(?:<a[^>]*>)?([^<]*)", page)
        assert shown, option.name
        assert shown[1].strip() == shown_on_page(option, integration)


@EACH
def test_each_option_is_in_the_docs(option: Option) -> None:
    """Its flag among the commands, its name among all settings of a store."""
    assert f"`{option.flag_name}" in (DOCS / "commands.md").read_text()
    rows = re.findall(r"^\| (.+?) \| (.+?) \| `(.+?)` \|$", (DOCS / "set-up.md").read_text(), re.M)
    assert (option.label, option.tab.title, option.flag_name) in rows
