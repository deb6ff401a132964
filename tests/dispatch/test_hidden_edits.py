"""An order that was edited, and set back, between our last look and our own write needs a person, who can import it.

The write leaves no trace of what the status was before it; what was edited is still there.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.bigcommerce.client import StoreApi
from counterfoil.dispatch.sender import Sent, send_due
from counterfoil.stores.attention.actions import accept_difference, retry, skip
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import REFUNDS_UNREAD, UnknownProduct, WebhookEvent, WebIntegration, WebOrder
from counterfoil.stores.payloads.keep import keep_payloads
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.weborders.reasons import EDITED_MEANWHILE
from tests.dispatch.factories import assign, imported, lines_of, log_text, place, put, ship, ship_there, shipments_in
from tests.factories import NEW, connect, fresh, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
EDITS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "quantity": lambda there: {"lines": [{"id": there["lines"][0]["id"], "quantity": 5}]},
    "message": lambda _there: {"customer_message": "Do not ship before Monday"},
    "billing": lambda _there: {"billing_address": {"street_1": "1 New Street"}},
}
RECIPIENTS = [{"first_name": "Neighbor"}, {"last_name": "Otherwise"}, {"company": "Other Ltd"}]


def just_before(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], None]) -> None:
    """Someone acts between our last look and our call, once."""
    real, done = getattr(StoreApi, name), []

    def call(self: StoreApi, *args: Any, **more: Any) -> Any:
        if not done:
            done.append(1)
            act()
        return real(self, *args, **more)

    monkeypatch.setattr(StoreApi, name, call)


def edited_before_a_shipment(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch, what: str
) -> tuple[int, WebIntegration]:
    """An order of four and three that was edited and set back just before a part of it was shipped; synced twice."""
    order_id, integration = imported(store, quantities=(4, 3))
    edit = EDITS[what](store.order(order_id))
    ship(order_id, 1, tracking_number="1Z")
    just_before(monkeypatch, "create_shipment", lambda: store.edit(order_id, status_id=NEW, **edit))
    run_sync(integration)
    run_sync(integration)
    return order_id, integration


def has_it(order_id: int, what: str) -> bool:
    """Whether the sales order is as it was edited."""
    order = sales_order(order_id)
    return {
        "quantity": lines_of(order_id)[0].quantity == 5,
        "message": order.customer_message == "Do not ship before Monday",
        "billing": order.addresses.filter(kind="bill_to", street_1="1 New Street").exists(),
    }[what]


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_before_a_shipment_is_found_and_imported_at_a_click(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The list that shows the shipment shows what was edited, though not that the order was set back."""
    order_id, integration = edited_before_a_shipment(store, monkeypatch, what)
    (item,) = attention()
    assert item.code == "edited_in_store"
    assert item.sentence == "The order was edited in BigCommerce just before Counterfoil updated it there."
    assert not has_it(order_id, what)
    retry([item.import_id])
    run_sync(integration)
    assert has_it(order_id, what)
    assert attention() == []


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_before_a_mapped_status_is_found_and_imported_at_a_click(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The answer to the status shows it."""
    order_id, integration = imported(store, push_status=True, quantities=(4, 3))
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    edit = EDITS[what](store.order(order_id))
    just_before(monkeypatch, "set_status", lambda: store.edit(order_id, status_id=NEW, **edit))
    run_sync(integration)
    assert [item.code for item in attention()] == ["edited_in_store"]
    assert not has_it(order_id, what)
    retry([f"WEB-{order_id}"])
    run_sync(integration)
    assert has_it(order_id, what)
    assert attention() == []


@pytest.mark.parametrize("recipient", RECIPIENTS, ids=["first name", "last name", "company"])
def test_another_recipient_of_what_was_shipped_needs_a_person(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch, recipient: dict[str, str]
) -> None:
    """The street is the same; the answer to the shipment shows who gets it."""
    order_id, integration = imported(store)
    address = store.order(order_id)["addresses"][0]["id"]
    ship(order_id, tracking_number="1Z")
    edit = {"status_id": NEW, "addresses": [{"id": address, **recipient}]}
    just_before(monkeypatch, "create_shipment", lambda: store.edit(order_id, **edit))
    run_sync(integration)
    (item,) = attention()
    assert item.code == "address_changed"
    assert next(iter(recipient.values())) in item.sentence


def test_it_needs_a_person_also_after_the_order_was_read_again(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook leads to a reading that imports nothing: the order is in no new order status."""
    order_id, integration = edited_before_a_shipment(store, monkeypatch, "quantity")
    WebOrder.objects.update(read_again="A webhook told of it.")
    run_sync(integration)
    assert web_order(order_id).read_again == ""
    assert has_it(order_id, "quantity") or [item.code for item in attention()] == ["edited_in_store"]


def test_it_is_found_where_the_order_is_read_before_a_list_shows_it(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook tells of the edit: the version that is read then is compared with the one before."""
    order_id, integration = imported(store, quantities=(4, 3))
    edit = EDITS["quantity"](store.order(order_id))

    def act() -> None:
        store.edit(order_id, status_id=NEW, **edit)
        WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id, at=timezone.now())

    ship(order_id, 1, tracking_number="1Z")
    just_before(monkeypatch, "create_shipment", act)
    for _ in range(3):
        run_sync(integration)
    assert [item.code for item in attention()] == ["edited_in_store"]


def test_who_marks_it_as_done_is_not_asked_again(store: SandboxStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the next parcel either: the edit was known by then."""
    order_id, integration = edited_before_a_shipment(store, monkeypatch, "message")
    skip(web_order(order_id).import_id, why="Mark as done", by="clerk")
    ship(order_id, 1, tracking_number="2Z")
    run_sync(integration)
    run_sync(integration)
    assert attention() == []


@pytest.mark.parametrize("edited", [True, False])
def test_a_shipment_of_an_order_that_was_edited_long_before_asks_nobody(store: SandboxStore, edited: bool) -> None:
    """What a list has shown since is no news: it wasn't set back, and a change after import is only shown."""
    order_id, integration = imported(store, quantities=(4, 3))
    if edited:
        store.set(clock_offset_seconds=60.0)
        store.edit(order_id, **EDITS["message"](store.order(order_id)))
    run_sync(integration)
    for number in ("1Z", "2Z"):
        ship(order_id, 1, tracking_number=number)
        run_sync(integration)
        run_sync(integration)
    assert attention() == []
    assert "edited in BigCommerce just before" not in log_text()


def just_before_a_shipment(store: SandboxStore, monkeypatch: pytest.MonkeyPatch, order_id: int, **edit: Any) -> None:
    """One item is shipped; the order is edited and set back just before."""
    ship(order_id, 1, tracking_number="LATER")
    monkeypatch.undo()
    just_before(monkeypatch, "create_shipment", lambda: store.edit(order_id, status_id=NEW, **edit))


EARLIER: dict[str, Callable[[SandboxStore, int], object]] = {
    "staff notes": lambda store, order_id: store.edit(order_id, staff_notes="Called the customer"),
    "message": lambda store, order_id: store.edit(order_id, customer_message="Call first"),
    "shipment": lambda store, order_id: ship_there(store, order_id, 0, 1, tracking_number="OTHER"),
}


@pytest.mark.parametrize("earlier", EARLIER)
def test_an_edit_before_a_shipment_is_found_after_earlier_changes(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch, earlier: str
) -> None:
    """The edit is told from what the list showed before, which asked nobody."""
    order_id, integration = imported(store, quantities=(4, 3))
    store.set(clock_offset_seconds=60.0)
    EARLIER[earlier](store, order_id)
    run_sync(integration)
    assert attention() == []
    store.set(clock_offset_seconds=120.0)
    just_before_a_shipment(store, monkeypatch, order_id, **EDITS["quantity"](store.order(order_id)))
    run_sync(integration)
    run_sync(integration)
    assert [item.code for item in attention()] == ["edited_in_store"]


def test_an_edit_before_a_mapped_status_is_found_after_an_earlier_change(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A staff note; the answer to the status shows what was edited since."""
    order_id, integration = imported(store, push_status=True, quantities=(4, 3))
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, staff_notes="Called the customer")
    run_sync(integration)
    put(order_id, "Released")
    store.set(clock_offset_seconds=120.0)
    edit = EDITS["quantity"](store.order(order_id))
    just_before(monkeypatch, "set_status", lambda: store.edit(order_id, status_id=NEW, **edit))
    run_sync(integration)
    assert [item.code for item in attention()] == ["edited_in_store"]


@pytest.mark.parametrize("end", ["done", "import"])
def test_the_next_edit_is_found(store: SandboxStore, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    """Whether the one before was imported or marked as done."""
    order_id, integration = edited_before_a_shipment(store, monkeypatch, "message")
    if end == "done":
        skip(web_order(order_id).import_id, why="Mark as done", by="clerk")
    else:
        retry([web_order(order_id).import_id])
    run_sync(integration)
    assert attention() == []
    just_before_a_shipment(store, monkeypatch, order_id, **EDITS["quantity"](store.order(order_id)))
    run_sync(integration)
    run_sync(integration)
    assert [item.code for item in attention()] == ["edited_in_store"]


def test_it_is_told_once_another_reason_is_over(store: SandboxStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address was changed with it, which the answer to the shipment tells first."""
    order_id, integration = imported(store, quantities=(4, 3))
    address = store.order(order_id)["addresses"][0]["id"]
    edit = EDITS["quantity"](store.order(order_id)) | {"addresses": [{"id": address, "first_name": "Neighbor"}]}
    just_before_a_shipment(store, monkeypatch, order_id, **edit)
    run_sync(integration)
    run_sync(integration)
    assert [item.code for item in attention()] == ["address_changed"]
    assert log_text().count("edited in BigCommerce just before") == 1
    skip(web_order(order_id).import_id, why="The parcel is right", by="clerk")
    assert [item.code for item in attention()] == ["edited_in_store"]
    retry([web_order(order_id).import_id])
    run_sync(integration)
    assert has_it(order_id, "quantity")
    assert "edited_in_store" not in [item.code for item in attention()]


def test_it_is_told_once_refunds_can_be_read(store: SandboxStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """They could not, when it was found."""
    order_id, integration = imported(store, quantities=(4, 3))
    WebOrder.objects.update(reason_code=REFUNDS_UNREAD, reason="They could not be read.", next_step="Wait.")
    just_before_a_shipment(store, monkeypatch, order_id, **EDITS["quantity"](store.order(order_id)))
    run_sync(integration)
    run_sync(integration)
    assert [item.code for item in attention()] == [REFUNDS_UNREAD]
    WebOrder.objects.update(refunds_to_read=True)
    run_sync(integration)
    assert [item.code for item in attention()] == ["edited_in_store"]
    assert not has_it(order_id, "quantity")


def test_it_is_found_in_an_order_of_before_the_upgrade(store: SandboxStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a digest the order is compared with the version that was read."""
    order_id, integration = imported(store, quantities=(4, 3))
    WebOrder.objects.update(header_seen="")
    just_before_a_shipment(store, monkeypatch, order_id, **EDITS["quantity"](store.order(order_id)))
    run_sync(integration)
    run_sync(integration)
    assert [item.code for item in attention()] == ["edited_in_store"]


def test_a_shipment_of_an_order_of_before_the_upgrade_asks_nobody(store: SandboxStore) -> None:
    """It is as it was read."""
    order_id, integration = imported(store, quantities=(4, 3))
    WebOrder.objects.update(header_seen="")
    ship(order_id, 1, tracking_number="1Z")
    run_sync(integration)
    run_sync(integration)
    assert attention() == []


@pytest.mark.parametrize("why", ["sku", "totals"])
def test_a_refused_import_of_the_changes_is_made_once_it_can_be(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """The order was not set to a new order status since: the click that asked for the import still counts."""
    order_id, integration = imported(store, quantities=(4, 3))
    WebIntegration.objects.update(unknown_product=UnknownProduct.REFUSE)
    there = store.order(order_id)
    edit: dict[str, Any] = {"lines": [{"sku": "NOBODY-KNOWS", "name": "Thing", "quantity": 2, "price": "5"}]}
    if why == "totals":
        edit = {"total_inc_tax": str(float(there["header"]["total_inc_tax"]) + 3), "raw": True}
    message = "Do not ship before Monday"
    just_before_a_shipment(store, monkeypatch, order_id, customer_message=message, **edit)
    run_sync(integration)
    run_sync(integration)
    retry([web_order(order_id).import_id])
    run_sync(integration)
    (item,) = attention()
    assert item.code not in ("", "edited_in_store")
    if why == "sku":
        WebIntegration.objects.update(unknown_product=UnknownProduct.CREATE)
        retry([item.import_id])
    else:
        assert accept_difference(item.import_id, by="manager")
    run_sync(integration)
    assert has_it(order_id, "message")
    assert attention() == []


def test_who_skips_a_refused_import_of_the_changes_is_not_asked_again(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by the next reading either, which imports nothing."""
    order_id, integration = imported(store, quantities=(4, 3))
    edit = {"total_inc_tax": str(float(store.order(order_id)["header"]["total_inc_tax"]) + 3), "raw": True}
    just_before_a_shipment(store, monkeypatch, order_id, customer_message="X", **edit)
    run_sync(integration)
    run_sync(integration)
    retry([web_order(order_id).import_id])
    run_sync(integration)
    skip(web_order(order_id).import_id, why="It is right here", by="clerk")
    WebOrder.objects.update(read_again="A webhook told of it.")
    run_sync(integration)
    assert attention() == []
    assert sales_order(order_id).customer_message != "X"


@pytest.mark.parametrize("change", [{"customer_id": 17}, {"payment_method": "Cash"}], ids=["customer", "payment"])
def test_a_guest_who_registers_asks_nobody(store: SandboxStore, change: dict[str, Any]) -> None:
    """Nor does another payment method: nothing is shipped or billed otherwise."""
    order_id, integration = imported(store, quantities=(4, 3))
    ship(order_id, 1, tracking_number="1Z")
    run_sync(integration)
    store.edit(order_id, **change)
    WebOrder.objects.update(written_at=timezone.now())
    run_sync(integration)
    assert attention() == []


@pytest.mark.parametrize("is_listed", [True, False])
def test_it_is_found_after_lists_that_show_the_order_as_it_was_before(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch, *, is_listed: bool
) -> None:
    """The light list, or that of new orders, which tells the status alone."""
    order_id, integration = imported(store, quantities=(4, 3))
    just_before_a_shipment(store, monkeypatch, order_id, **EDITS["quantity"](store.order(order_id)))
    store.set(list_lag_seconds=600.0, clock_offset_seconds=5.0)
    run_sync(integration)
    assert (len(shipments_in(store, order_id)), attention()) == (1, [])
    if is_listed:
        keep_payloads(integration, {order_id: whole_payload(order_id)}, read_at=timezone.now(), status_id=NEW)
    store.set(list_lag_seconds=0.0)
    run_sync(integration)
    run_sync(integration)
    assert [item.code for item in attention()] == ["edited_in_store"]


def whole_payload(order_id: int) -> bytes:
    """The version that was read last."""
    payload = web_order(order_id).payload
    assert payload is not None
    return bytes(payload.order)


def test_no_shipment_goes_before_an_edit_that_an_acknowledgement_showed(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order waits to be read again; the shipment would move it on in the store, and the edit be dropped."""
    integration = connect(store)
    order_id = place(store, 4, 3)
    edit = EDITS["quantity"](store.order(order_id))
    just_before(monkeypatch, "set_status", lambda: store.edit(order_id, **edit))
    store.fault("GET", f"/orders/{order_id}$", status=503)
    run_sync(integration)
    assert web_order(order_id).read_again == EDITED_MEANWHILE
    ship(order_id, 1, tracking_number="1Z")
    with open_session(fresh(integration), seconds=60) as session:
        assert session is not None
        send_due(session, Sent())
    assert shipments_in(store, order_id) == []
    store.clear_faults()
    run_sync(integration)
    run_sync(integration)
    assert (lines_of(order_id)[0].quantity, len(shipments_in(store, order_id)), attention()) == (5, 1, [])
