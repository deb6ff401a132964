"""Shipments, refunds and staff notes: what the client sends, and what it makes of the answers."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from counterfoil.bigcommerce import (
    NeedsPerson,
    NewShipment,
    OverShipped,
    ShipmentDetails,
    ShipmentItem,
    TryAgain,
    read_staff_notes,
)
from counterfoil.bigcommerce.client import StoreApi
from tests.bigcommerce.faults import Behaviour, FaultyStore, answer, faulty_store, resets, says
from tests.sandbox_store import SandboxStore


def client_of(store: SandboxStore | FaultyStore) -> StoreApi:
    """A client of the store."""
    path = store.api_path if isinstance(store, SandboxStore) else f"{store.origin}/stores/abc"
    return StoreApi(path, SandboxStore.token, allowed_origins=[store.origin])


def shippable(store: SandboxStore, order_id: int) -> tuple[int, int, int]:
    """An address of an order, a line that goes there, and its quantity."""
    line = next(line for line in store.order(order_id)["lines"] if line["order_address_id"])
    return line["order_address_id"], line["id"], line["quantity"]


def new(address: int, line: int, quantity: int = 1, **details: str) -> NewShipment:
    """A shipment of one item."""
    return NewShipment(order_address_id=address, items=(ShipmentItem(line, quantity),), **details)


def test_a_shipment_is_made_corrected_and_taken_back(store: SandboxStore) -> None:
    """Its id and its time come back; deleting it again finds nothing, which is as well."""
    (order_id,) = store.place(1, kind="guest")
    address, line, _ = shippable(store, order_id)
    client = client_of(store)
    made = client.create_shipment(order_id, new(address, line, tracking_number="1Z5", shipping_provider="ups"))
    assert (made.tracking_number, made.order_address_id) == ("1Z5", address)
    assert made.items == (ShipmentItem(line, 1),)
    assert made.date_created is not None
    assert abs((made.date_created - datetime.now(UTC)).total_seconds()) < 5
    corrected = client.correct_shipment(order_id, made.id, ShipmentDetails(tracking_number="1Z6"))
    assert (corrected.id, corrected.tracking_number, corrected.shipping_provider) == (made.id, "1Z6", "")
    assert [each.id for each in client.order_shipments(order_id)] == [made.id]
    assert client.delete_shipment(order_id, made.id) is True
    assert client.delete_shipment(order_id, made.id) is False
    assert client.order_shipments(order_id) == []


def test_everything_is_sent_by_name_an_empty_provider_among_it() -> None:
    """Left out, the provider would become one that shows no tracking link."""
    body = b'{"id": 7, "items": null, "date_created": null}'
    with faulty_store(says(answer(201, body))) as store:
        assert client_of(store).create_shipment(100, new(5, 6, 2, comments="x")).items == ()
    head, _, sent = store.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /stores/abc/v2/orders/100/shipments ")
    assert json.loads(sent) == {
        "order_address_id": 5,
        "items": [{"order_product_id": 6, "quantity": 2}],
        "tracking_number": "",
        "tracking_link": "",
        "tracking_carrier": "",
        "shipping_provider": "",
        "shipping_method": "",
        "comments": "x",
    }


def test_shipping_more_than_is_left_says_how_many_are_left(store: SandboxStore) -> None:
    """The line and its quantity come with the refusal."""
    (order_id,) = store.place(1, kind="guest")
    address, line, quantity = shippable(store, order_id)
    with pytest.raises(OverShipped) as caught:
        client_of(store).create_shipment(order_id, new(address, line, quantity + 1))
    assert (caught.value.order_product_id, caught.value.available) == (line, quantity)
    assert caught.value.code == "over_shipped"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'[{"details": null}]', b'[{"details": {"available_quantity": 1}}]', b"{"]
)
def test_any_other_refusal_is_none_of_over_shipping(body: bytes) -> None:
    """It needs a person, with what the store said."""
    with faulty_store(says(answer(400, body))) as store, pytest.raises(NeedsPerson) as caught:
        client_of(store).create_shipment(100, new(5, 6))
    assert caught.value.code == "refused"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"id": "seven"}', b"[]", b'{"id": 7, "date_created": "soon"}'])
def test_an_answer_that_does_not_show_the_shipment_leaves_the_outcome_open(body: bytes) -> None:
    """It was made, but nobody knows which it is: the store is asked."""
    with faulty_store(says(answer(201, body))) as store, pytest.raises(TryAgain) as caught:
        client_of(store).create_shipment(100, new(5, 6))
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("behave", [resets, says(answer(502, b""))])
def test_nobody_knows_whether_a_shipment_is_gone_when_the_answer_is_lost(behave: Behaviour) -> None:
    """It is taken back again, which does no harm."""
    with faulty_store(behave) as store, pytest.raises(TryAgain) as caught:
        client_of(store).delete_shipment(100, 5)
    assert caught.value.outcome_unknown


def test_all_shipments_of_an_order_come_whatever_their_number(store: SandboxStore) -> None:
    """Pages of 250."""
    (order_id,) = store.place(1, kind="guest")
    address, line, _ = shippable(store, order_id)
    store.edit(order_id, lines=[{"id": line, "quantity": 300}])
    for _ in range(251):
        store.ship(order_id, order_address_id=address, items=[{"order_product_id": line, "quantity": 1}])
    assert len({each.id for each in client_of(store).order_shipments(order_id)}) == 251


def test_the_refunds_of_many_orders_take_one_call(store: SandboxStore) -> None:
    """Amounts are exact; orders without refunds are simply not among them."""
    ids = store.place(3, kind="guest")
    _, line, quantity = shippable(store, ids[0])
    store.refund(ids[0], {"item_type": "PRODUCT", "item_id": line, "quantity": 1})
    store.refund(ids[1], {"item_type": "ORDER", "amount": "1.10"})
    store.clear_calls()
    found, unreadable = client_of(store).refunds(ids)
    assert unreadable == []
    assert [(refund.order_id, refund.items[0].item_type) for refund in found] == [
        (ids[0], "PRODUCT"),
        (ids[1], "ORDER"),
    ]
    assert (found[0].items[0].item_id, found[0].items[0].quantity) == (line, 1)
    assert found[1].total_amount == Decimal("1.10")
    assert found[1].created is not None
    assert len(store.calls()) == 1
    assert quantity


def test_no_orders_have_no_refunds_and_cost_no_call(store: SandboxStore) -> None:
    """Asked without orders, the store would list them all."""
    assert client_of(store).refunds([]) == ([], [])
    assert store.calls() == []


def test_refunds_come_in_pages() -> None:
    """As many as the store says there are, until one repeats the page before; an envelope without pages is one."""
    page = b'{"data": [{"id": 1, "order_id": 5, "total_amount": 1.1}], "meta": {"pagination": {"total_pages": 2}}}'
    with faulty_store(says(answer(200, page))) as store:
        assert [refund.id for refund in client_of(store).refunds([5])[0]] == [1]
    assert b"page=2" in store.requests[1]
    assert store.requests[0].startswith(
        b"GET /stores/abc/v3/orders/payment_actions/refunds?order_id:in=5&limit=250&page=1 "
    )


@pytest.mark.parametrize(
    "body", [b'{"data": [], "meta": {}}', b"{}", b"[]", b'{"data": null, "meta": []}', b'{"data": {}, "meta": ""}', b""]
)
def test_a_page_of_refunds_that_is_empty_in_any_form_has_none(body: bytes) -> None:
    """V3's envelope, PHP's empty array, an empty object, or 204 without a body."""
    with faulty_store(says(answer(200 if body else 204, body))) as store:
        assert client_of(store).refunds([5, 6]) == ([], [])


def test_full_pages_of_refunds_are_read_on_where_the_store_does_not_say_how_many_there_are() -> None:
    """Until one comes that is not full."""
    refund = {"id": 1, "order_id": 5, "total_amount": 1.1}
    pages = iter([answer(200, json.dumps({"data": [refund] * number}).encode()) for number in (250, 1)])
    with faulty_store(lambda connection: connection.sendall(next(pages))) as store:
        assert len(client_of(store).refunds([5])[0]) == 251


@pytest.mark.parametrize("notes", ["", "plain", "a\r\nb\n", 'quote " back \\ tab\t', "naïve 🎁", "\x00", "\ud800"])
def test_staff_notes_come_and_go_as_they_are(notes: str) -> None:
    """What no database takes among them: whoever writes them back changes nothing of it."""
    whole = json.dumps({"id": 100, "staff_notes": notes}).encode()
    with faulty_store(says(answer(200, whole))) as store:
        assert read_staff_notes(client_of(store).write_staff_notes(100, notes)) == notes
    assert json.loads(store.requests[0].partition(b"\r\n\r\n")[2]) == {"staff_notes": notes}


def test_an_order_without_staff_notes_has_empty_ones() -> None:
    """Null is nothing written; an answer without the field is no order."""
    assert read_staff_notes(b'{"staff_notes": null}') == ""
    with pytest.raises(NeedsPerson):
        read_staff_notes(b'{"id": 5}')
