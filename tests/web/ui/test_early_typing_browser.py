"""Who types before a page's scripts have arrived is heard all the same, as on a slow line."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Request, Route, expect

import counterfoil.web
from counterfoil.sales.models import FieldDefinition, FieldScope, FieldType
from counterfoil.stores.models import WebIntegration
from tests.web.factories.orders import PASSWORD, a_person, a_refused_order, a_store
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
TEMPLATES = Path(counterfoil.web.__file__).parent / "templates"
WORDS = "own name"
LISTS = ("/orders/", "/shipments/", "/clients/", "/products/", "/attention/")
SEARCHES = (*LISTS, "/orders/new/", "/attention/our-part/?store=WEB-&sku=THEIRS")


@pytest.fixture
def mira(page: Page, live_server: Any) -> Page:
    """A manager who is logged in; something is in the list of what needs attention."""
    a_person("manager", name="mira")
    a_refused_order(a_store(), 1)
    log_in(page, live_server.url, "mira", PASSWORD)
    return page


def type_early(page: Page, url: str, field: str) -> None:
    """Types into the field, and only then htmx arrives; returns when the server has answered."""
    held: list[Route] = []
    page.route("**/vendor/htmx*", lambda route: held.append(route))
    page.goto(url, wait_until="commit")
    page.locator(field).press_sequentially(WORDS)
    page.wait_for_function("document.readyState !== 'loading'")
    assert page.evaluate("typeof htmx") == "undefined"
    with page.expect_request(asks) as asked:
        for route in held:
            route.continue_()
    assert asked.value.response()
    expect(page.locator(field)).to_have_value(WORDS)


def asks(request: Request) -> bool:
    """Whether it tells the server the words."""
    return WORDS in unquote_plus(request.url + (request.post_data or ""))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", SEARCHES)
def test_a_search_hears_what_was_typed_early(path: str, mira: Page, live_server: Any) -> None:
    """It searches as soon as it can."""
    type_early(mira, live_server.url + path, "main input[type='search']")


@pytest.mark.django_db(transaction=True)
def test_an_expression_that_was_typed_early_is_tried(mira: Page, live_server: Any) -> None:
    """As it is when it is typed later."""
    field = FieldDefinition.objects.create(scope=FieldScope.ORDER, type=FieldType.TEXT, name="paid_by", label="Paid by")
    path = reverse("integration-field", args=[WebIntegration.objects.get().pk, field.pk])
    type_early(mira, f"{live_server.url}{path}", "#expression")


def test_whatever_hears_typing_hears_early_typing() -> None:
    """Each part of a page that waits for input also waits for what stood there before the scripts."""
    templates = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    heard = re.findall(r'hx-trigger="[^"]*input changed[^"]*"', templates)
    assert len(heard) >= len(SEARCHES)
    assert [trigger for trigger in heard if "early, input changed" not in trigger] == []
