"""Where an order is: the reason that holds, and the step that makes it come."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.stores.attention.actions import retry_group, skip
from counterfoil.stores.json_output import place_row
from counterfoil.stores.models import StoreState, UnknownProduct, WebIntegration, WebOrder
from counterfoil.stores.weborders.locate import OrderLocation, find_order, locate
from counterfoil.stores.weborders.requests import import_this_one
from tests.factories import ERROR, NEW, connect, fresh, run_sync, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
COMES_BY_STATUS = "It will be imported when its status in BigCommerce is Awaiting Fulfillment."


def where(order_id: int) -> OrderLocation:
    """The one place of an order whose stores could all be asked."""
    ((place,), silent) = find_order(order_id, lock_wait=5, seconds=30)
    assert silent == []
    return place


def tries_now(place: OrderLocation) -> bool:
    """Whether the command offers to import it at once."""
    return "sync" in str(place_row(place)["next_step"])


def test_an_archived_order_says_so_and_offers_nothing_that_does_not_help(store: SandboxStore) -> None:
    """Seen before or not."""
    (order_id,) = store.place(1)
    integration = connect(store)
    store.edit(order_id, is_deleted=True)
    for _ in range(2):
        place = where(order_id)
        assert place.reason == "The order is archived in BigCommerce."
        assert place.next_step == f"Restore it in BigCommerce first. {COMES_BY_STATUS}"
        assert not tries_now(place)
        run_sync(integration)
    assert locate(web_order(order_id)).reason == place.reason


def test_an_order_from_before_the_day_says_which_day(store: SandboxStore) -> None:
    """Whether the store lists it or not, and before anything was read at all."""
    (order_id,) = store.place(1)
    day = timezone.now().date() + timedelta(days=2)
    integration = connect(store, not_before=day)
    for ignored in ([], ["min_date_created"]):
        place = where(order_id)
        assert place.reason.startswith("It was placed on ")
        assert place.reason.endswith(f"orders are imported from {day} on.")
        assert "A manager can set an earlier day" in place.next_step
        assert tries_now(place)
        store.set(ignored_filters=ignored)
        run_sync(integration)
        StoreState.objects.update(listed_at=None)
    run_sync(integration)
    assert locate(web_order(order_id)).reason == where(order_id).reason == place.reason


def test_an_order_of_a_paused_store_waits_for_that(store: SandboxStore) -> None:
    """Also one that stood elsewhere when it was read."""
    (order_id,) = store.place(1)
    connect(store, paused=True)
    place = where(order_id)
    assert place.reason == "It’s waiting: the store is paused, so no orders are imported."
    assert "counterfoil store set WEB- --resume" in place.next_step


def test_an_order_that_was_not_read_yet_comes_with_the_next_pass_by_itself(store: SandboxStore) -> None:
    (order_id,) = store.place(1)
    connect(store, poll_seconds=90)
    place = where(order_id)
    assert (place.reason, place.store_status) == ("It’s waiting to be imported.", "Awaiting Fulfillment")
    assert "every 90 seconds" in place.next_step


def test_an_order_in_another_status_comes_by_its_status(store: SandboxStore) -> None:
    """As the store has it now, not as it was read once."""
    (order_id,) = store.place(1)
    integration = connect(store)
    store.edit(order_id, status_id=StatusId.AWAITING_PAYMENT)
    place = where(order_id)
    assert place.reason == "We import Awaiting Fulfillment; it is Awaiting Payment."
    assert place.next_step == COMES_BY_STATUS
    store.set(ignored_filters=["status_id"])
    run_sync(integration)
    assert web_order(order_id).state == "ignored"
    assert where(order_id).reason == place.reason
    store.edit(order_id, status_id=NEW)
    assert where(order_id).reason == "It’s waiting to be imported."


def refused(store: SandboxStore) -> tuple[int, WebIntegration]:
    """An order whose products nobody knows."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    run_sync(integration)
    assert store.status(order_id) == ERROR
    return order_id, integration


def test_a_refused_order_says_what_is_wrong_with_it_with_its_own_next_step(store: SandboxStore) -> None:
    order_id, _ = refused(store)
    place = where(order_id)
    known = web_order(order_id)
    assert (place.reason, place.next_step) == (known.reason, known.next_step)


def test_a_refused_order_that_is_to_be_tried_again_waits(store: SandboxStore) -> None:
    """Someone retries it, or it was set back to new in the store."""
    order_id, _ = refused(store)
    store.edit(order_id, status_id=NEW)
    assert where(order_id).reason.startswith("It’s waiting to be retried. Last time it couldn’t be imported: ")
    store.edit(order_id, status_id=ERROR)
    retry_group()
    assert "on the next sync" in where(order_id).next_step


def test_a_refused_order_that_went_on_in_the_store_says_both(store: SandboxStore) -> None:
    """A retry would leave it alone."""
    order_id, _ = refused(store)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    place = where(order_id)
    assert place.reason == f"{web_order(order_id).reason} It is Cancelled in BigCommerce now."
    assert place.next_step == COMES_BY_STATUS


def test_a_skipped_order_says_who_did_it_as_long_as_nobody_sets_it_back(store: SandboxStore) -> None:
    order_id, _ = refused(store)
    skip(f"WEB-{order_id}", why="a test", by="Ada")
    assert where(order_id).reason == "Skipped by Ada: a test"
    store.edit(order_id, status_id=NEW)
    assert where(order_id).reason == "It’s waiting to be imported."


def test_an_order_that_someone_wants_is_on_its_way_whatever_its_status(store: SandboxStore) -> None:
    (order_id,) = store.place(1)
    integration = connect(store)
    store.edit(order_id, status_id=StatusId.COMPLETED)
    import_this_one(integration, order_id, by="Ada")
    place = where(order_id)
    assert place.reason == "Someone requested it, and it hasn’t been read since."
    assert "next sync" in place.next_step


def test_an_order_that_the_store_has_no_more_says_so(store: SandboxStore) -> None:
    """One that nobody ever saw is nowhere."""
    order_id, _ = refused(store)
    store.delete(order_id)
    place = where(order_id)
    assert place.reason == "BigCommerce doesn’t have this order."
    assert not tries_now(place)
    assert find_order(424242, lock_wait=5, seconds=30) == ([], [])


def test_of_a_store_that_cannot_be_asked_what_is_known_here(store: SandboxStore) -> None:
    """And why it could not be asked."""
    order_id, integration = refused(store)
    store.set(access_token="another")
    places, silent = find_order(order_id, lock_wait=5, seconds=30)
    assert [place.reason for place in places] == [web_order(order_id).reason]
    refusal = "BigCommerce refuses the access token. Enter the access token of the store's API account again."
    assert silent == [f"WEB- couldn’t be checked: {refusal}"]
    WebOrder.objects.filter(pk=web_order(order_id).pk).update(
        state="undecided", reason="", reason_code="", status_seen=NEW
    )
    StoreState.objects.update(trouble_code="credentials", trouble="It refuses.", trouble_next_step="Enter it.")
    ((place,), _) = find_order(order_id, lock_wait=5, seconds=30)
    assert (place.reason, place.next_step) == ("It’s waiting: It refuses.", "Enter it.")
    assert fresh(integration).state.waiting


def test_an_imported_order_is_not_asked_for(store: SandboxStore) -> None:
    """It is here."""
    (order_id,) = store.place(1)
    run_sync(connect(store))
    store.clear_calls()
    place = where(order_id)
    assert (place.imported, place.reason, place.next_step) == (True, "", "")
    assert store.calls() == []


def test_an_order_that_cannot_be_read_is_somewhere_as_far_as_its_status_can_be_told(store: SandboxStore) -> None:
    raw: dict[str, Any] = {"id": 990001, "status_id": 11, "date_created": "soon"}
    order_id = store.place_raw(raw, order_id=990001)
    connect(store)
    place = where(order_id)
    assert (place.store_status, place.reason) == ("Awaiting Fulfillment", "It’s waiting to be imported.")
