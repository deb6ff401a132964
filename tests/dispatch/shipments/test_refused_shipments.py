"""What the store refuses, or has no more, is said to a person; what was taken back is said to nobody."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from counterfoil.dispatch.transitions import Sent
from counterfoil.sales.models import Parcel
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.attention.actions import retry, retry_group, skip, skip_update
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import UpdateState, WebIntegration, WebShipment
from tests.dispatch.factories import (
    assign,
    creation,
    imported,
    lines_of,
    log_text,
    make_due,
    ship,
    ship_there,
    shipments_in,
    writes,
)
from tests.factories import run_sync, updates, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_over_shipping_is_said_with_the_item_and_what_is_left(store: SandboxStore) -> None:
    """What someone shipped there meanwhile is to be read; retry does not repeat by itself, skip lets the rest go on."""
    store.set(status_after_shipment="stays")
    order_id, integration = imported(store, quantities=(2,), push_status=True)
    assign(integration, Shipped=8)
    ship(order_id, 2)
    line = lines_of(order_id)[0]
    store.ship(
        order_id,
        order_address_id=line.ship_to.source_id,
        items=[{"order_product_id": line.source_id, "quantity": 1}],
    )
    WebIntegration.objects.update(paused=True)
    run_sync(integration)
    (item,) = attention()
    assert (
        f"Only 1 of 2 × {line.part_number} can still ship in BigCommerce: the order was changed in the store, or "
        "someone shipped it there." in item.sentence
    )
    assert item.code == "over_shipped"
    assert web_order(order_id).shipments_to_read
    assert store.status(order_id) != 8
    assert skip(item.import_id, why="they shipped it", by="clerk") == 1
    run_sync(integration)
    assert store.status(order_id) == 8
    assert len(shipments_in(store, order_id)) == 1


def test_over_shipping_names_the_item_of_this_parcel_of_which_nothing_is_left(store: SandboxStore) -> None:
    """Neither another item of the parcel, nor the same item in an earlier parcel."""
    store.set(status_after_shipment="stays")
    order_id, integration = imported(store, quantities=(3, 3))
    ship(order_id, 1, 1)
    run_sync(integration)
    second = lines_of(order_id)[1]
    items = [{"order_product_id": second.source_id, "quantity": 2}]
    store.ship(order_id, order_address_id=second.ship_to.source_id, items=items)
    WebIntegration.objects.update(paused=True)
    ship(order_id, 2, 2)
    run_sync(integration)
    (item,) = attention()
    assert f"None of 2 × {second.part_number} can still ship in BigCommerce: " in item.sentence


def test_a_failed_shipment_holds_back_only_its_own_order(store: SandboxStore) -> None:
    """Its later parcels and statuses wait; other orders go on; retry makes it go."""
    order_id, integration = imported(store)
    other, _ = _another(store, integration)
    store.fault(method="POST", path=f"^/v2/orders/{order_id}/", status=400, body=[{"message": "No."}], times=1)
    ship(order_id, 1)
    ship(order_id, 1)
    ship(other)
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert len(shipments_in(store, other)) == 1
    assert "couldn’t be created. BigCommerce refused the request. BigCommerce said: “No.”" in attention()[0].sentence
    assert retry([f"WEB-{order_id}"]) == 1
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 2


def _another(store: SandboxStore, integration: WebIntegration) -> tuple[int, WebIntegration]:
    (other,) = store.place(1, kind="guest")
    run_sync(integration)
    store.clear_calls()
    return other, integration


def test_an_order_that_is_gone_says_so(store: SandboxStore) -> None:
    """The shipment cannot be made, and a person reads why."""
    order_id, integration = imported(store)
    ship(order_id)
    store.delete(order_id)
    run_sync(integration)
    assert "The order was archived or deleted in the store." in attention()[0].sentence
    assert skip_update(creation(order_id).pk, why="gone", by="clerk")
    assert attention() == []


def test_a_shipment_that_someone_deleted_cannot_be_corrected(store: SandboxStore) -> None:
    """It says who has to do what; voiding the parcel ends it without a call."""
    order_id, integration = imported(store)
    other, _ = _another(store, integration)
    ship(other)
    parcel = ship(order_id)
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/{made['id']}")
    correct_parcel(parcel.pk, Tracking(tracking_number="2"), by="clerk")
    WebIntegration.objects.update(paused=True)
    run_sync(integration)
    (item,) = attention()
    assert "couldn’t be corrected. Someone deleted the shipment in BigCommerce." in item.sentence
    gone = WebShipment.objects.exclude(gone_at=None)
    assert [each.web_order.bigcommerce_order_id for each in gone] == [order_id]
    void_parcel(parcel.pk, by="clerk", reason="gone")
    store.clear_calls()
    run_sync(integration)
    assert writes(store) == []
    assert attention() == []


def test_a_sync_counts_each_shipment_that_was_made_corrected_deleted_or_refused(store: SandboxStore) -> None:
    """And the log says what was done."""
    first, integration = imported(store)
    orders = [first, _another(store, integration)[0]]
    parcels: list[Parcel] = []

    def acts() -> Iterator[tuple[str, str]]:
        parcels.extend(ship(order_id, carrier="UPS", tracking_number="1Z") for order_id in orders)
        yield "POST", "Created the shipment"
        for parcel in parcels:
            correct_parcel(parcel.pk, Tracking(carrier="UPS", tracking_number="2Z"), by="clerk")
        yield "PUT", "Corrected the shipment"
        for parcel in parcels:
            void_parcel(parcel.pk, by="clerk", reason="lost")
        yield "DELETE", "Deleted the shipment"

    for method, said in acts():
        store.fault(method=method, path="shipments", status=400, times=2)
        assert run_sync(integration).sent == Sent(sent=0, failed=2)
        retry_group()
        assert run_sync(integration).sent == Sent(sent=2, failed=0)
        assert log_text().count(said) == 2
        assert "already gone" not in log_text()


def test_a_voided_parcel_takes_back_what_waits_of_it_and_nothing_else(store: SandboxStore) -> None:
    """At once: neither what was sent of it, nor what waits of another parcel."""
    order_id, integration = imported(store)
    voided, kept = ship(order_id, 1), ship(order_id, 0, 1)
    run_sync(integration)
    correct_parcel(voided.pk, Tracking(tracking_number="first"), by="clerk")
    run_sync(integration)
    for parcel in (voided, kept):
        correct_parcel(parcel.pk, Tracking(tracking_number="second"), by="clerk")
    unsent = ship(order_id)
    void_parcel(voided.pk, by="clerk", reason="lost")
    void_parcel(unsent.pk, by="clerk", reason="lost")

    def states(parcel: Parcel) -> list[tuple[str, str]]:
        return [(each.kind, each.state) for each in updates(order_id) if each.parcel == parcel]

    assert states(voided) == [
        ("create_shipment", "sent"),
        ("correct_shipment", "sent"),
        ("correct_shipment", "not_needed"),
        ("void_shipment", "waiting"),
    ]
    assert states(kept) == [("create_shipment", "sent"), ("correct_shipment", "waiting")]
    assert states(unsent) == [("create_shipment", "not_needed")]


def test_what_needs_a_person_does_so_since_it_first_failed(store: SandboxStore) -> None:
    """However often it is retried; once it was sent, that is over."""
    order_id, integration = imported(store)
    ship(order_id)
    store.fault(method="POST", path="shipments$", status=400, times=2)
    run_sync(integration)
    since = creation(order_id).failed_since
    assert since is not None
    retry_group()
    run_sync(integration)
    assert creation(order_id).failed_since == since
    retry_group()
    run_sync(integration)
    assert (creation(order_id).state, creation(order_id).failed_since) == (UpdateState.SENT, None)


def test_a_deletion_that_the_store_refuses_says_so(store: SandboxStore) -> None:
    """In the store's own words; retry deletes it."""
    order_id, integration = imported(store)
    parcel, kept = ship(order_id, 1), ship(order_id)
    run_sync(integration)
    void_parcel(parcel.pk, by="clerk", reason="wrong box")
    store.fault(method="DELETE", path="shipments", status=400, body=[{"message": "Locked."}], times=1)
    run_sync(integration)
    said = attention()[0].sentence
    assert "couldn’t be deleted. BigCommerce refused the request. BigCommerce said: “Locked.”" in said
    assert updates(order_id)[-1].asked_at is None
    assert retry([f"WEB-{order_id}"]) == 1
    run_sync(integration)
    assert [each["id"] for each in shipments_in(store, order_id)] == [kept.web_shipment.bigcommerce_shipment_id]
    assert WebShipment.objects.get(gone_at=None).parcel == kept


def test_a_store_that_calls_a_shipment_gone_and_lists_it_is_asked_again(store: SandboxStore) -> None:
    """It would stay there; what is not listed any more was gone indeed."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    run_sync(integration)
    void_parcel(parcel.pk, by="clerk", reason="lost")
    store.fault(method="DELETE", path="shipments", status=404, times=1)
    run_sync(integration)
    update = updates(order_id)[-1]
    assert (update.state, update.reason) == (
        UpdateState.WAITING,
        "BigCommerce lists the shipment but says it doesn’t exist. Counterfoil keeps trying.",
    )
    assert WebShipment.objects.get().gone_at is None
    make_due()
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert updates(order_id)[-1].state == UpdateState.SENT


def test_a_correction_of_what_is_known_to_be_deleted_needs_a_person(store: SandboxStore) -> None:
    """It would be lost without a word; the clerk has to know that the shopper does not see it."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/{made['id']}")
    WebShipment.objects.update(gone_at=timezone.now())  # as the next look finds out
    correct_parcel(parcel.pk, Tracking(tracking_number="2"), by="clerk")
    WebIntegration.objects.update(paused=True)
    run_sync(integration)
    assert "Someone deleted the shipment in BigCommerce." in attention()[0].sentence


def test_a_voided_parcel_of_an_order_that_is_gone_needs_nobody(store: SandboxStore) -> None:
    """Its shipment went with the order."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    run_sync(integration)
    store.delete(order_id)
    void_parcel(parcel.pk, by="clerk", reason="gone")
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.SENT
    assert "in the store. It was already gone." in log_text()
    assert WebShipment.objects.get().gone_at is not None
    assert attention() == []


def test_a_correction_of_an_order_that_is_gone_says_so(store: SandboxStore) -> None:
    """It is the order that is missing, not the shipment alone."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    run_sync(integration)
    store.delete(order_id)
    correct_parcel(parcel.pk, Tracking(tracking_number="2"), by="clerk")
    run_sync(integration)
    assert "The order was archived or deleted in the store." in attention()[0].sentence


def test_a_refusal_of_an_item_that_is_in_no_parcel_is_said_as_the_store_says_it(store: SandboxStore) -> None:
    """There is no name to put in its place."""
    order_id, integration = imported(store)
    details = {"order_product_id": 987654, "available_quantity": 1}
    store.fault("POST", "shipments$", status=400, body=[{"status": 400, "message": "Too many.", "details": details}])
    ship(order_id)
    run_sync(integration)
    (item,) = attention()
    assert item.code == "over_shipped"
    assert "Only 1 can still ship in BigCommerce" in item.sentence


def test_a_shipment_that_was_skipped_is_voided_here_alone(store: SandboxStore) -> None:
    """It is not in the store, so that there is nothing to delete."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    store.fault("POST", "shipments$", status=400, body=[{"message": "No."}])
    run_sync(integration)
    skip(f"WEB-{order_id}", why="by hand", by="clerk")
    store.clear_calls()
    void_parcel(parcel.pk, by="clerk", reason="not packed")
    run_sync(integration)
    assert writes(store) == []
    assert [update.kind for update in updates(order_id)][1:] == ["create_shipment"]


def test_a_shipment_whose_deletion_the_store_refuses_needs_a_person(store: SandboxStore) -> None:
    """Where it says that there is no such shipment, and then does not let us look either."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    run_sync(integration)
    store.fault("DELETE", "shipments", status=404)
    store.fault("GET", "shipments$", status=422, body=[{"message": "Not now."}])
    void_parcel(parcel.pk, by="clerk", reason="not packed")
    run_sync(integration)
    (item,) = attention()
    assert "Not now." in item.sentence


def test_a_parcel_whose_shipment_was_entered_by_hand_and_skipped_counts_once(store: SandboxStore) -> None:
    """As the program says to do: the shipment is the parcel's, and the rest is still to be shipped."""
    order_id, integration = imported(store, quantities=(2,))
    parcel = ship(order_id, 1, tracking_number="1Z1")
    store.fault("POST", "shipments$", status=400, body=[{"message": "No."}], times=1)
    run_sync(integration)
    made = ship_there(store, order_id, 1, tracking_number="1Z1")
    assert skip(f"WEB-{order_id}", why="entered by hand", by="clerk")
    run_sync(integration)
    run_sync(integration)
    (line,) = lines_of(order_id)
    assert (line.shipped, line.open) == (1, 1)
    assert WebShipment.objects.get().parcel == parcel
    assert WebShipment.objects.get().bigcommerce_shipment_id == made["id"]
    void_parcel(parcel.pk, by="clerk", reason="wrong parcel")
    run_sync(integration)
    (line,) = lines_of(order_id)
    assert (store.order(order_id)["shipments"], line.open) == ([], 2)


def test_a_skipped_parcel_without_a_number_is_no_shipment_of_another_app(store: SandboxStore) -> None:
    """Nothing tells that they are one: both count, as everywhere (design, rule 17)."""
    order_id, integration = imported(store, quantities=(2,))
    ship(order_id, 1, tracking_number="")
    store.fault("POST", "shipments$", status=400, body=[{"message": "No."}], times=1)
    run_sync(integration)
    ship_there(store, order_id, 1, tracking_number="")
    assert skip(f"WEB-{order_id}", why="not needed", by="clerk")
    run_sync(integration)
    run_sync(integration)
    assert WebShipment.objects.get().parcel is None
    assert "Found in BigCommerce, not created here" in log_text()
