"""System setup: order statuses and carriers; and what a risky mapping asks before it is saved."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderStatus
from counterfoil.stores.models import Carrier, StatusMapping, WebIntegration
from tests.web.factories.orders import a_store, an_order
from tests.web.integrations.test_settings import entered

pytestmark = pytest.mark.django_db


def edit(client: Client, called: str, **sent: str) -> str:
    """Sends a row of the list; the page that follows."""
    status = OrderStatus.objects.get(name=called)
    return client.post(reverse("status-edit", args=[status.pk]), sent, follow=True).content.decode()


def test_statuses_are_added_renamed_moved_and_retired(manager: Client) -> None:
    """And brought back; orders in each are counted and lead to the list."""
    order = an_order(a_store())
    manager.post(reverse("status-add"), {"name": "Ready to ship"})
    edit(manager, "Ready to ship", name="Ready", role="")
    edit(manager, "Ready", act="up")
    edit(manager, "Ready", act="retire")
    assert list(OrderStatus.objects.values_list("name", flat=True))[-2:] == ["Ready", "Cancelled"]
    page = manager.get(reverse("statuses")).content.decode()
    assert "Restore" in page
    assert f'href="/orders/?status={order.status_id}">1</a>' in page
    edit(manager, "Ready", act="bring_back")
    assert not OrderStatus.objects.filter(retired=True).exists()


def test_a_role_moves_and_the_page_says_from_where(manager: Client) -> None:
    """One status at most carries each role."""
    assert "Shipped no longer has this role." in edit(manager, "Closed", name="Closed", role="shipped")
    assert OrderStatus.objects.get(role="shipped").name == "Closed"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"act": "retire"}, "Shipped has the role “Shipped” and is needed."),
        ({"name": "new", "role": "shipped"}, "There’s already an order status New."),
        ({"name": " ", "role": "shipped"}, "An order status needs a name."),
    ],
)
def test_what_is_refused_says_why_and_keeps_the_input(sent: dict[str, str], sentence: str, manager: Client) -> None:
    """In the row it was typed into."""
    status = OrderStatus.objects.get(name="Shipped")
    answer = manager.post(reverse("status-edit", args=[status.pk]), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert f'id="name-{status.pk}" name="name" value="{sent.get("name", "Shipped")}"' in page


def test_a_new_name_that_is_taken_stays_in_its_field(manager: Client) -> None:
    """Below the list."""
    page = manager.post(reverse("status-add"), {"name": "shipped"}).content.decode()
    assert "There’s already an order status Shipped." in page
    assert re.search(r'id="new-name" name="name" value="shipped"', page)


def test_carriers_are_added_changed_and_deleted(manager: Client) -> None:
    """One name for one carrier, whatever its case; the store takes its own words only."""
    page = manager.post(reverse("carriers"), {"name": "ups"}).content.decode()
    assert "There’s already a carrier ups." in page
    page = manager.post(reverse("carriers"), {"name": "Own van", "tracking_carrier": "own van"}).content.decode()
    assert "isn’t a tracking carrier." in page
    page = manager.post(reverse("carriers"), {"name": "Own van", "shipping_provider": "nope"}).content.decode()
    assert "BigCommerce has no shipping provider “nope”. Choose one of auspost, canadapost" in page
    manager.post(reverse("carriers"), {"name": " Own  van ", "shipping_provider": "carrier_5"})
    van = Carrier.objects.get(name="Own van")
    there = reverse("carrier", args=[van.pk])
    manager.post(there, {"name": "Our van", "shipping_provider": ""})
    van.refresh_from_db()
    assert (van.name, van.shipping_provider) == ("Our van", "")
    assert manager.post(there, {"name": "DHL"}).status_code == 422
    manager.post(there, {"delete": "1"})
    assert not Carrier.objects.filter(pk=van.pk).exists()


def test_a_risky_mapping_is_explained_and_saved_by_who_has_read_it(manager: Client) -> None:
    """The first press shows what follows; the second, with the tick, saves; later changes ask no more."""
    integration = a_store()
    there = reverse("integration-tab", args=[integration.pk, "mapping"])
    cancelled = OrderStatus.objects.get(role="cancelled")
    sent = {f"map_{cancelled.pk}": "5"}
    answer = manager.post(there, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Cancelled → Cancelled: It can’t be undone from here" in page
    assert not StatusMapping.objects.exists()
    tick = re.search(r'name="confirmed" value="(\w+)"', page)
    assert tick
    assert manager.post(there, sent | {"confirmed": "another"}).status_code == 422
    assert manager.post(there, sent | {"confirmed": tick[1]}).status_code == 302
    assert StatusMapping.objects.get().status_id == 5
    assert manager.post(there, sent | {"push_status": "on"}).status_code == 302
    integration.refresh_from_db()
    assert integration.push_status


def test_what_follows_is_shown_while_one_chooses(manager: Client) -> None:
    """By itself, and nothing is saved; a plain mapping shows nothing."""
    integration = a_store()
    there = reverse("integration-tab", args=[integration.pk, "mapping"])
    closed = OrderStatus.objects.get(name="Closed")
    asks = {"HX-Request": "true", "HX-Target": "warnings"}
    sent = {"check": "1", f"map_{closed.pk}": "4"}
    part = manager.post(there, sent, headers=asks).content.decode()
    assert "no money is refunded" in part
    assert "<html" not in part
    assert manager.post(there, sent | {f"map_{closed.pk}": "10"}, headers=asks).content.decode().strip() == ""
    assert not StatusMapping.objects.exists()


def test_the_import_error_status_is_explained_next_to_its_field(manager: Client) -> None:
    """Recommended, and yet read by some apps as theirs."""
    page = manager.get(reverse("integration-add")).content.decode()
    assert "Some shipping and fraud apps use Manual Verification Required themselves" in page


def test_the_options_of_the_way_back_are_saved_and_shown(manager: Client) -> None:
    """Shipments of others, orders with nothing to ship, reasons in the staff notes."""
    names = ("take_over_shipments", "close_unshippable", "staff_notes")
    manager.post(reverse("integration-add"), entered(**dict.fromkeys(names, "on")))
    integration = WebIntegration.objects.get()
    assert all(getattr(integration, name) for name in names)
    page = manager.get(reverse("integration", args=[integration.pk])).content.decode()
    for words in ("Taken over automatically", "Closed when imported", "Written"):
        assert words in page


def test_a_retired_status_is_offered_in_the_mapping_only_where_it_is_mapped(manager: Client) -> None:
    """Orders may still stand in it."""
    integration = a_store()
    closed, picking = OrderStatus.objects.get(name="Closed"), OrderStatus.objects.get(name="Picking")
    StatusMapping.objects.create(integration=integration, order_status=closed, status_id=10)
    OrderStatus.objects.filter(pk__in=[closed.pk, picking.pk]).update(retired=True)
    page = manager.get(reverse("integration-tab", args=[integration.pk, "mapping"])).content.decode()
    assert f'name="map_{closed.pk}"' in page
    assert f'name="map_{picking.pk}"' not in page
