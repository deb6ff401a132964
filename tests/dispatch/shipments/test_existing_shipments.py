"""A parcel that the store has already is never posted again, whoever made its shipment there (design, rule 17)."""

from typing import Any

import pytest

from counterfoil.sales.models import Parcel
from counterfoil.sales.orders.status import find_status
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.attention.actions import retry, retry_group
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreUpdate, UpdateState, WebIntegration, WebShipment
from counterfoil.stores.weborders.external_shipments import take_over_web_shipment
from tests.dispatch.factories import creation, imported, lines_of, log_text, ship, ship_there, shipments_in, writes
from tests.factories import connect, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
THEIRS = {"tracking_number": "1ZDAY"}


def shipment_reads(store: SandboxStore) -> int:
    """How often the store was asked for shipments."""
    return sum(call["method"] == "GET" and call["path"].endswith("/shipments") for call in store.calls())


def shipped(order_id: int) -> list[int]:
    """What the sales order counts as shipped of each line."""
    return [line.shipped for line in lines_of(order_id)]


@pytest.mark.parametrize("synced", ["not before", "before", "taken over"])
@pytest.mark.parametrize("number", ["1ZDAY", "1z day", "1Z-DAY\u200b"])
def test_a_part_of_a_line_that_another_app_shipped_is_adopted(store: SandboxStore, synced: str, number: str) -> None:
    """However its number is spelled, with or without a sync before: one shipment, counted once."""
    order_id, integration = imported(store, quantities=(3,), take_over_shipments=synced == "taken over")
    made = ship_there(store, order_id, 1, **THEIRS)
    if synced != "not before":
        run_sync(integration)
        assert shipped(order_id) == [1]
    parcel = ship(order_id, 1, tracking_number=number)
    store.clear_calls()
    run_sync(integration)
    assert writes(store) == []
    assert [each["id"] for each in shipments_in(store, order_id)] == [made["id"]]
    assert WebShipment.objects.get().parcel == parcel
    assert creation(order_id).state == UpdateState.SENT
    assert shipped(order_id) == [1]
    assert f"was already in the store, number {made['id']}, so none was created." in log_text()
    run_sync(integration)
    assert (shipped(order_id), attention(), len(shipments_in(store, order_id))) == ([1], [], 1)


@pytest.mark.parametrize("theirs", ["1ZDAY, 1ZBOX", "1ZBOX / 1z-day", "'1ZDAY", "1ZDAY;"])
def test_a_number_that_stands_among_several_in_the_store_is_the_parcels(store: SandboxStore, theirs: str) -> None:
    """Others write further boxes into the same field, or leave a spreadsheet's apostrophe."""
    order_id, integration = imported(store, quantities=(3,))
    made = ship_there(store, order_id, 1, tracking_number=theirs)
    parcel = ship(order_id, 1, tracking_number="1ZDAY")
    run_sync(integration)
    assert [each["id"] for each in shipments_in(store, order_id)] == [made["id"]]
    assert WebShipment.objects.get().parcel == parcel
    assert (shipped(order_id), attention()) == ([1], [])


def test_what_was_taken_over_and_is_processed_here_too_stays_one_parcel(store: SandboxStore) -> None:
    """The parcel that was taken over yields to ours, and says why."""
    order_id, integration = imported(store, quantities=(3,), take_over_shipments=True)
    ship_there(store, order_id, 1, **THEIRS)
    run_sync(integration)
    taken = Parcel.objects.get()
    ours = ship(order_id, 1, **THEIRS)
    run_sync(integration)
    taken.refresh_from_db()
    assert taken.void_reason == "It was also processed here: the shipment belongs to that parcel."
    assert list(Parcel.objects.filter(voided_at=None)) == [ours]


def test_a_shipment_that_was_adopted_is_corrected_and_deleted_like_any_of_ours(store: SandboxStore) -> None:
    """It is that parcel's from then on."""
    order_id, integration = imported(store, quantities=(3,))
    ship_there(store, order_id, 1, **THEIRS)
    parcel = ship(order_id, 1, **THEIRS)
    run_sync(integration)
    correct_parcel(parcel.pk, Tracking(tracking_number="1ZNEW"), by="clerk")
    run_sync(integration)
    assert [each["tracking_number"] for each in shipments_in(store, order_id)] == ["1ZNEW"]
    void_parcel(parcel.pk, by="clerk", reason="lost")
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert shipped(order_id) == [0]


def test_an_order_that_is_whole_in_the_store_needs_nobody(store: SandboxStore) -> None:
    """Another app was quicker with all of it: that is what was to be said."""
    order_id, integration = imported(store, quantities=(2,))
    parcel = ship(order_id, **THEIRS)
    ship_there(store, order_id, 2, **THEIRS)
    run_sync(integration)
    assert (writes(store), attention()) == ([], [])
    assert WebShipment.objects.get().parcel == parcel


def test_one_that_the_light_list_does_not_show_yet_is_found_when_the_store_refuses_ours(store: SandboxStore) -> None:
    """All of the line is shipped, so the store's own guard speaks; then it is looked for."""
    order_id, integration = imported(store, quantities=(2,))
    parcel = ship(order_id, **THEIRS)
    store.fault("GET", r"^/v2/orders$", status=204, times=1)  # the light list of this pass
    ship_there(store, order_id, 2, **THEIRS)
    run_sync(integration)
    assert (writes(store), attention()) == (["POST shipment"], [])
    assert WebShipment.objects.get().parcel == parcel


def test_each_of_two_equal_parcels_has_a_shipment_of_its_own(store: SandboxStore) -> None:
    """Of one number: one stands in the store, the other is made, and both are there once."""
    order_id, integration = imported(store, quantities=(5,))
    made = ship_there(store, order_id, 1, **THEIRS)
    first, second = ship(order_id, 1, **THEIRS), ship(order_id, 1, **THEIRS)
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 2
    assert first.web_shipment.bigcommerce_shipment_id == made["id"]
    assert second.web_shipment.bigcommerce_shipment_id != made["id"]
    assert shipped(order_id) == [2]


def test_of_two_equal_ones_in_the_store_each_parcel_adopts_one(store: SandboxStore) -> None:
    """As after a restore: both were made by us, and nobody here knows."""
    order_id, integration = imported(store, quantities=(5,))
    made = {ship_there(store, order_id, 1, **THEIRS)["id"] for _ in range(2)}
    for _ in range(2):
        ship(order_id, 1, **THEIRS)
    run_sync(integration)
    assert writes(store) == []
    assert set(WebShipment.objects.exclude(parcel=None).values_list("bigcommerce_shipment_id", flat=True)) == made
    assert shipped(order_id) == [2]


@pytest.mark.parametrize(("theirs", "named"), [((2, 0), "2 × "), ((1, 1), "1 × "), ((0, 1), "1 × ")])
def test_the_number_on_other_items_needs_a_person(store: SandboxStore, theirs: tuple[int, int], named: str) -> None:
    """More, others next to it, or others: whether that is the parcel no program knows. Nothing is sent."""
    order_id, integration = imported(store, quantities=(5, 5))
    ship_there(store, order_id, *theirs, **THEIRS)
    ship(order_id, 1, **THEIRS)
    run_sync(integration)
    assert writes(store) == []
    (item,) = attention()
    assert item.code == "number_in_store"
    assert f"BigCommerce already has this tracking number, on {named}" in item.sentence
    assert item.next_step.startswith("If that is this parcel, void the parcel here and take over that shipment.")


def in_need(store: SandboxStore) -> tuple[int, WebIntegration, Parcel]:
    """A parcel whose number stands in the store on other items."""
    order_id, integration = imported(store, quantities=(5,))
    ship_there(store, order_id, 2, **THEIRS)
    parcel = ship(order_id, 1, **THEIRS)
    run_sync(integration)
    assert attention()
    return order_id, integration, parcel


def test_following_the_first_step_the_shipment_becomes_the_parcel(store: SandboxStore) -> None:
    """Voided here, taken over from there."""
    order_id, integration, parcel = in_need(store)
    void_parcel(parcel.pk, by="clerk", reason="it was two")
    take_over_web_shipment(WebShipment.objects.get().pk, by="clerk")
    run_sync(integration)
    assert (attention(), writes(store), shipped(order_id)) == ([], [], [2])
    assert len(shipments_in(store, order_id)) == 1


def test_following_the_second_step_ours_is_made(store: SandboxStore) -> None:
    """The wrong one was deleted there."""
    order_id, integration, _ = in_need(store)
    (made,) = shipments_in(store, order_id)
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/{made['id']}")
    retry_group()
    run_sync(integration)
    assert (attention(), writes(store)) == ([], ["DELETE shipment", "POST shipment"])
    assert [item["quantity"] for each in shipments_in(store, order_id) for item in each["items"]] == [1]


def test_following_the_third_step_both_stand_there(store: SandboxStore) -> None:
    """The number was wrong here."""
    order_id, integration, parcel = in_need(store)
    correct_parcel(parcel.pk, Tracking(tracking_number="1ZRIGHT"), by="clerk")
    retry_group()
    run_sync(integration)
    assert attention() == []
    assert sorted(each["tracking_number"] for each in shipments_in(store, order_id)) == ["1ZDAY", "1ZRIGHT"]


def test_an_equal_one_without_a_number_that_nobody_here_knew_is_asked_about(store: SandboxStore) -> None:
    """It may be the parcel, and it may not: a retry says that it is another one, and it is asked only once."""
    order_id, integration = imported(store, quantities=(5,))
    ship_there(store, order_id, 1, tracking_number="")
    parcel = ship(order_id, 1)
    run_sync(integration)
    (item,) = attention()
    assert (item.code, writes(store)) == ("like_in_store", [])
    assert "also without a tracking number. That may be this parcel." in item.sentence
    retry([f"WEB-{order_id}"])
    run_sync(integration)
    assert (attention(), writes(store)) == ([], ["POST shipment"])
    assert len(shipments_in(store, order_id)) == 2
    assert parcel.web_shipment.bigcommerce_shipment_id == shipments_in(store, order_id)[1]["id"]


@pytest.mark.parametrize("take_over", [False, True])
def test_an_equal_one_without_a_number_that_was_known_here_is_asked_about_too(
    store: SandboxStore, take_over: bool
) -> None:
    """As after a restore and a sync, when the parcel is entered again: it is asked once, and posted on a retry only."""
    order_id, integration = imported(store, quantities=(5,), take_over_shipments=take_over)
    ship_there(store, order_id, 1, tracking_number="")
    run_sync(integration)
    ship(order_id, 1)
    run_sync(integration)
    (item,) = attention()
    assert (item.code, writes(store)) == ("like_in_store", [])
    retry([f"WEB-{order_id}"])
    run_sync(integration)
    assert (attention(), writes(store)) == ([], ["POST shipment"])


def test_a_parcel_entered_again_after_a_restore_is_the_shipment_once_it_is_taken_over(store: SandboxStore) -> None:
    """The parcel is voided, and the shipment that stands in the store is taken over: the shopper has one."""
    order_id, integration = imported(store, quantities=(5,))
    made = ship_there(store, order_id, 1, tracking_number="")
    run_sync(integration)
    parcel = ship(order_id, 1)
    run_sync(integration)
    void_parcel(parcel.pk, by="clerk", reason="in the store already")
    take_over_web_shipment(WebShipment.objects.get(bigcommerce_shipment_id=made["id"]).pk, by="clerk")
    run_sync(integration)
    assert (attention(), writes(store), shipped(order_id)) == ([], [], [1])


def test_of_several_addresses_each_parcel_finds_its_own(store: SandboxStore) -> None:
    """The same number to another address is asked about; to its own address it is adopted."""
    order_id, integration = several_addresses(store)
    first, second = lines_of(order_id)[:2]
    assert first.ship_to_id != second.ship_to_id
    items = [{"order_product_id": second.source_id, "quantity": 1}]
    store.ship(order_id, order_address_id=second.ship_to.source_id, items=items, **THEIRS)
    ship(order_id, 1, **THEIRS)
    ours = ship(order_id, 0, 1, tracking_number="1zday")
    run_sync(integration)
    (item,) = attention()
    assert item.code == "number_in_store"
    StoreUpdate.objects.filter(state="failed").update(state="skipped", reason="x")
    run_sync(integration)
    assert WebShipment.objects.get().parcel == ours
    assert writes(store) == []


def several_addresses(store: SandboxStore) -> tuple[int, WebIntegration]:
    """An order of which two items go to two addresses."""
    integration = connect(store)
    (order_id,) = store.place(1, kind="several_addresses")
    run_sync(integration)
    store.clear_calls()
    return order_id, integration


@pytest.mark.parametrize("parcels", [1, 4])
def test_a_parcel_costs_one_call_where_nobody_else_shipped(store: SandboxStore, parcels: int) -> None:
    """Parts of a line, over several passes; the store is asked for its shipments before one is deleted alone."""
    store.set(status_after_shipment="moves")
    order_id, integration = imported(store, quantities=(9,))
    for number in range(parcels):
        ship(order_id, 1, tracking_number=f"1Z{number}")
        run_sync(integration)
    for number in range(parcels):
        ship(order_id, 1, tracking_number=f"2Z{number}")
    void_parcel(Parcel.objects.earliest("pk").pk, by="clerk", reason="lost")
    run_sync(integration)
    ship(order_id, 1, tracking_number="3Z")
    run_sync(integration)
    assert writes(store).count("POST shipment") == 2 * parcels + 1
    assert shipment_reads(store) == 1


def test_a_status_that_someone_set_by_hand_costs_no_call(store: SandboxStore) -> None:
    """Shipped there, with nothing shipped: there is no shipment to look for."""
    order_id, integration = imported(store, quantities=(9,))
    store.edit(order_id, status_id=2)
    ship(order_id, 1)
    run_sync(integration)
    assert (writes(store), shipment_reads(store)) == (["POST shipment"], 0)


def test_where_others_shipped_one_read_an_order_and_sync_is_enough(store: SandboxStore) -> None:
    """However many parcels it has; what is read afterwards to count what others shipped is as it always was."""
    order_id, integration = imported(store, quantities=(9,))
    ship_there(store, order_id, 1, tracking_number="THEIRS")
    WebIntegration.objects.update(paused=True)  # nothing but sending
    for number in range(3):
        ship(order_id, 1, tracking_number=f"1Z{number}")
    run_sync(integration)
    assert (writes(store), shipment_reads(store)) == (["POST shipment"] * 3, 1)


def test_a_parcel_that_is_voided_meanwhile_adopts_nothing(store: SandboxStore) -> None:
    """What another app shipped stays what it was."""
    order_id, integration = imported(store, quantities=(3,))
    ship_there(store, order_id, 1, **THEIRS)
    parcel = ship(order_id, 1, **THEIRS)
    void_parcel(parcel.pk, by="clerk", reason="not mine")
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 1
    assert WebShipment.objects.get().parcel is None
    assert shipped(order_id) == [1]


def test_our_status_follows_what_is_shipped_in_truth(store: SandboxStore) -> None:
    """Two of three seemed shipped by both: with one of them adopted there is one left."""
    order_id, integration = imported(store, quantities=(2,))
    ship_there(store, order_id, 1, **THEIRS)
    run_sync(integration)
    ship(order_id, 1, **THEIRS)
    assert sales_order(order_id).status == find_status("Shipped")
    run_sync(integration)
    assert sales_order(order_id).status == find_status("Partially Shipped")
    assert shipped(order_id) == [1]


def test_after_a_restore_the_row_that_is_given_again_makes_nothing(store: SandboxStore) -> None:
    """We made the shipment, and neither it nor the parcel is known here."""
    order_id, integration = imported(store, quantities=(3,))
    ship(order_id, 1, **THEIRS)
    run_sync(integration)
    forget_parcels(order_id)
    store.clear_calls()
    parcel = ship(order_id, 1, **THEIRS)
    run_sync(integration)
    assert writes(store) == []
    assert web_order(order_id).web_shipments.get().parcel == parcel
    assert shipped(order_id) == [1]


def forget_parcels(order_id: int) -> None:
    """As after a restore of a backup from before the parcels."""
    order: Any = sales_order(order_id)
    StoreUpdate.objects.filter(kind="create_shipment").delete()
    WebShipment.objects.all().delete()
    web = web_order(order_id)
    web.items_shipped_seen, web.written_at = 0, None
    web.save()
    for parcel in Parcel.objects.all():
        parcel.items.all().delete()
        parcel.delete()
    order.shipments.all().delete()
    order.lines.update(shipped=0)
    web.integration.state.glanced_at = web.integration.state.seen_until = None
    web.integration.state.save()
