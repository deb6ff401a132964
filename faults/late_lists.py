"""R16: lists that show changes late, each order by itself, and a store's clock that steps or is off."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from tests.dispatch.factories import ship

from counterfoil.sales.errors import Refused
from counterfoil.sales.shipping.shipments import void_parcel
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import Conflict, StoreState, WebOrder
from faults.environment import NEW, FaultEnvironment, How, held_parcels
from faults.tally import Tally

SEED = 20261201
CHANGES = 1000
PER_ENVIRONMENT = 8
LATER = 2.0
"""So many seconds of the store's clock lie between two changes: dates are in whole ones."""
EDIT = "Ring twice"
STOPS = (5, 6, 13)
STEPS = (0.0, 0.0, -3600.0, -90.0, 90.0, 7200.0)
"""By so many seconds the clock is set, between import and changes."""
PASSES = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Changed:
    """An order that somebody changed in the store: stopped, or set back with an edit."""

    order_id: int
    is_stopped: bool
    what: str


def late_lists(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """A thousand changes; after each environment's, clerks ship what changed, while the lists may not show it yet."""
    chance = random.Random(SEED)  # noqa: S311 (to be repeated, not to be secret)
    for number in range(how.of(CHANGES // PER_ENVIRONMENT)):
        _one_environment(env, tally, chance, number, how)
        if how.has_found(tally):
            return


def _one_environment(env: FaultEnvironment, tally: Tally, chance: random.Random, number: int, how: How) -> None:
    env.fresh()
    offset = chance.choice((0.0, 0.0, 7200.0, -7200.0))
    step, lag = chance.choice(STEPS), chance.choice((0.0, chance.uniform(2.0, 5.0), 5.0))
    where = f"seed {SEED}, environment {number}: clock {offset:+.0f} s, then {step:+.0f} s, lists {lag:.1f} s late"
    env.store.set(clock_offset_seconds=offset)
    ids = env.store.place(PER_ENVIRONMENT, kind="guest", status_id=NEW)
    env.store.set(list_lag_uneven=True, list_lag_seconds=lag)
    env.sync_until_idle()
    _time_passes()
    offset += PASSES.total_seconds() + step  # the store's clock goes on as well: its lists catch up
    env.store.set(clock_offset_seconds=offset)
    changed = _change_all(env, ids, chance, offset)
    env.run_sync(plant=how.plant)
    shipped = _ship(ids, chance)
    env.run_sync(plant=how.plant)
    env.store.set(list_lag_seconds=0.0)
    seconds = env.sync_until_idle(plant=how.plant)
    _time_passes()
    seconds += env.sync_until_idle(plant=how.plant)
    for held in held_parcels():  # nothing of a stopped order leaves: a clerk takes it back
        void_parcel(held.parcel_id or 0, by="clerk", reason="Stopped")
    seconds += env.sync_until_idle(plant=how.plant)
    survived = tally.survived
    tally.add(env.verdict(), seconds, where)
    for each in changed:
        trouble = _trouble(env, each, each.order_id in shipped, may_be_late=lag > 0)
        if trouble:
            tally.break_off(where, trouble)
    tally.runs += PER_ENVIRONMENT - 1
    tally.survived += (PER_ENVIRONMENT - 1) * (tally.survived > survived)


def _change_all(env: FaultEnvironment, ids: list[int], chance: random.Random, offset: float) -> list[Changed]:
    """One change each, some seconds apart."""
    found = []
    for at, order_id in enumerate(chance.sample(ids, len(ids))):
        env.store.set(clock_offset_seconds=offset + LATER * at)
        found.append(_change(env, order_id, chance))
    return found


def _change(env: FaultEnvironment, order_id: int, chance: random.Random) -> Changed:
    if chance.random() < 0.25:
        env.store.edit(order_id, customer_message=EDIT, status_id=NEW)
        return Changed(order_id, is_stopped=False, what="set back with an edit")
    if chance.random() < 0.3:
        env.store.refund(order_id)
        return Changed(order_id, is_stopped=True, what="refunded")
    env.store.edit(order_id, status_id=chance.choice(STOPS))
    return Changed(order_id, is_stopped=True, what="stopped")


def _ship(ids: list[int], chance: random.Random) -> set[int]:
    """Clerks ship most of the orders; what is on hold already they cannot."""
    shipped = set()
    for order_id in ids:
        if chance.random() < 0.25:
            continue
        try:
            ship(order_id, 1, tracking_number=f"1Z{order_id}")
        except Refused:
            continue
        shipped.add(order_id)
    return shipped


def _trouble(env: FaultEnvironment, changed: Changed, was_shipped: bool, *, may_be_late: bool) -> str:
    """What became of a change that should not have; "" where all is right."""
    web_order = WebOrder.objects.select_related("sales_order").get(bigcommerce_order_id=changed.order_id)
    order = web_order.sales_order
    if order is None:
        return f"{web_order} is not in the books"
    made = env.store.order(changed.order_id)["shipments"]
    if not changed.is_stopped:
        conflicts: Callable[..., Any] = Conflict.objects.filter
        known = EDIT in order.customer_message or conflicts(web_order=web_order).exists()
        told = any(each.import_id == web_order.import_id for each in attention())
        return "" if known or told else f"{web_order}, {changed.what}: nobody was told of the edit"
    if not order.hold_reason:
        return f"{web_order}, {changed.what}, is not on hold"
    if made and was_shipped and not may_be_late:
        return f"{web_order}, {changed.what}, was shipped though the list showed it"
    return ""


def _time_passes() -> None:
    """What was seen and written was some minutes ago."""
    WebOrder.objects.update(written_at=F("written_at") - PASSES, status_seen_at=F("status_seen_at") - PASSES)
    StoreState.objects.update(glanced_at=F("glanced_at") - PASSES, due_at=timezone.now())
