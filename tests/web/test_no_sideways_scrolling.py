"""No page of clients, products, fields and the set-up scrolls sideways, whatever stands in it."""

from typing import Any

import pytest

from tests.web.every_page import overflow
from tests.web.factories.orders import ODD, PASSWORD, a_person, a_store
from tests.web.test_first_order_browser import browser, log_in
from tests.web.test_pages_of_all_sizes import all_paths, fill

__all__ = ["browser"]  # a fixture
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_overflows(width: int, browser: Any, live_server: Any) -> None:
    """On phone and desk, with names of 300 characters without a break; and the browser complains of nothing."""
    a_person("manager", name="mira")
    fill(a_store(description=ODD, first_orders=5, paused=True), text=ODD)
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(page, live_server.url, "mira", PASSWORD)
    for path in all_paths():
        if path.endswith(".csv"):
            continue
        page.goto(live_server.url + path)
        assert overflow(page) == [], path
    assert complaints == []
    context.close()
