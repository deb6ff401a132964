"""R1: killed before and after each step. R2: each SQL statement and each request fails once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from faults.environment import FaultEnvironment, How
from faults.tally import Tally

MOST_POINTS = 400


@dataclass(frozen=True)
class Scenario:
    """One thing that happens; `prepare` makes it ready and returns the act with what it needs."""

    name: str
    prepare: Callable[[FaultEnvironment], tuple[str, dict[str, Any]]]


def new_client(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """An order of someone who is not known here."""
    env.place()
    return "run_sync", {}


def known_client(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """A second order of a registered customer."""
    env.place(kind="registered", customer_id=77)
    env.sync_until_idle()
    env.place(kind="registered", customer_id=77)
    return "run_sync", {}


def reimport(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """An order that was edited in the store and set back to a new order status."""
    order_id = env.place()
    env.sync_until_idle()
    env.store.edit(order_id, customer_message="Please hurry", status_id=11)
    return "run_sync", {}


def refused(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """An order whose parts do not add up to its total."""
    env.place(total_inc_tax="1234.5600")
    return "run_sync", {}


def shipment(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """A clerk ships a part of an order, without a tracking number: what is hardest to find again."""
    order_id = env.place()
    lines = env.store.order(order_id)["lines"]
    env.store.edit(order_id, lines=[{"id": lines[0]["id"], "quantity": 5}])
    env.sync_until_idle()
    return "ship", {"order_id": order_id, "quantity": 2}


def status(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """A clerk changes an order status that is mapped."""
    order_id = env.place()
    env.sync_until_idle()
    return "set_status", {"order_id": order_id, "status": "Released"}


SCENARIOS = tuple(
    Scenario((prepare.__name__).replace("_", " "), prepare)
    for prepare in (new_client, known_client, reimport, refused, shipment, status)
)


def every_point(env: FaultEnvironment, scenario: Scenario, tally: Tally, how: How, **hit: Any) -> None:
    """Hits the n-th point of a scenario, n = 1, 2, 3 …, until a run completes untouched (or a planted bug is found)."""
    for at in range(1, MOST_POINTS, how.every):
        env.fresh()
        act, given = scenario.prepare(env)
        ended = env.children.run(act, at=at, plant=how.plant, **{"with": given}, **hit)
        if len(ended.points) < at or how.has_found(tally):
            return
        seconds = env.sync_until_idle()
        tally.add(env.verdict(), seconds, f"{scenario.name}, point {at} ({ended.points[at - 1]})")


def killed(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R1: SIGKILL before each statement and commit, before and after each request."""
    for scenario in SCENARIOS:
        every_point(env, scenario, tally, how)


def failing(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R2: the database connection breaks at each statement, the store's at each request."""
    for scenario in SCENARIOS:
        every_point(env, scenario, tally, how, error="cut")
