"""What a browser still knows when somebody has logged out."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.test_first_order_browser import browser, context, log_in

__all__ = ["browser", "context"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_browser_forgets_with_the_logout(context: BrowserContext, live_server: Any) -> None:
    """What was typed, and which orders were looked at."""
    page = context.new_page()
    a_person("clerk", name="mira")
    an_order(a_store(), 1)
    log_in(page, live_server.url, "mira", PASSWORD)
    page.wait_for_function("sessionStorage.length > 0")
    page.evaluate("sessionStorage.setItem('counterfoil-draft', '{}')")
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Username").wait_for()
    assert page.evaluate("Object.keys(sessionStorage)") == ["htmx-current-path-for-history"]  # of the login page
    assert page.evaluate("localStorage.length") == 0
