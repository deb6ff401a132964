"""What goes wrong on the way to a page is said calmly, and what was typed is not lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from counterfoil.sales.models import OrderStatus, SalesOrder
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.test_first_order_browser import browser, context, log_in
from tests.web.test_pages import INLINE

__all__ = ["browser", "context"]  # fixtures

FAULTS = (
    (OperationalError("the connection was lost"), 503, "The database isn’t responding"),
    (OSError(28, "No space left on device"), 503, "The disk is full: a file can’t be written."),
    (ValueError("a secret of the program"), 500, "What you saved before is safe"),
)


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "status", "said"), FAULTS)
def test_a_page_that_fails_says_so_calmly(
    fault: Exception, status: int, said: str, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No trace, nothing inline, the same page again with one press; whether the database was away or we erred."""

    def fail(*_args: object, **_kwargs: object) -> None:
        raise fault

    monkeypatch.setattr("counterfoil.web.activity.views.paginated", fail)
    manager.raise_request_exception = False
    answer = manager.get(reverse("log"), {"import_id": "WEB-1"})
    page = answer.content.decode()
    assert answer.status_code == status
    assert said in page
    assert f'href="{reverse("log")}?import_id=WEB-1"' in page
    assert str(fault) not in page
    assert not INLINE.search(page)


@pytest.mark.django_db
def test_who_presses_a_button_after_the_login_ended_comes_back_to_its_page(client: Client) -> None:
    """Not to the button's own address, which shows nothing, and to no other host."""
    path, before = reverse("order-status", args=[1]), reverse("order", args=[1])
    answer = client.post(path, headers={"referer": f"http://testserver{before}?tab=items"})
    login = resolve_url(settings.LOGIN_URL)
    assert answer["Location"] == f"{login}?next={before}%3Ftab%3Ditems"
    answer = client.post(path, headers={"referer": "http://elsewhere.example/orders/"})
    assert answer["Location"] == f"{login}?next={reverse('home')}"


@pytest.fixture
def page(context: BrowserContext, live_server: Any) -> Iterator[Page]:
    """A tab in which a clerk looks at the orders; here the browser may complain that the network is away."""
    a_person("clerk", name="mira")
    an_order(a_store(), 10234)
    page = context.new_page()
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.locator("#orders tbody tr")).to_have_count(1)
    return page


@pytest.mark.django_db(transaction=True)
def test_a_search_that_was_not_answered_is_tried_again(page: Page, context: BrowserContext) -> None:
    """The words stay in their field. One press asks again; when the network is back, it asks by itself."""
    search, rows = page.get_by_role("searchbox"), page.locator("#orders tbody tr")
    page.route("**/orders/?q=*", lambda route: route.fulfill(status=503))
    search.press_sequentially("nobody")
    expect(page.get_by_role("alert")).to_contain_text("The database isn’t responding")
    expect(search).to_have_value("nobody")
    page.unroute("**/orders/?q=*")
    page.get_by_role("button", name="Try again").click()
    expect(rows).to_have_count(0)
    expect(page.locator("#trouble")).to_be_hidden()

    context.set_offline(True)
    search.fill("10234")
    expect(page.get_by_role("alert")).to_contain_text("Can’t reach Counterfoil")
    context.set_offline(False)
    expect(rows).to_have_count(1)
    expect(page.locator("#trouble")).to_be_hidden()


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_outlives_the_login_the_network_and_a_stale_form(
    page: Page, context: BrowserContext, live_server: Any
) -> None:
    """A status with its reason: nothing is sent without network; after the login or a refusal it is there again."""
    order = SalesOrder.objects.get()
    released = OrderStatus.objects.get(name="Released")
    page.goto(f"{live_server.url}{reverse('order', args=[order.number])}")
    page.locator("summary", has_text="Change status").click()
    page.get_by_label("Order status").select_option(str(released.pk))
    page.get_by_label("Why").fill("The porter called")
    press = page.get_by_role("button", name="Change status")

    context.set_offline(True)
    press.click()
    expect(page.get_by_role("alert")).to_contain_text("You’re offline")
    expect(page.get_by_label("Why")).to_have_value("The porter called")
    context.set_offline(False)

    Session.objects.all().delete()
    press.click()
    page.get_by_label("Username").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("What you typed earlier is back")).to_be_visible()
    expect(page.get_by_label("Why")).to_have_value("The porter called")

    context.clear_cookies(name="csrftoken")
    press.click()
    page.get_by_role("link", name="Back to the form").click()
    expect(page.get_by_label("Order status")).to_have_value(str(released.pk))
    press.click()
    expect(page.get_by_role("status").filter(has_text="Released").first).to_be_visible()
    order.refresh_from_db()
    assert order.status == released
    expect(page.locator("#restored")).to_be_hidden()
