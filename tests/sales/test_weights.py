"""What is open of an order weighs so much: what counts, in which unit, and what the store says later."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.sales.models import OrderLine, SalesOrder
from counterfoil.sales.orders.drafts import OrderDraft
from counterfoil.sales.weights import GRAMS, Weight, in_unit, note_weights, weight_of_open
from tests.sales.factories import draft, line, placed

D = Decimal


def lines_of(*rows: dict[str, Any]) -> list[OrderLine]:
    """Lines of one order, at positions 0, 1, 2 …"""
    return [OrderLine(pk=at, position=at, **{"quantity": 1} | row) for at, row in enumerate(rows)]


def words(*rows: dict[str, Any], unit: str = "lb") -> str:
    """What these weigh, in words."""
    found = weight_of_open(lines_of(*rows), unit)
    return found.words if found else ""


def test_only_what_is_open_counts() -> None:
    """Neither what was shipped nor what was cancelled."""
    assert words({"weight": D("0.4000"), "quantity": 9, "shipped": 2, "cancelled": 1}) == "2.4 lb"


def test_what_is_not_known_of_some_is_said_and_of_all_is_nothing() -> None:
    """A sum that is too small does not look whole."""
    assert words({"weight": D("2.4")}, {"weight": None}) == "≥ 2.4 lb"
    assert words({"weight": None}) == words() == ""
    assert words({"weight": D(1)}, unit="") == words({"weight": D(1)}, unit="stone") == ""


@pytest.mark.parametrize(
    ("kit", "parts", "together"),
    [
        (D(5), (D(1), D(2)), "5 lb"),
        (D(5), (None, None), "5 lb"),
        (None, (D(1), D(2)), "3 lb"),
        (None, (D(1), None), "≥ 1 lb"),
        (None, (None, None), ""),
    ],
)
def test_a_kit_weighs_what_it_says_or_else_what_its_parts_do(
    kit: Decimal | None, parts: tuple[Decimal | None, ...], together: str
) -> None:
    """Never both: the parts lie in it."""
    assert words({"weight": kit}, *({"weight": each, "parent_position": 0} for each in parts)) == together


def test_a_part_whose_kit_is_not_among_them_counts_by_itself() -> None:
    """As where the kit's line has gone already."""
    assert words({"weight": D(1), "parent_position": 7}) == "1 lb"


@pytest.mark.parametrize(
    ("amount", "said"),
    [("2.4000", "2.4 lb"), ("10", "10 lb"), ("100.0000", "100 lb"), ("0.0001", "0.01 lb"), ("1.005", "1.01 lb")],
)
def test_it_is_said_to_a_hundredth(amount: str, said: str) -> None:
    """Never as nothing, and with no zeros behind it."""
    assert Weight(D(amount), "lb").words == said


def test_units_become_each_other() -> None:
    """A pound has sixteen ounces; what is not known stays so."""
    assert in_unit(D("1.5"), "lb", "oz") == 24
    assert in_unit(D(16), "oz", "lb") == 1
    assert in_unit(D(2), "kg", "g") == 2000
    assert in_unit(D("0.001"), "t", "kg") == 1
    assert in_unit(D(1), "", "oz") is None
    for unit in GRAMS:
        assert in_unit(D(3), unit, unit) == 3


def kept(order: SalesOrder) -> tuple[str, list[Decimal | None]]:
    """The order's unit, and what its lines weigh."""
    return SalesOrder.objects.get(pk=order.pk).weight_unit, list(order.lines.values_list("weight", flat=True))


def two(first: str | None, second: str | None) -> OrderDraft:
    """Two lines that weigh this."""
    weights = [None if each is None else D(each) for each in (first, second)]
    return draft(*(line(number, weight=weight) for number, weight in enumerate(weights, 1)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "later", "after"),
    [
        (("", None, None), ("lb", "1", "2"), ("lb", [D(1), D(2)])),  # an order of before weights were read
        (("", "1", None), ("lb", "1", "2"), ("lb", [D(1), D(2)])),  # the unit was not known then
        (("lb", "1", "2"), ("lb", "3", "2"), ("lb", [D(3), D(2)])),
        (("lb", "1", "2"), ("lb", None, None), ("lb", [D(1), D(2)])),
        (("lb", "1", "2"), ("", "3", "4"), ("lb", [D(1), D(2)])),
        (("lb", "1", None), ("", "1", "4"), ("lb", [D(1), None])),
        (("lb", "1", None), ("oz", "16", "8"), ("lb", [D(1), D("0.5")])),  # the merchant changed it since
        (("t", None, "1"), ("g", "1", "1"), ("t", [None, D(1)])),  # less than its last place
        (("", None, None), ("lb", None, None), ("", [None, None])),
        (("", None, None), ("", "1", "2"), ("", [D(1), D(2)])),
    ],
)
def test_an_order_that_is_read_again_gets_what_it_does_not_have(
    before: tuple[str, str | None, str | None],
    later: tuple[str, str | None, str | None],
    after: tuple[str, list[Decimal | None]],
) -> None:
    """And keeps its unit, and the weights in it, whatever the store's is by now."""
    order = placed(two(*before[1:]))
    SalesOrder.objects.update(weight_unit=before[0])
    note_weights(order.pk, two(*later[1:]), unit=later[0])
    assert kept(order) == after
    note_weights(order.pk, two(*later[1:]), unit=later[0])
    assert kept(order) == after


@pytest.mark.django_db
def test_a_line_that_is_not_here_and_one_made_by_hand_are_left_alone() -> None:
    """A line without an id where it came from, and another order's."""
    mine, other = placed(), placed(two("1", "2"), import_id="WEB-101")
    note_weights(mine.pk, draft(replace(line(), source_id=None, weight=D(3)), line(9, weight=D(4))), unit="lb")
    assert kept(mine) == ("", [None])
    assert kept(other) == ("", [D(1), D(2)])
