"""R1: killed before and after each step. R2: each SQL statement and each request fails once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from faults.environment import House, How
from faults.tally import Tally

MOST_POINTS = 400


@dataclass(frozen=True)
class Scenario:
    """One thing that happens; `prepare` makes it ready and returns the act with what it needs."""

    name: str
    prepare: Callable[[House], tuple[str, dict[str, Any]]]


def new_client(house: House) -> tuple[str, dict[str, Any]]:
    """An order of someone whom the books do not know."""
    house.place()
    return "turn", {}


def known_client(house: House) -> tuple[str, dict[str, Any]]:
    """A second order of a registered customer."""
    house.place(kind="registered", customer_id=77)
    house.settle()
    house.place(kind="registered", customer_id=77)
    return "turn", {}


def reimport(house: House) -> tuple[str, dict[str, Any]]:
    """An order that was edited in the store and set back to a new order status."""
    order_id = house.place()
    house.settle()
    house.store.edit(order_id, customer_message="Please hurry", status_id=11)
    return "turn", {}


def refused(house: House) -> tuple[str, dict[str, Any]]:
    """An order whose parts do not add up to its total."""
    house.place(total_inc_tax="1234.5600")
    return "turn", {}


def shipment(house: House) -> tuple[str, dict[str, Any]]:
    """A clerk ships a part of an order, without a tracking number: what is hardest to find again."""
    order_id = house.place()
    lines = house.store.order(order_id)["lines"]
    house.store.edit(order_id, lines=[{"id": lines[0]["id"], "quantity": 5}])
    house.settle()
    return "ship", {"order_id": order_id, "quantity": 2}


def status(house: House) -> tuple[str, dict[str, Any]]:
    """A clerk changes an order status that is mapped."""
    order_id = house.place()
    house.settle()
    return "set_status", {"order_id": order_id, "status": "Released"}


SCENARIOS = tuple(
    Scenario((prepare.__name__).replace("_", " "), prepare)
    for prepare in (new_client, known_client, reimport, refused, shipment, status)
)


def every_point(house: House, scenario: Scenario, tally: Tally, how: How, **hit: Any) -> None:
    """Hits the n-th point of a scenario, n = 1, 2, 3 …, until a run completes untouched (or a planted bug is found)."""
    for at in range(1, MOST_POINTS, how.every):
        house.fresh()
        act, given = scenario.prepare(house)
        ended = house.children.run(act, at=at, plant=how.plant, **{"with": given}, **hit)
        if len(ended.points) < at or how.has_found(tally):
            return
        seconds = house.settle()
        tally.add(house.verdict(), seconds, f"{scenario.name}, point {at} ({ended.points[at - 1]})")


def killed(house: House, tally: Tally, how: How) -> None:
    """R1: SIGKILL before each statement and commit, before and after each request."""
    for scenario in SCENARIOS:
        every_point(house, scenario, tally, how)


def failing(house: House, tally: Tally, how: How) -> None:
    """R2: the database connection breaks at each statement, the store's at each request."""
    for scenario in SCENARIOS:
        every_point(house, scenario, tally, how, error="cut")
