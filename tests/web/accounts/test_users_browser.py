"""A real browser walks from an invitation to a login with a second factor, and to the phone that is lost."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from counterfoil.accounts.models import Role
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.login_helpers import app_shows
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
OWN = "seven purple tin kettles"


def begin(new: Page, link: str) -> None:
    """Accepts an invitation."""
    new.goto(link)
    new.get_by_label("Username").fill("noor")
    new.get_by_label("First name").fill("Noor")
    new.get_by_label("Password", exact=False).first.fill(OWN)
    new.get_by_label("Password confirmation").fill(OWN)
    new.get_by_role("button", name="Get started").click()


def set_up_second_factor(new: Page) -> str:
    """With an authenticator app; the key that it keeps."""
    new.get_by_role("link", name="Noor Clerk").click()
    new.get_by_role("link", name="Set up a second factor").click()
    assert new.get_by_role("img", name="QR code").evaluate("picture => picture.naturalWidth") > 100
    key = new.locator("#key").inner_text()
    new.get_by_label("Code").fill(app_shows(key))
    new.get_by_role("button", name="Set up").click()
    expect(new.locator(".codes li")).to_have_count(10)
    new.get_by_role("link", name="I’ve saved them").click()
    expect(new.locator("#second-factor")).to_contain_text("Set up")
    return key


def test_someone_is_invited_sets_up_a_second_factor_and_loses_the_phone(
    page: Page, browser: Any, live_server: Any
) -> None:
    """Both browsers stand side by side; nothing is blocked by the policy, the QR code among it."""
    a_person(Role.ADMINISTRATOR, "root")
    log_in(page, live_server.url, "root", PASSWORD)
    page.get_by_role("link", name="People").click()
    page.get_by_label("E-mail address").fill("noor@example.com")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.get_by_label("Invitation link").input_value()

    theirs: BrowserContext = browser.new_context()
    new = theirs.new_page()
    begin(new, link)
    key = set_up_second_factor(new)
    new.get_by_role("button", name="Log out").click()
    log_in(new, live_server.url, "noor@example.com", OWN)
    new.get_by_label("Code").fill(app_shows(key, steps=1))
    new.get_by_role("button", name="Log in").click()
    expect(new.get_by_role("heading", name="Sales orders")).to_be_visible()

    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Noor").click()
    page.get_by_role("button", name="Log out everywhere").click()
    page.get_by_role("button", name="Remove the second factor").click()
    expect(page.get_by_text("can log in with just the password")).to_be_visible()
    log_in(new, live_server.url, "noor", OWN)
    expect(new.get_by_role("heading", name="Sales orders")).to_be_visible()
    theirs.close()
    page.get_by_role("link", name="Audit log", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(10)
