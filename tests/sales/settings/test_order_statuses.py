"""The merchant's own list of order statuses: what may be done with it, and what is refused in which words."""

import pytest

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderChange, OrderStatus
from counterfoil.sales.settings.order_statuses import (
    add_status,
    bring_back,
    move_status,
    orders_in_each,
    rename_status,
    retire_status,
    set_role,
)
from tests.sales.factories import placed

pytestmark = pytest.mark.django_db


def named(name: str) -> OrderStatus:
    """The status of this name as it is now."""
    return OrderStatus.objects.get(name=name)


def names() -> list[str]:
    """All of them, in their order."""
    return list(OrderStatus.objects.values_list("name", flat=True))


def test_a_new_status_stands_at_the_end() -> None:
    """Spaces around and within its name are one; it has no role."""
    add_status("  Ready   to ship ")
    assert names()[-1] == "Ready to ship"
    assert named("Ready to ship").role == ""


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("  ", "An order status needs a name."),
        ("x" * 61, "61 characters; 60 are allowed"),
        ("shipped", "There’s already an order status Shipped."),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, sentence: str) -> None:
    """Empty, too long, or taken, whatever its case; for a new status and for a new name."""
    for act in (lambda: add_status(name), lambda: rename_status(named("New").pk, name)):
        with pytest.raises(Refused, match=sentence):
            act()
    assert len(names()) == 8


def test_a_retired_status_keeps_its_name_and_says_so() -> None:
    """Nobody makes a second “Closed” next to a retired one."""
    retire_status(named("Closed").pk)
    with pytest.raises(Refused, match="It’s retired: restore it"):
        add_status("closed")
    bring_back(named("Closed").pk)
    assert not named("Closed").retired


def test_a_new_name_changes_the_list_and_nothing_else() -> None:
    """The order stands in the renamed status, and its history has no line of it; case alone may change too."""
    order = placed()
    assert rename_status(order.status_id, "Fresh")
    assert not rename_status(order.status_id, "Fresh")
    assert rename_status(order.status_id, "FRESH")
    order.refresh_from_db()
    assert order.status.name == "FRESH"
    assert not OrderChange.objects.exists()


def test_statuses_move_by_one_place_and_stay_at_the_ends() -> None:
    """Positions are told anew, also where two had the same."""
    OrderStatus.objects.filter(name__in=["Released", "Picking"]).update(position=2)
    move_status(named("Picking").pk, up=True)
    assert names()[:4] == ["New", "On Hold", "Picking", "Released"]
    move_status(named("New").pk, up=True)
    move_status(named("Cancelled").pk, up=False)
    assert (names()[0], names()[-1]) == ("New", "Cancelled")
    assert list(OrderStatus.objects.values_list("position", flat=True)) == list(range(8))


def test_a_status_with_a_role_is_not_retired() -> None:
    """The program needs it; another status may take the role."""
    with pytest.raises(Refused, match="Shipped has the role “Shipped” and is needed") as refused:
        retire_status(named("Shipped").pk)
    assert refused.value.next_step == "Give the role to another status first."
    assert set_role(named("Closed").pk, "shipped") == "Shipped"
    retire_status(named("Shipped").pk)
    assert named("Closed").role == "shipped"


def test_new_orders_always_have_a_status_to_begin_in() -> None:
    """The initial role moves, and is never taken away."""
    for role in ("", "shipped"):
        with pytest.raises(Refused, match="New orders start in New"):
            set_role(named("New").pk, role)
    assert set_role(named("Released").pk, "initial") == "New"
    assert placed().status.name == "Released"


def test_a_role_is_given_once_and_never_to_a_retired_status() -> None:
    """Giving it again says that nothing moved; a role that is none is refused."""
    assert set_role(named("Shipped").pk, "shipped") == ""
    assert set_role(named("Partially Shipped").pk, "") == ""
    retire_status(named("Picking").pk)
    with pytest.raises(Refused, match="Picking is retired and can’t have a role"):
        set_role(named("Picking").pk, "partially_shipped")
    with pytest.raises(Refused, match="There’s no role “king”"):
        set_role(named("Closed").pk, "king")


def test_a_status_that_is_gone_says_so() -> None:
    """Two people may work on the list."""
    for act in (lambda: retire_status(0), lambda: rename_status(0, "A"), lambda: set_role(0, "")):
        with pytest.raises(Refused, match="no longer exists"):
            act()


def test_the_list_says_how_many_orders_stand_in_each() -> None:
    """Statuses without orders are left out."""
    placed(import_id="WEB-1")
    placed(import_id="WEB-2")
    assert orders_in_each() == {named("New").pk: 2}
