"""In a real browser: the reader's own time zone is proposed, and only what matters is asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from counterfoil.accounts.models import Notifications, Role
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import a_person, a_store
from tests.web.test_first_order_browser import browser

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["browser"]


@pytest.fixture
def new_york(browser: Any, live_server: Any) -> Iterator[Page]:
    """A clerk's browser there, on the page of their notifications; the store is in Berlin."""
    a_store()
    session = logged_in_as(a_person(Role.CLERK)).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(timezone_id="America/New_York", locale="en-GB")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/notifications/")
    yield page
    context.close()


def test_the_browsers_time_zone_is_proposed_and_another_one_kept(new_york: Page) -> None:
    """What was chosen once is not proposed anew. A weekly digest asks for the day, a daily one for the hour alone."""
    page = new_york
    zone, often = page.get_by_label("Time zone"), page.get_by_label("How often")
    day, hour = page.locator("[name=digest_weekday]"), page.locator("[name=digest_hour]")
    expect(zone).to_have_value("America/New_York")
    expect(hour).to_be_hidden()
    page.get_by_label("E-mail address").fill("ada@example.com")
    zone.select_option("Asia/Tokyo")
    often.select_option("weekly")
    expect(day).to_be_visible()
    often.select_option("daily")
    expect(day).to_be_hidden()
    hour.select_option("07:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(zone).to_have_value("Asia/Tokyo")
    kept = Notifications.objects.get()
    assert (kept.time_zone, kept.digest, kept.digest_hour) == ("Asia/Tokyo", "daily", 7)
