"""An address that the shopper changes in the store after import: noted, shown, and chosen by a person."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, OrderAddress, OrderChange
from counterfoil.sales.orders.edit import edit_address
from counterfoil.sales.shipping.address_changes import AddressChanged, version_of
from counterfoil.sales.shipping.csv_import import apply, plan, read_rows
from counterfoil.sales.shipping.shipments import void_parcel
from counterfoil.stores.attention.actions import skip
from counterfoil.stores.attention.items import attention, counts, keys_of, needing_attention
from counterfoil.stores.models import Conflict, WebIntegration
from counterfoil.stores.weborders.address_changes import choose_web_address
from tests.dispatch.factories import imported, log_text, make_due, ship, shipments_in
from tests.factories import NEW, connect, in_store, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
MOVED = "12 Elm Street"


def move(store: SandboxStore, order_id: int, seconds: float = 60.0, at: int = 0, **changes: str) -> None:
    """The shopper has an address changed in the store, so many seconds after what came before."""
    store.set(clock_offset_seconds=seconds)
    changes = changes or {"street_1": MOVED}
    store.edit(order_id, addresses=[{"id": store.order(order_id)["addresses"][at]["id"], **changes}])


def ship_to(order_id: int, *, changed: bool = False) -> OrderAddress:
    """Where the order goes by now; or which of the addresses was changed in the store."""
    addresses = sales_order(order_id).addresses.filter(kind=AddressKind.SHIP_TO)
    return addresses.get(source_address__isnull=False) if changed else addresses.latest("position")


def moved(store: SandboxStore, **options: Any) -> tuple[int, WebIntegration]:
    """An imported order whose address was changed in the store afterwards; the last poll has shown it."""
    order_id, integration = imported(store, **options)
    move(store, order_id)
    run_sync(integration)
    return order_id, integration


def choose(order_id: int, *, ours: bool) -> None:
    """Ada chooses."""
    choose_web_address(ship_to(order_id).pk, ours=ours, by="Ada", seen=version_of(ship_to(order_id)))


def asked() -> list[tuple[str, str]]:
    """Which orders stand under Needs attention, and why."""
    return [(item.import_id, item.cause.split(":")[1]) for item in attention()]


def test_an_address_that_cannot_be_read_is_read_again(store: SandboxStore) -> None:
    """The order needs attention meanwhile, and is no failed import."""
    order_id, integration = imported(store)
    move(store, order_id)
    unreadable = {**in_store(store, order_id), "total_inc_tax": "x"}
    store.fault("GET", f"/orders/{order_id}$", status=200, body=unreadable)
    for _ in range(2):
        run_sync(integration)
    (item,) = attention()
    assert item.code == "address_unread"
    assert "couldn’t be read" in item.sentence
    assert not web_order(order_id).is_behind
    assert log_text().count(item.sentence) == 1
    store.clear_faults()
    run_sync(integration)
    assert asked() == [(f"WEB-{order_id}", "ship_to")]


def test_an_address_that_cannot_be_read_is_left_once_a_person_skips_it(store: SandboxStore) -> None:
    """Nothing of it is requested after that."""
    order_id, integration = imported(store)
    move(store, order_id)
    store.fault("GET", f"/orders/{order_id}$", status=422, body=[{"status": 422, "message": "No"}])
    run_sync(integration)
    skip(f"WEB-{order_id}", why="Checked there", by="Ada")
    assert attention() == []
    store.clear_calls()
    run_sync(integration)
    assert not any(call["path"] == f"/v2/orders/{order_id}" for call in store.calls())


def test_a_changed_address_needs_a_choice_and_is_not_taken_over(store: SandboxStore) -> None:
    """Ours stays, both are shown, and nothing is shipped; neither by a file, test run included."""
    order_id, integration = moved(store)
    before = ship_to(order_id).street_1
    (item,) = attention()
    assert (item.import_id, item.kind, item.code) == (f"WEB-{order_id}", "address", "address")
    assert before in item.ours
    assert MOVED in item.theirs
    assert keys_of()["address"] == [ship_to(order_id).pk]
    assert counts() == {("WEB-", "address"): 1}
    assert list(needing_attention(type(sales_order(order_id)).objects)) == [sales_order(order_id)]
    with pytest.raises(AddressChanged, match=MOVED):
        ship(order_id)
    rows = read_rows(f"order_number,tracking_number\nWEB-{order_id},1Z1\n".encode())
    for (answer,) in (plan(rows), apply(rows, by="Ada")):
        assert answer.is_refused
        assert MOVED in answer.sentence
        assert "Use the store’s address" in answer.next_step
    store.clear_calls()
    run_sync(integration)
    assert len(store.calls()) == 2  # it is not read again
    assert log_text().count("address was changed in BigCommerce after import") == 1
    assert ship_to(order_id).street_1 == before


def test_the_store_s_address_is_used_once_it_was_chosen(store: SandboxStore) -> None:
    """Recorded in the history, and the parcel goes there; nobody is asked about it afterwards."""
    order_id, integration = moved(store)
    choose(order_id, ours=False)
    assert ship_to(order_id).street_1 == MOVED
    change = OrderChange.objects.latest("pk")
    assert (change.by, change.field, MOVED in change.after) == ("Ada", "Ship to address", True)
    assert "Ada decided on the Ship to address: the store's is used." in log_text()
    ship(order_id, tracking_number="1Z1")
    run_sync(integration)
    assert asked() == []
    assert len(shipments_in(store, order_id)) == 1


def test_ours_is_kept_for_this_address_of_the_store_and_asked_for_a_newer_one(store: SandboxStore) -> None:
    """Also where the store's order changes in something else meanwhile."""
    order_id, integration = moved(store)
    choose(order_id, ours=True)
    ours = ship_to(order_id).street_1
    change = OrderChange.objects.latest("pk")
    assert (change.by, change.before, MOVED in change.why) == ("Ada", change.after, True)
    store.set(clock_offset_seconds=120.0)
    store.edit(order_id, staff_notes="Call first")
    run_sync(integration)
    assert asked() == []
    move(store, order_id, 180.0, street_1="99 Oak Avenue")
    run_sync(integration)
    assert asked() == [(f"WEB-{order_id}", "ship_to")]
    choose(order_id, ours=True)
    ship(order_id, tracking_number="1Z1")
    run_sync(integration)
    assert asked() == []
    assert ship_to(order_id).street_1 == ours


def test_who_chooses_between_addresses_that_have_changed_again_is_told(store: SandboxStore) -> None:
    """The shopper changes it twice: the first one seen is not taken for the second."""
    order_id, integration = moved(store)
    seen = version_of(ship_to(order_id))
    move(store, order_id, 120.0, street_1="99 Oak Avenue")
    run_sync(integration)
    with pytest.raises(Refused, match="changed in the store again"):
        choose_web_address(ship_to(order_id).pk, ours=False, by="Ada", seen=seen)
    choose(order_id, ours=False)
    assert ship_to(order_id).street_1 == "99 Oak Avenue"
    with pytest.raises(Refused, match="someone has already chosen"):
        choose_web_address(ship_to(order_id).pk, ours=True, by="Bob")


def test_nobody_is_asked_any_more_where_the_shopper_changes_it_back(store: SandboxStore) -> None:
    """Or where someone enters the store's address here; and once more where it changes again."""
    order_id, integration = imported(store)
    before = ship_to(order_id).street_1
    for seconds, street in ((60.0, MOVED), (120.0, before), (180.0, MOVED)):
        move(store, order_id, seconds, street_1=street)
        run_sync(integration)
        assert bool(asked()) == (street == MOVED)
    edit_address(ship_to(order_id).pk, {"street_1": MOVED.upper()}, by="Ada")
    assert asked() == []
    ship(order_id, tracking_number="1Z1")


@pytest.mark.parametrize(
    ("field", "change", "asks"),
    [
        ("street_1", "  {}  ", False),
        ("city", "upper", False),
        ("first_name", "Someone Else", True),
        ("company", "Acme Ltd", True),
        ("zip", "00000", True),
        ("phone", "+1 555 000 1111", True),
        ("email", "other@example.com", False),
    ],
)
def test_what_a_parcel_does_not_show_is_no_change(store: SandboxStore, field: str, change: str, asks: bool) -> None:
    """Case and spaces are none either; an e-mail address is not on it."""
    order_id, integration = imported(store)
    now = store.order(order_id)["addresses"][0][field]
    move(store, order_id, **{field: now.upper() if change == "upper" else change.format(now)})
    run_sync(integration)
    assert bool(asked()) == asks


def test_only_the_address_that_changed_is_stopped(store: SandboxStore) -> None:
    """An order to two addresses: what goes to the other one is shipped."""
    (order_id,) = store.place(1, kind="several_addresses")
    integration = connect(store)
    run_sync(integration)
    move(store, order_id, at=1)
    run_sync(integration)
    lines = list(sales_order(order_id).lines.select_related("ship_to"))
    other = next(line.ship_to for line in lines if line.ship_to and not line.ship_to.source_address)
    wanted = [line.open if line.ship_to == other else 0 for line in lines]
    ship(order_id, *wanted, tracking_number="1Z1")
    with pytest.raises(AddressChanged):
        ship(order_id, *[line.open if line.ship_to == ship_to(order_id, changed=True) else 0 for line in lines])


def test_a_bill_to_address_that_changed_stops_nothing(store: SandboxStore) -> None:
    """It is noted, and a person may use it."""
    order_id, integration = imported(store)
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, billing_address={"street_1": MOVED})
    run_sync(integration)
    assert asked() == []
    bill_to = sales_order(order_id).addresses.get(kind=AddressKind.BILL_TO)
    assert bill_to.source_address["street_1"] == MOVED
    assert choose_web_address(bill_to.pk, ours=False, by="Ada") == "Bill to"
    ship(order_id)


def test_a_parcel_keeps_where_it_went_and_the_rest_goes_to_the_new_address(store: SandboxStore) -> None:
    """What is open again after a void goes there too."""
    order_id, integration = imported(store)
    parcel = ship(order_id, 1, tracking_number="1Z1")
    run_sync(integration)
    before = ship_to(order_id)
    move(store, order_id)
    run_sync(integration)
    with pytest.raises(AddressChanged):
        ship(order_id)
    choose(order_id, ours=False)
    parcel.refresh_from_db()
    assert (parcel.ship_to, before.street_1 == MOVED) == (before, False)
    second = ship(order_id, tracking_number="1Z2")
    assert second.ship_to is not None
    assert second.ship_to.street_1 == MOVED
    void_parcel(parcel.pk, by="Ada", reason="Came back")
    third = ship(order_id, tracking_number="1Z3")
    assert third.ship_to == second.ship_to


def test_an_order_that_was_just_shipped_needs_attention_and_one_of_long_ago_does_not(store: SandboxStore) -> None:
    """Its parcel may still be in the house."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="1Z1")
    run_sync(integration)
    move(store, order_id)
    run_sync(integration)
    assert asked() == [(f"WEB-{order_id}", "ship_to")]
    OrderAddress.objects.filter(pk=ship_to(order_id).pk).update(source_changed_at="2099-01-01T00:00Z")
    assert asked() == []
    void_parcel(parcel.pk, by="Ada", reason="Not packed")
    assert asked() == [(f"WEB-{order_id}", "ship_to")]


def test_an_order_set_back_to_new_takes_the_address_over_by_itself(store: SandboxStore) -> None:
    """As rule 8 has it: nobody has to choose."""
    order_id, integration = moved(store)
    store.set(clock_offset_seconds=120.0)
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    assert (asked(), ship_to(order_id).street_1) == ([], MOVED)
    ship(order_id)


@pytest.mark.parametrize("ours", [True, False])
def test_one_question_is_asked_where_it_is_a_conflict_too(store: SandboxStore, *, ours: bool) -> None:
    """Set back to new after a parcel went there: the conflict asks, either choice decides on both."""
    order_id, integration = imported(store)
    ship(order_id, 1, tracking_number="1Z1")
    run_sync(integration)
    move(store, order_id)
    store.edit(order_id, status_id=StatusId.AWAITING_FULFILLMENT)
    run_sync(integration)
    assert asked() == [(f"WEB-{order_id}", "conflict")]
    with pytest.raises(AddressChanged):
        ship(order_id)
    choose(order_id, ours=ours)
    assert (asked(), Conflict.objects.count()) == ([], 0)
    assert (ship_to(order_id).street_1 == MOVED) is not ours
    make_due()
    run_sync(integration)
    ship(order_id)
    assert asked() == []


def test_an_order_that_is_gone_from_the_store_is_asked_for_no_longer_than_two_minutes(store: SandboxStore) -> None:
    """The log says it."""
    order_id, integration = imported(store)
    move(store, order_id)
    store.fault("GET", f"/orders/{order_id}$", status=404)
    run_sync(integration)
    assert (asked(), web_order(order_id).addresses_to_read) == ([], True)
    OrderChange.objects.filter(field="hold").update(at=timezone.now() - timedelta(minutes=3))
    run_sync(integration)
    assert (asked(), web_order(order_id).addresses_to_read) == ([], False)
    assert sales_order(order_id).hold_reason == "The order was archived or deleted in the store."


def test_an_order_set_back_to_new_with_our_address_again_asks_nobody(store: SandboxStore) -> None:
    """The import finds nothing new, and the question is over all the same."""
    order_id, integration = moved(store)
    move(store, order_id, 120.0, street_1=ship_to(order_id).street_1)
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    run_sync(integration)
    assert asked() == []
