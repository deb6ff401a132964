"""Every page with no data, much data and bad data; what must never be in a page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counterfoil.accounts.models import Role
from counterfoil.sales.models import OrderStatus, Parcel, PrintoutKind, SalesOrder
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.models import Carrier, StoreState, StoreUpdate, UpdateState, WebIntegration, WebOrder
from counterfoil.web.integrations.settings_tabs import FORM_TABS
from counterfoil.web.orders.detail_views import TABS
from counterfoil.web.ui.security import POLICY
from tests.web.conftest import logged_in
from tests.web.factories.orders import (
    ACCESS_TOKEN,
    CLIENT_SECRET,
    MARKUP,
    ODD,
    a_conflict,
    a_foreign_shipment,
    a_refused_order,
    a_shipment,
    a_store,
    an_order,
)

MOST_STATEMENTS = 15
NUL, HUGE = "\x00", "9" * 40
CLOSED = re.compile("/new/|/setup/|/orders/ship/")  # to viewers
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|=.javascript:|hx-on|hx-vals=.js:", re.IGNORECASE)


def all_paths() -> Iterator[str]:
    """Every page that shows something of the sales data as it is."""
    lists = ("orders", "attention", "integrations", "integration-add", "log", "where", "password", "attention-count")
    lists += ("home", "updates", "statuses", "carriers", "order-new", "ship-file")
    yield from (reverse(name) for name in lists)
    for query in ("?q=10234", "?q=nothing+like+it", "?sort=-total&page=2", "?store=WEB-&status=1"):
        yield reverse("orders") + query
    yield reverse("log") + "?kind=imported&store=WEB-&import_id=WEB-10234&page=2"
    for order in SalesOrder.objects.order_by("-pk")[:2]:
        yield from (f"{reverse('order', args=[order.number])}?tab={tab}" for tab in TABS)
        yield from (reverse(f"order-{page}", args=[order.number]) for page in ("ship", "quantities", "edit"))
        yield reverse("order-address", args=[order.number, order.addresses.get(kind="ship_to").pk])
    numbers = "".join(f"&order={number}" for number in SalesOrder.objects.values_list("number", flat=True)[:50])
    if numbers:
        yield from (f"{reverse('print')}?what={what}{numbers}" for what in PrintoutKind.values)
        yield f"{reverse('print')}?what=pick_list&by=order{numbers}"
    yield from (reverse("parcel", args=[pk]) for pk in Parcel.objects.values_list("pk", flat=True)[:2])
    yield from (reverse("carrier", args=[pk]) for pk in Carrier.objects.values_list("pk", flat=True)[:1])
    since = f"?since={datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for integration in WebIntegration.objects.all()[:2]:
        yield reverse("integration", args=[integration.pk])
        yield reverse("integration", args=[integration.pk]) + since
        yield reverse("integration-edit", args=[integration.pk])
        yield from (reverse("integration-tab", args=[integration.pk, tab.name]) for tab in FORM_TABS)
        yield reverse("integration-present", args=[integration.pk])


def assert_clean(answer: HttpResponse, path: str) -> None:
    """Nothing inline, nothing secret, nothing that came in as markup."""
    page = answer.content.decode()
    assert answer["Content-Security-Policy"] == POLICY
    assert not INLINE.search(page), (path, INLINE.search(page))
    assert ACCESS_TOKEN not in page
    assert CLIENT_SECRET not in page
    assert MARKUP not in page


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_every_page_works_before_there_is_anything(role: str) -> None:
    """An empty installation says what to do next."""
    client = logged_in(role)
    for path in all_paths():
        answer = client.get(path)
        assert answer.status_code == (403 if role == Role.VIEWER and CLOSED.search(path) else 200), path
        assert_clean(answer, path)
    page = client.get(reverse("orders")).content.decode()
    assert "No store connected yet" in page
    assert ("Connect a store" in page) == (role == Role.ADMINISTRATOR)


@pytest.mark.django_db
def test_every_page_survives_odd_names_and_markup_in_every_field(manager: Client) -> None:
    """Scripts of all alphabets, 300 characters without a break, and <script> in each field that takes text."""
    integration = a_store(description=ODD, client_id=ODD)
    StoreState.objects.filter(integration=integration).update(
        store_name=ODD,
        trouble_code="unreachable",
        trouble=ODD,
        trouble_next_step=ODD,
        status_labels={"9": ODD, "11": ODD},
    )
    order = an_order(integration, text=ODD, lines=3)
    a_shipment(an_order(integration, 4, text=ODD), text=ODD, sent=False)
    a_foreign_shipment(order, text=ODD)
    put_on_hold(order.pk, ODD, by=ODD)
    OrderStatus.objects.filter(role="cancelled").update(name=ODD)
    Carrier.objects.create(name=ODD, shipping_provider=ODD, tracking_carrier=ODD)
    a_conflict(order, text=ODD)
    web_order = a_refused_order(integration, 5, text=ODD, code="totals")
    StoreUpdate.objects.create(
        web_order=web_order, status_id=9, cause="mapped", state=UpdateState.FAILED, reason=ODD, reason_code="moved"
    )
    a_refused_order(integration, 6, text=ODD, code="unknown_product", payload=b'{"id": 6}')
    assert len(ODD) > 250
    for path in all_paths():
        answer = manager.get(path)
        assert answer.status_code == 200, path
        assert_clean(answer, path)
    assert "&lt;script&gt;" in manager.get(reverse("order", args=[order.number])).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("value", [NUL, HUGE, "-1", "0", "'; DROP TABLE", "%", "\ud83c", ODD, ""], ids=ascii)
def test_nonsense_in_an_address_is_passed_over(value: str, manager: Client) -> None:
    """No query makes a page answer with an error."""
    integration = a_store()
    order = an_order(integration)
    value = value.encode("utf-8", "replace").decode()
    for name, keys in {
        "orders": ("q", "store", "status", "page", "sort"),
        "log": ("store", "kind", "import_id", "page"),
        "updates": ("store", "kind", "state", "import_id", "page"),
        "attention": ("page",),
        "where": ("number",),
    }.items():
        for key in keys:
            if (name, key) == ("where", "number") and value.isdigit():
                continue  # would ask a store that is none
            assert manager.get(reverse(name), {key: value}).status_code == 200, (name, key)
    assert manager.get(reverse("order", args=[order.number]), {"tab": value}).status_code == 200
    assert manager.get(reverse("integration", args=[integration.pk]), {"since": value}).status_code == 200
    assert (
        manager.get(reverse("print"), {"what": value, "order": [value, order.number], "by": value}).status_code == 200
    )
    for name in ("retry", "skip", "accept", "add-product", "import-order"):
        sent = {"import_id": value, "reason": value, "part_number": value, "store": value, "number": value}
        assert manager.post(reverse(name), sent).status_code in (302, 404, 422), name


@pytest.mark.django_db
@pytest.mark.parametrize("path", [f"/orders/{HUGE}/", f"/integrations/{HUGE}/", "/orders/1/", "/nowhere/"])
def test_what_does_not_exist_says_so_and_leads_back(path: str, manager: Client) -> None:
    """A page of its own, plain, with a way back."""
    answer = manager.get(path)
    assert answer.status_code == 404
    assert "Go to dashboard" in answer.content.decode()
    assert not INLINE.search(answer.content.decode())


@pytest.mark.django_db
def test_a_page_needs_no_more_statements_for_sixty_orders_than_for_one(manager: Client) -> None:
    """At most 15, and the same number whatever the number of rows."""
    integration = a_store()
    order = an_order(integration, 1)
    a_conflict(order)
    a_shipment(an_order(integration, 500))
    a_foreign_shipment(order)
    a_refused_order(integration, 1001, code="unknown_product", payload=b"{}")
    few = _statements(manager)
    for number in range(2, 62):
        a_conflict(order := an_order(integration, number, lines=12))
        a_foreign_shipment(order)
        if number % 2:
            a_shipment(order)
        a_refused_order(integration, 1000 + number, code="unknown_product", payload=b"{}")
    many = _statements(manager)
    assert max(many.values()) <= MOST_STATEMENTS, many
    assert {path: count for path, count in many.items() if path in few and count > few[path]} == {}


def _statements(client: Client) -> dict[str, int]:
    counts = {}
    for path in all_paths():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counts[path] = len(captured)
    return counts


@pytest.mark.django_db
def test_a_part_that_is_asked_for_again_comes_only_when_it_changed(manager: Client) -> None:
    """204 while the page shows what is there; the new rows when something arrived."""
    integration = a_store()
    an_order(integration, 1)
    asks = {"HX-Request": "true", "HX-Target": "orders"}
    first = manager.get(reverse("orders"), headers=asks).content.decode()
    version = re.search(r'X-Seen": "(\w+)"', first)
    assert version is not None
    assert "<html" not in first
    asks["X-Seen"] = version[1]
    assert manager.get(reverse("orders"), headers=asks).status_code == 204
    an_order(integration, 2)
    again = manager.get(reverse("orders"), headers=asks)
    assert again.status_code == 200
    assert "WEB-2" in again.content.decode()


@pytest.mark.django_db
def test_an_order_that_was_only_seen_is_found_with_its_reason(clerk: Client) -> None:
    """Where is order 10234? It is not imported, for this reason; a clerk may import it all the same."""
    integration = a_store()
    a_refused_order(integration, 10234)
    page = clerk.get(reverse("orders"), {"q": "10234"}).content.decode()
    assert "WEB-10234 hasn’t been imported" in page
    assert "The order has no items." in page
    clerk.post(reverse("import-order"), {"store": "WEB-", "number": "10234"})
    assert WebOrder.objects.get(bigcommerce_order_id=10234).wanted


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["10234", "WEB-10234", "po-10234", "engines", "LOVELACE", "web-10234 ada"])
def test_an_order_is_found_by_its_numbers_and_names(words: str, clerk: Client) -> None:
    """Number, import ID, the store's number, PO, client and contact; every word has to appear."""
    integration = a_store()
    an_order(integration, 10234)
    assert "1 sales order" in clerk.get(reverse("orders"), {"q": words}).content.decode()
    assert "No matching sales orders" in clerk.get(reverse("orders"), {"q": words + " zeppelin"}).content.decode()


@pytest.mark.django_db
def test_without_orders_the_list_says_what_waits_in_the_store(clerk: Client) -> None:
    """How many wait, and how many stand outside import, status by status."""
    a_store()
    page = clerk.get(reverse("orders")).content.decode()
    assert "3 orders wait in a new order status" in page
    assert "14 Awaiting Payment, 60 Awaiting Shipment" in page
