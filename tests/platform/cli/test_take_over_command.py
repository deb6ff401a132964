"""Shipments that others made in the store, on the command line; and an order that is imported on request."""

import pytest

from counterfoil.sales.models import Parcel
from counterfoil.stores.models import WebIntegration
from tests.dispatch.factories import imported, lines_of, log_text, ship_there
from tests.factories import connect, run_sync
from tests.platform.commands import run
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_shows_what_others_shipped_and_takes_it_over(store: SandboxStore) -> None:
    """With its tracking, also what was shipped before *take over* was switched on."""
    order_id, integration = imported(store, quantities=(5,))
    made = ship_there(store, order_id, 2, tracking_number="THEIRS1")
    run_sync(integration)
    WebIntegration.objects.update(take_over_shipments=True)
    name = lines_of(order_id)[0].part_number
    (shown,) = run("order", f"WEB-{order_id}", "--json").json["store_shipments"]
    assert shown["tracking_number"] == "THEIRS1"
    assert shown["bigcommerce_shipment_id"] == made["id"]
    assert shown["items"] == [{"part_number": name, "quantity": 2}]
    assert shown["parcel"] is None
    said = run("order", f"WEB-{order_id}").said
    assert "Created in the store:" in said
    assert "THEIRS1" in said
    assert "Nothing has been shipped yet" not in said
    assert f"counterfoil take-over WEB-{order_id}" in said
    taken = run("take-over", f"WEB-{order_id}")
    assert (taken.code, "1 taken over." in taken.said) == (0, True)
    parcel = Parcel.objects.get()
    assert (parcel.tracking_number, parcel.taken_over) == ("THEIRS1", True)
    document = run("order", f"WEB-{order_id}", "--json").json
    assert [each["parcel"] for each in document["store_shipments"]] == [parcel.pk]
    assert "Created in the store:" not in run("order", f"WEB-{order_id}").said
    again = run("take-over", f"WEB-{order_id}")
    assert (again.code, "no shipments in the store" in again.said) == (0, True)


def test_one_of_several_is_taken_over_by_its_number(store: SandboxStore) -> None:
    """And one that there is not is refused, with nothing taken over."""
    order_id, integration = imported(store, quantities=(5,))
    first, second = (ship_there(store, order_id, 1, tracking_number=number)["id"] for number in ("A1", "B2"))
    run_sync(integration)
    refused = run("take-over", f"WEB-{order_id}", str(second), "987654")
    assert (refused.code, Parcel.objects.count()) == (2, 0)
    assert "has no shipment 987654 in the store" in refused.complained
    answer = run("take-over", f"WEB-{order_id}", str(second), "--json").json
    assert [parcel["tracking_number"] for each in answer["shipments"] for parcel in each["parcels"]] == ["B2"]
    assert [each["parcel"] is None for each in answer["store_shipments"]] == [True, False]
    assert first != second


def test_an_order_that_is_imported_on_request_keeps_its_status_and_says_so(store: SandboxStore) -> None:
    """In the answer, in JSON and in the log: it stands in none to import."""
    integration = connect(store)
    run_sync(integration)
    (order_id,) = store.place(1, kind="guest")
    store.edit(order_id, status_id=7)
    ended = run("sync", "WEB-", "--order", str(order_id))
    stays = "Its status in BigCommerce stays Awaiting Payment, which isn’t a new order status."
    assert ended.code == 0
    assert f"WEB-{order_id}: Someone requested it. {stays}" in ended.said
    assert stays in log_text()
    assert store.status(order_id) == 7
    again = run("sync", "WEB-", "--order", str(order_id), "--json").json
    assert [each["notes"] for each in again] == [[f"WEB-{order_id}: Someone requested it. {stays}"]]


def test_an_order_in_a_new_order_status_is_answered_as_ever(store: SandboxStore) -> None:
    """There is nothing to say."""
    connect(store)
    (order_id,) = store.place(1, kind="guest")
    assert run("sync", "WEB-", "--order", str(order_id), "--json").json[0]["notes"] == []
    assert store.status(order_id) == 9
