"""Which orders are to be shipped, were shipped, or are on hold."""

import pytest
from django.db.models import QuerySet

from counterfoil.sales.models import LineKind, OrderStatus, SalesOrder
from counterfoil.sales.orders.querysets import on_hold, shipped, to_ship
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.sales.shipping.shipments import Tracking, process_shipment
from tests.sales.factories import draft, line, placed, whole_order

pytestmark = pytest.mark.django_db
ALL = SalesOrder.objects.all


def numbers(orders: QuerySet[SalesOrder]) -> set[str]:
    """The import IDs of these."""
    return {str(order.import_id) for order in orders}


def test_an_order_with_something_open_is_to_ship_until_it_is_shipped() -> None:
    """Then it is shipped; with a part left it is neither done nor forgotten."""
    whole, part = placed(import_id="WEB-1"), placed(draft(line(1), line(2)), import_id="WEB-2")
    assert numbers(to_ship(ALL())) == {"WEB-1", "WEB-2"}
    assert numbers(shipped(ALL())) == set()
    process_shipment(whole.pk, whole_order(whole, Tracking("UPS", "", "1Z1")), by="Ada")
    part.lines.filter(position=0).update(shipped=2)
    assert numbers(to_ship(ALL())) == {"WEB-2"}
    assert numbers(shipped(ALL())) == {"WEB-1"}


def test_what_goes_into_no_parcel_is_not_to_ship() -> None:
    """Digital goods, what is picked up, what was cancelled; and a cancelled order."""
    placed(draft(line(kind=LineKind.DIGITAL, ship_to=None)), import_id="WEB-1")
    placed(import_id="WEB-2").addresses.filter(kind="ship_to").update(kind="pickup")
    placed(import_id="WEB-3").lines.update(cancelled=2)
    cancelled = placed(import_id="WEB-4")
    SalesOrder.objects.filter(pk=cancelled.pk).update(status=OrderStatus.objects.get(role="cancelled"))
    assert numbers(to_ship(ALL())) == set()


def test_an_order_on_hold_is_not_to_ship_unless_a_manager_lets_it() -> None:
    """It is on hold meanwhile."""
    order = placed(import_id="WEB-1")
    put_on_hold(order.pk, "Refunded in the store", by="BigCommerce")
    assert (numbers(to_ship(ALL())), numbers(on_hold(ALL()))) == (set(), {"WEB-1"})
    SalesOrder.objects.update(hold_overridden_by="Mona")
    assert (numbers(to_ship(ALL())), numbers(on_hold(ALL()))) == ({"WEB-1"}, set())
