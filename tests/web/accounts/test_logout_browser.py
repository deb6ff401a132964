"""Logging out, in a real browser: what was typed is gone, in all tabs."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from counterfoil.accounts.models import Role
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.test_first_order_browser import browser, context, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
KEPT = "() => Object.keys(sessionStorage)"
TYPED = """() => sessionStorage.setItem("counterfoil-draft", "typed")"""


def test_typed_drafts_leave_the_browser_at_the_logout(page: Page, context: BrowserContext, live_server: Any) -> None:
    """Of this tab and of another one; the keys that somebody switched off stay off."""
    a_person(Role.CLERK, "mira")
    page.goto(f"{live_server.url}/account/")
    page.get_by_label("Username").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    other = context.new_page()
    other.goto(f"{live_server.url}/account/")
    for tab in (page, other):
        tab.evaluate(TYPED)
        assert "counterfoil-draft" in tab.evaluate(KEPT)
    page.evaluate("() => { document.cookie = 'counterfoil-keys-off=1; path=/' }")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert "counterfoil-draft" not in page.evaluate(KEPT)
    other.wait_for_function("() => sessionStorage.getItem('counterfoil-draft') === null")
    assert "counterfoil-keys-off=1" in page.evaluate("() => document.cookie")
