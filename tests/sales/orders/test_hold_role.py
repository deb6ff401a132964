"""A status that holds its orders, and a status set by hand that the quantities contradict."""

import pytest

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import LineKind, OrderStatus, SalesOrder, StatusRole
from counterfoil.sales.orders.bulk_status import change_statuses, plan_statuses
from counterfoil.sales.orders.querysets import on_hold, to_ship
from counterfoil.sales.orders.status import change_status, find_status, override_hold, put_on_hold
from counterfoil.sales.orders.status_by_hand import Doubtful, change_status_by_hand
from counterfoil.sales.settings.order_statuses import set_role
from counterfoil.sales.shipping.csv_import import open_rows
from counterfoil.sales.shipping.external_shipments import note_shipped_elsewhere
from counterfoil.sales.shipping.shipments import Tracking, process_shipment
from tests.sales.factories import draft, line, placed, whole_order

pytestmark = pytest.mark.django_db
IN_STORE = "The order was cancelled in the store."


def again(order: SalesOrder) -> SalesOrder:
    """The order as it is now."""
    return SalesOrder.objects.get(pk=order.pk)


def put(order: SalesOrder, status: str) -> SalesOrder:
    """Puts the order into a status."""
    change_status(order.pk, find_status(status), by="Ada")
    return again(order)


def ship(order: SalesOrder) -> None:
    """All of it."""
    process_shipment(order.pk, whole_order(order, Tracking()), by="Ada")


def test_on_hold_holds_by_default() -> None:
    """Nothing of it is to ship, in no list and no file; putting it elsewhere ends that."""
    order = put(placed(), "On Hold")
    assert (order.is_held, order.hold_reason) == (True, "Its order status puts it on hold.")
    assert (list(on_hold(SalesOrder.objects.all())), list(to_ship(SalesOrder.objects.all()))) == ([order], [])
    assert list(open_rows()) == []
    with pytest.raises(Refused, match="Change its order status, or ask a manager to release it"):
        ship(order)
    order = put(order, "Released")
    assert (order.is_held, order.hold_reason) == (False, "")
    ship(order)
    assert again(order).status.role == StatusRole.SHIPPED


def test_a_hold_by_status_is_released_like_any_other() -> None:
    """It is shipped all the same, and then stands in the status of what was shipped, held by nothing."""
    order = put(placed(), "On Hold")
    override_hold(order.pk, by="Mia", why="paid by now")
    assert not again(order).is_held
    ship(order)
    order = again(order)
    assert (order.status.name, order.hold_reason, order.hold_overridden_by) == ("Shipped", "", "")


def test_an_order_that_the_store_stopped_stays_stopped_whatever_its_status() -> None:
    """The reason of the store goes first; when the store lifts it, the status still holds."""
    order = put(placed(), "On Hold")
    put_on_hold(order.pk, IN_STORE, by="BigCommerce")
    assert again(order).hold_reason == IN_STORE
    put_on_hold(order.pk, "", by="BigCommerce")
    assert again(order).is_held_by_status
    put_on_hold(order.pk, IN_STORE, by="BigCommerce")
    assert put(order, "Released").hold_reason == IN_STORE


def test_putting_on_hold_ends_what_a_manager_let_pass() -> None:
    """Somebody wants it to wait."""
    order = placed()
    put_on_hold(order.pk, IN_STORE, by="BigCommerce")
    override_hold(order.pk, by="Mia", why="it is paid")
    assert put(order, "On Hold").is_held


def test_what_was_shipped_elsewhere_does_not_end_a_hold_but_the_last_of_it_does() -> None:
    """Partly shipped is no reason to ship the rest."""
    order = put(placed(), "On Hold")
    note_shipped_elsewhere(order.pk, {1: 1}, by="BigCommerce")
    assert (again(order).status.name, again(order).is_held) == ("On Hold", True)
    note_shipped_elsewhere(order.pk, {1: 2}, by="BigCommerce")
    assert (again(order).status.name, again(order).is_held) == ("Shipped", False)


def test_the_role_given_to_another_status_takes_its_orders_along() -> None:
    """Those of the one are held, those of the other no more; what the store stopped stays so."""
    held, waiting, stopped = put(placed(import_id="A-1"), "On Hold"), placed(import_id="A-2"), placed(import_id="A-3")
    put(waiting, "Picking")
    put(stopped, "On Hold")
    put_on_hold(stopped.pk, IN_STORE, by="BigCommerce")
    assert set_role(find_status("Picking").pk, StatusRole.HOLD) == "On Hold"
    assert [again(each).hold_reason for each in (held, waiting, stopped)] == [
        "",
        "Its order status puts it on hold.",
        IN_STORE,
    ]
    set_role(find_status("Picking").pk, "")
    assert not again(waiting).is_held


def test_shipped_by_hand_is_asked_about_while_items_are_open() -> None:
    """One, several; and set when that is what the person wants."""
    order = placed(draft(line(1, quantity=1)))
    shipped = find_status("Shipped")
    with pytest.raises(Doubtful, match=r"^1 item is still open\. Process a shipment\?$") as caught:
        change_status_by_hand(order.pk, shipped, by="Ada")
    assert caught.value.open_items == 1
    assert again(order).status.name == "New"
    many = placed(draft(line(1), line(2, quantity=3)), import_id="A-2")
    with pytest.raises(Doubtful, match=r"^5 items are still open"):
        change_status_by_hand(many.pk, shipped, by="Ada")
    assert change_status_by_hand(order.pk, shipped, by="Ada", anyway=True)
    assert again(order).status.name == "Shipped"
    assert not change_status_by_hand(order.pk, shipped, by="Ada"), "It stands there: nothing is asked."


def test_what_is_not_shipped_is_not_asked_about() -> None:
    """A download is open for ever; every other status is a person's own affair."""
    digital = placed(draft(line(1, kind=LineKind.DIGITAL, ship_to=None)))
    assert change_status_by_hand(digital.pk, find_status("Shipped"), by="Ada")
    order = placed(import_id="A-2")
    for name in ("Picking", "On Hold", "Closed", "Cancelled"):
        assert change_status_by_hand(order.pk, find_status(name), by="Ada")


@pytest.mark.parametrize("name", ["Shipped", "Partially Shipped"])
def test_a_held_order_does_not_become_shipped_without_a_question(name: str) -> None:
    """By its status or by the store."""
    by_status, by_store = put(placed(), "On Hold"), placed(import_id="A-2")
    put_on_hold(by_store.pk, IN_STORE, by="BigCommerce")
    for order in (by_status, by_store):
        with pytest.raises(Doubtful, match=r"The order is on hold\. Release it first"):
            change_status_by_hand(order.pk, find_status(name), by="Ada")


def test_partially_shipped_by_hand_is_asked_about_when_nothing_is_shipped() -> None:
    """The store would tell the shopper so."""
    with pytest.raises(Doubtful, match="Nothing on it is shipped yet"):
        change_status_by_hand(placed().pk, find_status("Partially Shipped"), by="Ada")


def test_in_bulk_what_is_open_or_held_is_left_out_and_said_so() -> None:
    """In the summary and in what follows it; orders on hold by their status can go on together."""
    done, still_open, held = (placed(import_id=f"A-{number}") for number in (1, 2, 3))
    ship(done)
    put(done, "Picking")
    put(held, "On Hold")
    everything = SalesOrder.objects.all()
    plan = plan_statuses(everything, find_status("Shipped"))
    assert plan.to_move == [again(done)]
    assert {why: [str(each) for each in orders] for why, orders in plan.left_out.items()} == {
        "not completely shipped": [str(still_open)],
        "on hold": [str(held)],
    }
    seen = {order.number: order.status_id for order in everything}
    moved, stayed = change_statuses(seen, find_status("Shipped"), by="Ada")
    assert (moved, sorted(each.why for each in stayed)) == (1, ["It is not completely shipped.", "It is on hold."])
    assert plan_statuses(everything, find_status("Partially Shipped")).left_out.keys() >= {"not shipped at all"}
    assert change_statuses({held.number: None}, find_status("Released"), by="Ada") == (1, [])
    assert not again(held).is_held


def test_one_status_holds_at_most_as_with_each_role() -> None:
    assert list(OrderStatus.objects.filter(role=StatusRole.HOLD).values_list("name", flat=True)) == ["On Hold"]
