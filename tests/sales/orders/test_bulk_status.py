"""Many sales orders into one order status: what is left out, what has gone on meanwhile, each order by itself."""

import pytest

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.sales.orders import bulk_status
from counterfoil.sales.orders.bulk_status import change_statuses, plan_statuses
from counterfoil.sales.orders.status import change_status, put_on_hold
from tests.sales.factories import placed

pytestmark = pytest.mark.django_db


def status(name: str) -> OrderStatus:
    """The order status of this name."""
    return OrderStatus.objects.get(name=name)


def four_orders() -> dict[str, SalesOrder]:
    """One each that is new, released already, cancelled, and on hold."""
    orders = {name: placed(import_id=name) for name in ("new", "released", "cancelled", "held")}
    change_status(orders["released"].pk, status("Released"), by="Ada")
    change_status(orders["cancelled"].pk, status("Cancelled"), by="Ada")
    put_on_hold(orders["held"].pk, "The order is disputed in the store.", by="BigCommerce")
    return orders


def seen(*orders: SalesOrder) -> dict[int, int]:
    """As a person saw them."""
    return {order.number: order.status_id for order in SalesOrder.objects.filter(pk__in=[each.pk for each in orders])}


def test_the_plan_says_what_changes_and_why_the_others_stay() -> None:
    """On hold, cancelled and already there are left out."""
    four_orders()
    plan = plan_statuses(SalesOrder.objects.all(), status("Released"))
    assert {str(before): [order.name for order in orders] for before, orders in plan.moves.items()} == {"New": ["new"]}
    assert {why: [order.name for order in orders] for why, orders in plan.left_out.items()} == {
        "already Released": ["released"],
        "cancelled": ["cancelled"],
        "on hold": ["held"],
    }


def test_what_is_on_hold_can_be_cancelled_together() -> None:
    """That is how a hold mostly ends."""
    four_orders()
    plan = plan_statuses(SalesOrder.objects.all(), status("Cancelled"))
    assert sorted(order.name for order in plan.to_move) == ["held", "new", "released"]


def test_the_plan_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest come first, so that doing it again goes on with the others."""
    orders = four_orders()
    monkeypatch.setattr(bulk_status, "MOST_ORDERS", 1)
    plan = plan_statuses(SalesOrder.objects.all(), status("Picking"))
    assert plan.there_are_more
    assert plan.to_move == [orders["new"]]


def test_each_order_is_moved_with_a_line_in_its_history() -> None:
    """Who, from where, why."""
    orders = four_orders()
    moved, stayed = change_statuses(seen(*orders.values()), status("Picking"), by="Ada", why="Morning round")
    assert moved == 2
    assert {each.order.name: each.why for each in stayed} == {
        "cancelled": "It is cancelled.",
        "held": "It is on hold.",
    }
    change = orders["new"].changes.get(field="status")
    assert (change.by, change.before, change.after, change.why) == ("Ada", "New", "Picking", "Morning round")


def test_an_order_that_went_on_meanwhile_stays() -> None:
    """Nobody overwrites what someone else did since the summary was shown."""
    orders = four_orders()
    before = seen(orders["new"])
    change_status(orders["new"].pk, status("Shipped"), by="Grace")
    moved, (stayed,) = change_statuses(before, status("Picking"), by="Ada")
    assert moved == 0
    assert stayed.why == "It has since changed to Shipped."
    assert SalesOrder.objects.get(pk=orders["new"].pk).status.name == "Shipped"


def test_pressing_twice_changes_nothing_twice() -> None:
    """The second press says that they are there already."""
    orders = four_orders()
    before = seen(orders["new"])
    change_statuses(before, status("Picking"), by="Ada")
    moved, (stayed,) = change_statuses(before, status("Picking"), by="Ada")
    assert (moved, stayed.why) == (0, "It is already Picking.")
    assert orders["new"].changes.filter(field="status").count() == 1


def test_nothing_goes_into_a_retired_status() -> None:
    """It may have been retired since the summary was shown."""
    orders = four_orders()
    OrderStatus.objects.filter(name="Closed").update(retired=True)
    with pytest.raises(Refused, match="is retired"):
        change_statuses(seen(orders["new"]), status("Closed"), by="Ada")
