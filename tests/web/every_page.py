"""Every page with a rich installation behind it: for tests that look at all of them in one browser."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.conftest import restore_the_migrations_rows
from tests.web.factories.clients_and_products import a_catalog_load, a_client, a_product
from tests.web.factories.orders import (
    ODD,
    PASSWORD,
    a_conflict,
    a_foreign_shipment,
    a_person,
    a_refused_order,
    a_shipment,
    a_store,
    an_order,
)
from tests.web.matrix import all_rows
from tests.web.matrix.row import EVERYONE, OK, Example, Row, an_example

NO_PAGES = re.compile(r".*(-csv|-count)|open-orders|order-(export|payload)-file|metrics|healthz|readyz|api-openapi")
"""Addresses that answer with a part of a page or with a file, by their names."""
TABS = ("items", "shipping", "addresses", "payment", "notes", "history", "web")


@dataclass(frozen=True)
class Address:
    """A page: a row of the permission matrix, and what is asked for there beyond the row."""

    row: Row
    asked: Sequence[tuple[str, str]] = ()

    @property
    def name(self) -> str:
        """As in the test's id: order?tab=items."""
        query = "&".join(f"{key}={value}" for key, value in self.asked)
        return f"{self.row.name}?{query}" if query else self.row.name

    def path(self, example: Example) -> str:
        """Where it stands in the example's installation."""
        asked = {key: value(example) if callable(value) else value for key, value in self.row.asked.items()}
        return reverse(self.row.name, args=self.row.of(example), query=asked | dict(self.asked))


def every_page() -> Iterator[Address]:
    """All that an administrator can look at, the tabs of an order each for itself, and lists that found nothing."""
    rows = {row.name: row for row in all_rows()}
    for row in rows.values():
        if row.get[EVERYONE.index("administrator")] == OK and not NO_PAGES.fullmatch(row.name):
            yield Address(row)
    yield from (Address(rows["order"], (("tab", tab),)) for tab in TABS)
    yield from (Address(rows[name], (("q", "nothing has these words"),)) for name in ("orders", "clients", "products"))
    yield from (Address(rows[name], (("import_id", "NONE-1"),)) for name in ("updates", "log"))


@dataclass(frozen=True)
class ExampleSite:
    """The server, and where each page stands in it, by its name."""

    url: str
    paths: dict[str, str]


@contextmanager
def example_site() -> Iterator[ExampleSite]:
    """A server with books in which there is one of everything, and what is odd; all gone afterwards."""
    restore_the_migrations_rows()
    a_person(name="mira")
    for role in EVERYONE[1:]:
        a_person(role)
    example = an_example()
    _odd_things()
    paths = {address.name: address.path(example) for address in every_page()}
    server = LiveServer("localhost")
    try:
        yield ExampleSite(str(server.url), paths)
    finally:
        server.stop()
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)


def _odd_things() -> None:
    """Names without a break, markup, scripts from right to left, and something of each kind that needs a person."""
    shop = a_store("ODD-", description=f"Shop {ODD}")
    order = an_order(shop, 501, text=ODD)
    a_conflict(order, text=ODD)
    a_foreign_shipment(order, text=ODD)
    a_shipment(an_order(shop, 502, text=ODD), text=ODD, sent=False)
    for number in range(601, 640):
        an_order(shop, number)
    for number, code in enumerate(("no_lines", "totals", "unknown_product", "defect"), start=700):
        a_refused_order(shop, number, code=code, text=ODD)
    a_client(7, text=ODD)
    a_product(7, text=ODD)
    a_catalog_load(shop, text=ODD)


def log_in(page: Page, url: str) -> None:
    """As the administrator of the installation."""
    page.goto(url)
    page.get_by_label("Username").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Log out").wait_for(state="attached")


def overflow(page: Page) -> Any:
    """By how many pixels the page scrolls sideways, and what stands out; also a date that leaves its cell."""
    return page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth;
            const over = document.documentElement.scrollWidth - wide;
            const right = (each) => each.getBoundingClientRect().right;
            const dates = [...document.querySelectorAll("td time")];
            const astray = dates.filter((each) => right(each) > right(each.closest("td")) + 1);
            if (over <= 0 && astray.length === 0) return [];
            const isOut = (each) => right(each) > wide + 1 || astray.includes(each);
            const out = [...document.querySelectorAll("body *")].filter(isOut);
            return [over, ...out.slice(-3).map((each) => each.outerHTML.slice(0, 200))];
        }"""
    )
