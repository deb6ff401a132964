"""Each thing that happens is written down as an event, in its transaction, whoever does it."""

from typing import Any

import pytest
from django.db import transaction

from counterfoil.api.schemas.events import EventSchema
from counterfoil.events.models import EventType, OutgoingEvent
from counterfoil.events.publish import publish
from counterfoil.sales.models import OrderStatus, Parcel, SalesOrder
from counterfoil.sales.orders.bulk_status import change_statuses
from counterfoil.sales.orders.status import change_status, find_status, override_hold, put_on_hold
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.attention.actions import skip
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import UnknownProduct
from counterfoil.stores.shipstation.notices import dismiss_notice, open_notices
from tests.api.shipstation.factories import a_shipstation, ref_of
from tests.dispatch.factories import imported, ship
from tests.events.factories import event, told
from tests.factories import connect, run_sync, sales_order
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import a_conflict, a_refused_order, a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db(transaction=True)


def forget() -> None:
    """What happened so far is no matter."""
    publish()
    OutgoingEvent.objects.all().delete()


def open_items() -> set[str]:
    """What the events say needs attention now."""
    publish()
    found: set[str] = set()
    for each in OutgoingEvent.objects.filter(type__startswith="attention.").order_by("position"):
        (found.add if each.type == "attention.opened" else found.discard)(each.data["item"]["id"])
    return found


def listed_items() -> set[str]:
    """What the list says."""
    return {f"{item.kind}:{item.pk}" for item in attention()}


def test_an_order_that_is_imported_shipped_corrected_and_voided(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    assert told()[0] == "order.imported"
    order = sales_order(order_id)
    said = event("order.imported")["order"]
    assert (said["import_id"], said["bigcommerce_order_id"], said["store"]) == (order.import_id, order_id, "WEB-")
    forget()
    parcel = ship(order_id, carrier="UPS", tracking_number="1Z999AA10123456784")
    assert sorted(told()) == ["order.status_changed", "order.updated", "shipment.processed"]
    (box,) = event("shipment.processed")["parcels"]
    assert (box["id"], box["tracking_number"]) == (parcel.pk, "1Z999AA10123456784")
    assert [item["quantity"] for item in box["items"]] == [2, 3]
    forget()
    run_sync(integration)
    assert "shipment.sent_to_store" in told()
    assert event("shipment.sent_to_store")["bigcommerce_shipment_id"]
    forget()
    correct_parcel(parcel.pk, Tracking(carrier="UPS", tracking_number="1Z999AA10123456785"), by="clerk")
    assert event("shipment.corrected")["before"]["tracking_number"] == "1Z999AA10123456784"
    forget()
    void_parcel(parcel.pk, by="clerk", reason="Packed twice")
    assert told().count("shipment.voided") == 1
    assert event("shipment.voided")["reason"] == "Packed twice"


def test_the_order_of_an_event_is_that_of_the_api() -> None:
    from tests.api.factories import a_program

    order = an_order(a_store(), 10234)
    change_status(order.pk, find_status("Released"), by="clerk")
    said = event("order.updated")["order"]
    shown = a_program("read").get(f"/orders/{order.import_id}").json()
    assert said == {name: shown[name] for name in said}
    assert said["updated_at"].endswith("Z")


def test_a_hold_and_its_release_are_told_with_the_reason() -> None:
    order = an_order(a_store(), 1)
    forget()
    put_on_hold(order.pk, "Address", by="Ada")
    assert sorted(told()) == ["order.held", "order.updated"]
    assert event("order.held")["reason"] == "Address"
    forget()
    override_hold(order.pk, by="Ada", why="They called")
    assert sorted(told()) == ["order.released", "order.updated"]
    assert event("order.released") == event("order.released") | {"reason": "Address", "overridden_by": "Ada"}


def test_many_orders_at_once_are_told_one_by_one() -> None:
    shop = a_store()
    orders = [an_order(shop, number) for number in (1, 2, 3)]
    forget()
    status = OrderStatus.objects.exclude(pk=orders[0].status_id).order_by("pk")[0]
    change_statuses(dict.fromkeys(each.number for each in orders), status, by="clerk")
    assert told().count("order.status_changed") == 3
    assert told().count("order.updated") == 3


def test_what_is_taken_back_is_not_told() -> None:
    order = an_order(a_store(), 1)
    forget()
    with transaction.atomic():
        change_status(order.pk, find_status("Released"), by="clerk")
        transaction.set_rollback(True)
    assert told() == []


def test_an_order_that_cannot_be_imported_is_told_with_what_to_do(store: SandboxStore) -> None:
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    store.place(1, kind="guest")
    run_sync(integration)
    assert [each for each in told() if each.startswith("order.")] == ["order.not_imported"]
    said = event("order.not_imported")
    assert (said["code"], said["order"]["number"]) == ("unknown_product", None)
    assert said["sentence"]
    assert open_items() == listed_items() != set()


def test_events_of_what_needs_attention_give_the_list() -> None:
    """Opened and not closed is what the list shows: orders, updates, held parcels, conflicts, stores."""
    shop = a_store()
    refused = a_refused_order(shop, 7)
    order = an_order(shop, 8)
    a_conflict(order)
    a_shipment(order, sent=False)
    SalesOrder.objects.filter(pk=order.pk).update(hold_reason="Wait")
    shop.state.trouble_code = "credentials"
    shop.state.trouble = "No."
    shop.state.save()
    assert open_items() == listed_items()
    assert {each.partition(":")[0] for each in open_items()} >= {"order", "conflict", "store"}
    assert skip(refused.import_id, why="A test", by="Ada")
    shop.state.trouble_code = ""
    shop.state.save()
    SalesOrder.objects.filter(pk=order.pk).update(hold_reason="")
    assert open_items() == listed_items()


def test_a_refused_label_opens_and_closes_an_item_too() -> None:
    order = an_order(a_store())
    shipstation = a_shipstation()
    ref = ref_of(shipstation.order(order))
    put_on_hold(order.pk, "Fraud check", by="Ada")
    shipstation.label(ref, "NUMBER-1")
    said = event("attention.opened")
    assert (said["item"]["kind"], said["item"]["import_id"]) == ("label", order.import_id)
    assert said["order"]["number"] == order.number
    shipstation.label("NONE-1", "NUMBER-2")
    assert event("attention.opened")["order"] is None
    assert open_items() == listed_items()
    assert len(open_items()) == 2
    put_on_hold(order.pk, "", by="Ada")
    assert shipstation.label(ref, "NUMBER-1").status_code == 200
    for each in open_notices():
        dismiss_notice(each.pk, by="Ada")
    assert open_items() == listed_items() == set()


def test_each_type_has_its_data(store: SandboxStore) -> None:
    """No event is written of a type that the document does not know."""
    order_id, integration = imported(store)
    ship(order_id)
    run_sync(integration)
    publish()
    kinds: set[Any] = set(OutgoingEvent.objects.values_list("type", flat=True))
    assert kinds <= set(EventType.values)
    assert Parcel.objects.count() == 1
    assert EventSchema.model_fields["type"].annotation is EventType
    assert all("order" in each.data for each in OutgoingEvent.objects.all())
