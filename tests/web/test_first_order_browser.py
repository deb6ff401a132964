"""A real browser walks from the first login to the first order."""

import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from counterfoil.platform.processes.first_login import first_administrator
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import WebIntegration
from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.keyboard import keyboard_of

pytestmark = pytest.mark.django_db(transaction=True)
BROKEN_OFF = ("htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")
PATIENCE = 30_000  # milliseconds: a busy machine is slow, and nothing here fails by time
OWN = "seven purple tin kettles"


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Any]:  # noqa: ARG001 (the database comes first)
    """Debian's Chromium. Its driver runs a loop of its own, next to which Django is used as always."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield chromium
        chromium.close()
        connection.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(browser: Any) -> Iterator[BrowserContext]:
    """A new browser window, in Berlin, of someone who reads English."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="Europe/Berlin", locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Its one tab. Whatever the browser complains about (a broken policy, a script's error) fails the test.

    But for requests that are broken off because the page was left.
    """
    complaints: list[str] = []
    page = context.new_page()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(BROKEN_OFF):
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def log_in(page: Page, url: str, name: str, password: str) -> None:
    """As a person does, on the way to the sales orders; their scripts are there."""
    page.goto(f"{url}/orders/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_load_state("load")


def test_from_the_one_time_password_to_the_first_order(page: Page, live_server: Any, store: SandboxStore) -> None:
    """Log in, choose a password, set up a store from nothing, test it, sync, see orders arrive, open one, its Notes."""
    numbers = store.place(4)
    log_in(page, live_server.url, *first_administrator())

    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    page.get_by_label("New password", exact=False).first.fill(OWN)
    page.get_by_label("New password confirmation").fill(OWN)
    page.get_by_role("button", name="Set password").click()

    expect(page.get_by_role("heading", name="Connect your first store")).to_be_visible()
    page.get_by_role("link", name="All settings on one page").click()
    page.get_by_label("Import source code").fill("WEB-")
    page.get_by_label("Store description").fill("Web shop")
    page.get_by_label("API path").fill(store.api_path)
    page.get_by_label("Access token").fill("not the token")
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#checks .bad").first).to_be_visible()
    page.get_by_label("Access token").fill(store.token)
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#checks .good")).to_have_count(5)
    page.get_by_label("An order has a product").select_option("create")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="WEB- Web shop")).to_be_visible()
    page.get_by_role("button", name="Sync now").click()
    run_sync(WebIntegration.objects.get())
    expect(page.locator("#condition")).to_contain_text("Done.")
    expect(page.locator("#condition")).to_contain_text("4 imported")

    page.get_by_role("link", name="Sales orders").click()
    expect(page.locator("#orders tbody tr")).to_have_count(4)
    page.get_by_role("cell", name=f"WEB-{numbers[0]}").click()
    expect(page.get_by_role("heading", name=re.compile(r"Sales order \d+"))).to_be_visible()
    page.get_by_role("link", name="Notes").click()
    expect(page.locator(".xml-id")).to_have_text(f"XML Import ID WEB-{numbers[0]}")
    page.go_back()
    expect(page.get_by_role("link", name="Items")).to_have_attribute("aria-current", "page")


def test_new_orders_arrive_without_a_reload(page: Page, live_server: Any, store: SandboxStore) -> None:
    """The list keeps itself up to date while someone looks at it, and stays where they scrolled to."""
    a_person(name="mira")
    integration = connect(store)
    store.place(40)
    run_sync(integration)
    known = SalesOrder.objects.count()
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.locator("#orders tbody tr")).to_have_count(known)
    page.mouse.wheel(0, 300)
    while page.evaluate("scrollY") < 200:
        page.wait_for_timeout(20)
    scrolled = page.evaluate("scrollY")
    store.place(2)
    run_sync(integration)
    fresh = SalesOrder.objects.count() - known
    assert fresh == 2
    expect(page.locator("#orders tr.is-new")).to_have_count(2)
    expect(page.locator("#news")).to_have_text("2 new sales orders")
    assert page.evaluate("scrollY") == scrolled


def test_a_session_that_ended_leads_to_the_login(page: Page, live_server: Any) -> None:
    """The login page is never put into the middle of a list that asks for news."""
    a_person(name="mira")
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.get_by_role("heading", name="Sales orders")).to_be_visible()
    Session.objects.all().delete()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible(timeout=15_000)
    assert page.locator("#orders").count() == 0
    page.get_by_label("Username").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Sales orders")).to_be_visible()


def test_the_search_finds_while_one_types(page: Page, live_server: Any, store: SandboxStore) -> None:
    """No button is needed, the address follows, and the way back shows the whole list again."""
    a_person(name="mira")
    integration = connect(store)
    numbers = store.place(5)
    run_sync(integration)
    log_in(page, live_server.url, "mira", PASSWORD)
    page.get_by_role("searchbox").press_sequentially(f"WEB-{numbers[2]}")
    expect(page.locator("#orders tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(f"q=WEB-{numbers[2]}"))
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#orders tbody tr")).to_have_count(5)


@pytest.mark.parametrize(
    ("locale", "today", "time", "total"),
    [
        ("en-GB", "2027-01-01", "2 Nov 2026, 10:31", "1,125.64"),
        ("en-US", "2027-01-01", "Nov 2, 2026, 10:31 AM", "1,125.64"),
        ("en-US", "2026-12-31", "Nov 2, 10:31 AM", "1,125.64"),
        ("de-DE", "2027-01-01", "2. Nov. 2026, 10:31", "1.125,64"),
    ],
)
def test_times_and_amounts_are_shown_as_the_reader_writes_them(
    locale: str, today: str, time: str, total: str, browser: Any, live_server: Any
) -> None:
    """The server writes UTC and 1,234.50; a reader in Berlin sees Berlin's time, each in their own form.

    A list says the year of other years only.
    """
    a_person(name="mira")
    an_order(a_store(), 1, lines=32)
    context = browser.new_context(timezone_id="Europe/Berlin", locale=locale)
    page = context.new_page()
    page.clock.set_fixed_time(f"{today}T12:00:00Z")
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.locator("#orders time")).to_have_text(re.sub(" (AM)", "\u202f\\1", time))
    expect(page.locator("#orders .amount")).to_have_text(total)
    context.close()


def test_the_tabs_work_by_keyboard_and_without_scripts(browser: Any, live_server: Any, store: SandboxStore) -> None:
    """Each tab is a link with an address of its own."""
    a_person(name="mira")
    integration = connect(store)
    store.place(1)
    run_sync(integration)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, live_server.url, "mira", PASSWORD)
    page.locator("#orders tbody a").click()
    page.get_by_label("Parts of the order").get_by_role("link", name="Payment").focus()
    keyboard_of(page).press("Enter")
    expect(page.get_by_role("heading", name="How the total adds up")).to_be_visible()
    context.close()
