"""The pages of clients, products, fields and the set-up: with no data, much data and bad data."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counterfoil.sales import models as sales
from counterfoil.stores.models import WebIntegration
from counterfoil.web.integrations.setup_wizard import NAMES
from tests.web.factories.clients_and_products import (
    a_catalog_load,
    a_client,
    a_mapping,
    a_product,
    fill_fields,
    some_fields,
    some_names,
)
from tests.web.factories.orders import ODD, a_shipment, a_store, an_order
from tests.web.matrix import all_rows
from tests.web.matrix.row import Example
from tests.web.test_pages import HUGE, MOST_STATEMENTS, NUL, assert_clean

pytestmark = pytest.mark.django_db
WRITTEN_TO = (  # not the guide's start and the preview, which would ask a store that is none
    *("clients", "client", "client-fields", "client-merge", "client-rename", "order-client", "order-fields"),
    *("contact", "contact-add", "contact-edit", "contact-merge", "order-contact", "shipments", "shipment"),
    *("products", "product", "product-add", "product-file", "product-edit", "alias-add", "alias-remove", "our-part"),
    *("fields", "field-add", "field-edit", "guide-step", "integration-lift", "integration-names"),
    *("integration-fields", "integration-field", "integration-catalog"),
)


def all_paths() -> Iterator[str]:
    """Every page that shows something of these books as they are."""
    lists = ("clients", "products", "product-add", "product-file", "products-csv", "fields", "guide")
    yield from (reverse(name) for name in lists)
    yield reverse("clients") + "?q=ada&sort=-order_count&page=2"
    yield reverse("products") + "?q=engine&type=physical&active=1&sort=-alias_count&origin=import&ordered=0"
    yield reverse("shipments")
    yield reverse("shipments") + "?q=1Z&state=failed&carrier=UPS&since=2026-01-01&sort=client"
    yield from (reverse("shipment", args=[each.pk]) for each in sales.Shipment.objects.order_by("-pk")[:2])
    yield from (reverse("contact", args=[each.pk]) for each in sales.Contact.objects.order_by("-pk")[:2])
    yield reverse("our-part") + "?store=WEB-&sku=ENG&q=engine&description=Engine"
    clients = list(sales.Client.objects.order_by("-pk")[:2])
    for client in clients:
        yield reverse("client", args=[client.pk])
        yield reverse("client-merge", args=[client.pk]) + "?q=e"
    if len(clients) > 1:
        yield reverse("client-merge", args=[clients[0].pk]) + f"?other={clients[1].pk}"
    yield from (reverse("product", args=[each.pk]) for each in sales.Product.objects.order_by("-pk")[:2])
    for order in sales.SalesOrder.objects.order_by("-pk")[:2]:
        yield from (reverse(f"order-{page}", args=[order.number]) for page in ("client", "contact", "fields"))
        yield reverse("order-client", args=[order.number]) + "?q=e"
        yield reverse("order", args=[order.number])
    for integration in WebIntegration.objects.all()[:2]:
        yield from (
            reverse(f"integration-{page}", args=[integration.pk]) for page in ("names", "fields", "preview", "catalog")
        )
        yield reverse("integration", args=[integration.pk])
        for field in sales.FieldDefinition.objects.order_by("-pk")[:2]:
            yield reverse("integration-field", args=[integration.pk, field.pk])
        yield from (reverse("guide-step", args=[integration.pk, name]) for name in NAMES)


def fill(integration: WebIntegration, *, text: str = "") -> None:
    """One of everything."""
    for field in some_fields(text=text[:30]):
        a_mapping(integration, field, text=text)
    order = an_order(integration, 1, text=text)
    fill_fields(order, text=text)
    a_shipment(order, text=text, sent=False)
    add_more(integration, 1, text=text)
    a_catalog_load(integration, text=text)


def add_more(integration: WebIntegration, number: int, *, text: str = "") -> None:
    """One more row in each list that grows."""
    a_client(number, text=text)
    a_product(number, text=text, source=integration.code)
    some_names(integration, number, text=text)


def test_every_page_works_before_there_is_anything(manager: Client) -> None:
    """An empty installation says what to do next."""
    for path in all_paths():
        answer = manager.get(path)
        assert answer.status_code == 200, path
        assert_clean(answer, path)
    assert "No clients yet" in manager.get(reverse("clients")).content.decode()
    assert "Nothing has been shipped yet" in manager.get(reverse("shipments")).content.decode()
    assert "No products yet" in manager.get(reverse("products")).content.decode()


def test_every_page_survives_odd_names_and_markup_in_every_field(manager: Client) -> None:
    """Scripts of all alphabets, 300 characters without a break, and <script> in each field that takes text."""
    integration = a_store(description=ODD, shipping_default=ODD, payment_default=ODD, first_orders=5, paused=True)
    fill(integration, text=ODD)
    for path in all_paths():
        answer = manager.get(path)
        assert answer.status_code == 200, path
        if not path.endswith(".csv"):
            assert_clean(answer, path)


@pytest.mark.parametrize("value", [NUL, HUGE, "-1", "0", "'; DROP TABLE", "%", "\ud83c", ODD, ""], ids=ascii)
def test_nonsense_in_what_is_sent_is_passed_over_or_refused_in_words(value: str, manager: Client) -> None:
    """No query and no form makes a page answer with an error."""
    integration = a_store()
    fill(integration)
    example = Example(integration, sales.SalesOrder.objects.get())
    rows = {row.name: row for row in all_rows() if row.name in WRITTEN_TO}
    value = value.encode("utf-8", "replace").decode()
    for name, keys in {
        "clients": ("q", "page", "sort"),
        "products": ("q", "type", "active", "origin", "ordered", "page", "sort"),
        "shipments": ("q", "state", "store", "carrier", "since", "until", "page", "sort"),
        "our-part": ("store", "sku", "q"),
        "client-merge": ("q", "other"),
        "order-client": ("q",),
    }.items():
        for key in keys:
            path = reverse(name, args=rows[name].of(example))
            answer = manager.get(path, {"store": "WEB-", "sku": "X"} | {key: value})
            assert answer.status_code in (200, 302, 422), (name, key)
    names = ("label", "name", "scope", "type", "choices", "part_number", "sku", "store", "client", "other", "product")
    names += ("expression", "order", "first", "act", "why", "shipping-new", "shipping-new-name", "payment-default")
    names += ("field-segment", "field-of_number", "field-of_date", "content", "first_orders", "q")
    names += ("first_name", "last_name", "email", "phone", "contact", "new")
    for name, row in rows.items():
        sent = dict.fromkeys(names, value) | {"save": "1"}
        answer = manager.post(reverse(name, args=row.of(example)), sent)
        assert answer.status_code in (200, 302, 405, 422), name


def test_a_page_needs_no_more_statements_for_sixty_rows_than_for_one(manager: Client) -> None:
    """At most 15, and the same number whatever the number of rows."""
    integration = a_store()
    fill(integration)
    few = statements(manager)
    for number in range(2, 62):
        add_more(integration, number)
        fill_fields(an_order(integration, number, lines=12))
    sales.SalesOrder.objects.update(client=sales.Client.objects.latest("pk"))
    many = statements(manager)
    assert max(many.values()) <= MOST_STATEMENTS, many
    assert {path: count for path, count in many.items() if path in few and count > few[path]} == {}


def statements(client: Client) -> dict[str, int]:
    """How many each page takes."""
    counts = {}
    for path in all_paths():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200, path
        counts[path] = len(captured)
    return counts
