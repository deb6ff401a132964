"""Order statuses: put into another one by people, and following what was shipped by role."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterfoil.sales import signals
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, LineKind, OrderStatus, SalesOrder, StatusRole
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.orders.status import (
    change_status,
    close_without_shipping,
    find_status,
    nothing_to_ship,
    override_hold,
    put_on_hold,
)
from counterfoil.sales.shipping.shipments import ParcelDraft, cancel_open, process_shipment, void_parcel
from tests.sales.factories import draft, line, placed
from tests.sales.shipping.test_shipments import ADDRESSES, heard, ship

pytestmark = pytest.mark.django_db
PICKED_UP = (AddressDraft(AddressKind.BILL_TO), AddressDraft(AddressKind.PICKUP, source_id=9))


def role(order: SalesOrder) -> str:
    """The role of the status that the order stands in now."""
    return SalesOrder.objects.select_related("status").get(pk=order.pk).status.role


def test_a_status_change_is_recorded_and_said_once() -> None:
    """Who, from, to, why; the same again is no change."""
    order = placed()
    released = find_status("released")
    with heard(signals.status_changed) as told:
        assert change_status(order.pk, released, by="Ada", why="paid")
        assert not change_status(order.pk, released, by="Ada")
    change = order.changes.get()
    assert (change.by, change.field, change.before, change.after, change.why) == (
        "Ada", "status", "New", "Released", "paid",
    )  # fmt: skip
    assert [(each["before"].name, each["order"].status.name, each["by"]) for each in told] == [
        ("New", "Released", "Ada")
    ]


def test_a_retired_status_is_refused_by_its_name_and_when_it_is_put_directly() -> None:
    order = placed()
    OrderStatus.objects.filter(name="Picking").update(retired=True)
    for act in (
        lambda: find_status("Picking"),
        lambda: change_status(order.pk, OrderStatus.objects.get(name="Picking"), by="Ada"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert str(refused.value) == "The order status Picking is retired. Choose another order status."


def test_an_unknown_status_is_answered_with_those_there_are() -> None:
    """Retired ones are not offered."""
    OrderStatus.objects.filter(name="Picking").update(retired=True)
    with pytest.raises(Refused) as refused:
        find_status("Shiped")
    assert refused.value.sentence == "There’s no order status “Shiped”."
    assert "Shipped" in refused.value.next_step
    assert "Picking" not in refused.value.next_step


def test_the_status_follows_what_was_shipped_by_role() -> None:
    """Partially shipped, shipped, and back to the beginning when the parcels were voided."""
    order = placed(draft(line(1), line(2)))
    first = ship(order, (1, 2))
    assert role(order) == StatusRole.PARTIALLY_SHIPPED
    second = ship(order, (2, 2))
    assert role(order) == StatusRole.SHIPPED
    void_parcel(second.pk, by="Ada", reason="lost")
    assert role(order) == StatusRole.PARTIALLY_SHIPPED
    void_parcel(first.pk, by="Ada", reason="lost")
    assert role(order) == StatusRole.INITIAL


def test_cancelling_the_rest_ends_an_order_as_what_was_shipped_of_it() -> None:
    """Shipped when something was, cancelled when nothing was."""
    some, none = placed(draft(line(1))), placed(draft(line(1)), import_id=None)
    ship(some, (1, 1))
    cancel_open(some.pk, {some.lines.get().pk: 1}, by="Ada", reason="sold out")
    cancel_open(none.pk, {none.lines.get().pk: 2}, by="Ada", reason="sold out")
    assert (role(some), role(none)) == (StatusRole.SHIPPED, StatusRole.CANCELLED)


def test_what_is_not_shipped_does_not_hold_an_order_back() -> None:
    """A download next to the mugs, or something to pick up."""
    order = placed(
        draft(line(1), line(2, kind=LineKind.DIGITAL, ship_to=None), line(3, ship_to=3), addresses=ADDRESSES)
    )
    ship(order, (1, 2))
    assert role(order) == StatusRole.SHIPPED


def test_a_status_of_people_s_own_is_left_when_nothing_is_shipped_of_it() -> None:
    """A voided parcel brings back to the beginning only what shipping has brought there."""
    order = placed()
    parcel = ship(order, (1, 1))
    change_status(order.pk, find_status("On Hold"), by="Ada")
    void_parcel(parcel.pk, by="Ada", reason="lost")
    assert SalesOrder.objects.get(pk=order.pk).status.name == "On Hold"


def test_a_role_that_no_status_carries_changes_nothing() -> None:
    """A merchant may do without “partially shipped”."""
    OrderStatus.objects.filter(role=StatusRole.PARTIALLY_SHIPPED).update(role="")
    order = placed()
    ship(order, (1, 1))
    assert role(order) == StatusRole.INITIAL


def test_an_order_with_nothing_to_ship_is_closed_without_a_parcel() -> None:
    """Downloads and gift certificates, and what was picked up."""
    digital = placed(draft(line(1, kind=LineKind.DIGITAL, ship_to=None), line(2, kind=LineKind.GIFT_CERTIFICATE)))
    picked_up = placed(draft(addresses=PICKED_UP), import_id=None)
    for order in (digital, picked_up):
        assert nothing_to_ship(order.pk)
        assert close_without_shipping(order.pk, by="Ada", why="Picked up")
        assert role(order) == StatusRole.SHIPPED
        assert [each.open for each in order.lines.all()] == [0] * order.lines.count()
        assert not order.shipments.exists()


def says(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def test_an_order_with_something_to_ship_is_not_closed_without_a_parcel() -> None:
    """Nor one on hold, nor where no status stands for shipped."""
    mugs, digital = placed(), placed(draft(line(1, kind=LineKind.DIGITAL, ship_to=None)), import_id=None)
    close = lambda order: close_without_shipping(order.pk, by="Ada", why="")  # noqa: E731
    assert says(lambda: close(mugs)) == "This order has something to ship. Process a shipment instead."
    put_on_hold(digital.pk, "It is disputed.", by="Ada")
    assert says(lambda: close(digital)).startswith("The order is on hold. It is disputed.")
    put_on_hold(digital.pk, "", by="Ada")
    OrderStatus.objects.filter(role=StatusRole.SHIPPED).update(role="")
    assert says(lambda: close(digital)).startswith("No order status has the role “Shipped”.")
    assert digital.lines.get().open == 2


def test_a_hold_is_recorded_and_its_end_is_said() -> None:
    """The same reason again is not worth telling."""
    order = placed()
    with heard(signals.hold_ended) as told:
        put_on_hold(order.pk, "It was cancelled.", by="BigCommerce")
        put_on_hold(order.pk, "It was cancelled.", by="BigCommerce")
        assert told == []
        put_on_hold(order.pk, "", by="BigCommerce")
    assert [each["order"].pk for each in told] == [order.pk]
    assert [(each.before, each.after) for each in order.changes.filter(field="hold")] == [
        ("", "It was cancelled."), ("It was cancelled.", ""),
    ]  # fmt: skip


def test_a_manager_overrides_a_hold_with_a_reason() -> None:
    """Then it is shipped; another reason to hold it ends that."""
    order = placed()
    put_on_hold(order.pk, "It was cancelled.", by="BigCommerce")
    assert says(lambda: override_hold(order.pk, by="Max", why=" ")) == "Say why it should ship anyway."
    with heard(signals.hold_ended) as told:
        override_hold(order.pk, by="Max", why="The shopper called")
        override_hold(order.pk, by="Max", why="Twice")
    assert len(told) == 1
    ship(order, (1, 1))
    put_on_hold(order.pk, "It was cancelled.", by="BigCommerce")
    ship(order, (1, 1))
    put_on_hold(order.pk, "It was refunded.", by="BigCommerce")
    assert SalesOrder.objects.get(pk=order.pk).is_held


@pytest.mark.parametrize("lines", [1, 200])
def test_closing_takes_as_many_statements_whatever_the_lines(lines: int) -> None:
    """Lock, look, find the status, count as shipped, write the status with its history; dispatch asks for the store."""
    order = placed(draft(*(line(number, kind=LineKind.DIGITAL, ship_to=None) for number in range(1, lines + 1))))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        close_without_shipping(order.pk, by="Ada", why="")
    assert len([each for each in captured.captured_queries if "SAVEPOINT" not in each["sql"]]) <= 8


def test_a_shipment_by_hand_of_a_released_order_leaves_its_parcels_in_order() -> None:
    """Two shipments on two days are two shipments with their own parcels."""
    order = placed()
    for _ in range(2):
        process_shipment(order.pk, [ParcelDraft(items={order.lines.get().pk: 1})], by="Ada")
    assert [shipment.parcels.count() for shipment in order.shipments.all()] == [1, 1]
    assert role(order) == StatusRole.SHIPPED
