"""R17: a store that answers what is not so: other shipments, replays, statuses that it took and did not set."""

from typing import Any

from tests.dispatch.factories import put, ship, ship_there

from counterfoil.sales.models import Parcel
from counterfoil.sales.shipping.shipments import void_parcel
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import WebShipment
from faults.environment import FaultEnvironment, How, retry_everything
from faults.tally import Tally

OF_EACH = 25
TAKEN = "taken"
"""Stands for the id of another order's shipment."""
SHIPMENTS: dict[str, dict[str, Any]] = {
    "another order's id": {"alter": {"id": TAKEN}},
    "an id that is none": {"alter": {"id": "none"}},
    "another order's": {"alter": {"order_id": 99}},
    "another address": {"alter": {"order_address_id": 99}},
    "no items": {"alter": {"items": []}},
    "another tracking number": {"alter": {"tracking_number": "OTHER"}},
    "the first once more": {"replay": True, "done": True},
    "an empty 201": {"status": 201, "body": "", "done": True},
    "an empty object": {"status": 201, "body": {}, "done": True},
    "a list": {"status": 201, "body": [], "done": True},
    "HTML": {"status": 200, "body": "<html>Made</html>", "content_type": "text/html", "done": True},
}
STATUSES: dict[str, dict[str, Any]] = {
    "another status": {"body": {"status_id": 9}},
    "nothing": {"body": ""},
    "an empty object": {"body": {}},
    "another order": {"body": {"id": 1, "status_id": 8}},
    "HTML": {"body": "<html>Set</html>", "content_type": "text/html"},
}
RELEASED = 8


def lies(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """Each lie at shipments and at statuses, told once and told until a person is needed."""
    for name, lie in SHIPMENTS.items():
        for number in range(how.of(OF_EACH)):
            _shipment(env, tally, name, lie, how, in_parts=number % 2 == 0)
            if how.has_found(tally):
                return
    for number in range(how.of(OF_EACH)):
        _next_number(env, tally, how, looked=number % 2 == 0, tracked=number % 4 < 2)
        if how.has_found(tally):
            return
    for name, lie in STATUSES.items():
        for number in range(how.of(OF_EACH)):
            _status(env, tally, name, lie, how, is_set=number % 2 == 1)
            if how.has_found(tally):
                return


def _shipment(env: FaultEnvironment, tally: Tally, name: str, lie: dict[str, Any], how: How, *, in_parts: bool) -> None:
    """Two parcels of one order, of which the store answers the second (or both) with a lie; the second is voided."""
    where = f"a shipment, {name}" + (", in parts" if in_parts else "")
    env.fresh()
    others, order_id = env.place(), _of_two(env)
    env.sync_until_idle()
    taken = _ship(others, 0)
    env.sync_until_idle()
    fault = lie | ({"alter": {"id": _shipment_id(taken)}} if lie.get("alter", {}).get("id") == TAKEN else {})
    is_replay = "replay" in lie
    if is_replay:
        env.store.fault("POST", "shipments$", **fault, times=2)
    first = _ship(order_id, 1)
    env.run_sync(plant=how.plant)
    if not is_replay:
        env.store.fault("POST", "shipments$", **fault, times=1)
    second = _ship(order_id, 1 if in_parts else 0)
    env.run_sync(plant=how.plant)
    seconds = env.sync_until_idle(plant=how.plant)
    findings = env.verdict()
    made = _shipments_there(env, order_id)
    void_parcel(second.pk, by="clerk", reason="Packed twice")
    seconds += env.sync_until_idle(plant=how.plant)
    tally.add([*findings, *env.verdict()], seconds, where)
    left = _shipments_there(env, order_id)
    if len(made) != 2 or left != [_shipment_id(first)]:
        tally.break_off(where, f"the store had {made}, and after the second was voided {left}")
    _expect_nobody_asked(tally, where)


def _next_number(env: FaultEnvironment, tally: Tally, how: How, *, looked: bool, tracked: bool) -> None:
    """The answer to a parcel gives the number that the order's next shipment gets, which another app makes; a second
    parcel follows, then the first is voided."""
    where = "a shipment, the next number, " + ("read" if looked else "unread") + ("" if tracked else ", untracked")
    env.fresh()
    order_id = _of_two(env)
    env.sync_until_idle()
    env.store.fault("POST", "shipments$", alter={"id": 2}, times=1)
    first = ship(order_id, 1, tracking_number=f"1Z{order_id}" if tracked else "")
    seconds = env.sync_until_idle(plant=how.plant)
    ship_there(env.store, order_id, 2, tracking_number="OTHER")
    if looked:
        seconds += env.sync_until_idle(plant=how.plant)
    second = ship(order_id, 3, tracking_number=f"2Z{order_id}" if tracked else "")
    seconds += env.sync_until_idle(plant=how.plant)
    findings = env.verdict()
    made = _shipments_there(env, order_id)
    void_parcel(first.pk, by="clerk", reason="Packed twice")
    seconds += env.sync_until_idle(plant=how.plant)
    tally.add([*findings, *env.verdict()], seconds, where)
    left = _shipments_there(env, order_id)
    if made != [1, 2, 3] or left != [2, 3] or _shipment_id(second) != 3:
        tally.break_off(where, f"the store had {made}, and after the first was voided {left}")
    _expect_nobody_asked(tally, where)


def _status(env: FaultEnvironment, tally: Tally, name: str, lie: dict[str, Any], how: How, *, is_set: bool) -> None:
    """A status that the store takes: set in truth, it is found; else a person is told, whose retry then goes."""
    where = f"a status, {name}, " + ("set in truth" if is_set else "never set")
    env.fresh()
    order_id = env.place()
    env.sync_until_idle()
    body = {"id": order_id} | lie["body"] if name == "another status" else lie["body"]
    times = {"times": 1} if is_set else {}
    env.store.fault("PUT", f"/orders/{order_id}$", **lie | {"body": body, "status": 200, "done": is_set} | times)
    put(order_id, "Released")
    seconds = env.sync_until_idle(plant=how.plant)
    told = [each.code for each in attention()]
    env.store.clear_faults()
    retry_everything()
    seconds += env.sync_until_idle(plant=how.plant)
    tally.add(env.verdict(), seconds, where)
    if told != ([] if is_set else ["status_not_taken"]):
        tally.break_off(where, f"a person was told {told or 'nothing'}")
    if env.store.status(order_id) != RELEASED:
        tally.break_off(where, f"the store shows {env.store.status(order_id)}")


def _of_two(env: FaultEnvironment) -> int:
    """An order whose first line can be shipped in two parcels and leaves some."""
    order_id = env.place()
    first = env.store.order(order_id)["lines"][0]
    env.store.edit(order_id, lines=[{"id": first["id"], "quantity": 9}])
    return order_id


def _ship(order_id: int, quantity: int) -> Parcel:
    """So many of the first line, or all that is open."""
    number = f"1Z{order_id}{Parcel.objects.count()}"
    return ship(order_id, *([quantity] if quantity else []), tracking_number=number)


def _shipments_there(env: FaultEnvironment, order_id: int) -> list[int]:
    return [each["id"] for each in env.store.order(order_id)["shipments"]]


def _expect_nobody_asked(tally: Tally, where: str) -> None:
    if attention():
        tally.break_off(where, f"a person was needed: {attention()[0].sentence}")


def _shipment_id(parcel: Parcel) -> int:
    return int(WebShipment.objects.get(parcel=parcel).bigcommerce_shipment_id)
