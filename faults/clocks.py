"""R12: clocks an hour apart, a change of daylight saving time, a store and an installation in different zones."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from tests.dispatch.factories import ship

from counterfoil.stores.models import StoreState, WebOrder
from faults.environment import FaultEnvironment, How
from faults.tally import Tally

OFFSETS = (-3600, -59, 0, 61, 3600)
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "America/St_Johns")
CHANGES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Pacific/Auckland": (date(2026, 4, 5), date(2026, 9, 27)),
    "Asia/Kolkata": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/St_Johns": (date(2026, 3, 8), date(2026, 11, 1)),
}


def apart(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """Fifty installations: each offset in each zone, with the cut-off on a day whose length is not a day's."""
    cases = [(zone, offset, change) for zone, offset in product(ZONES, OFFSETS) for change in CHANGES[zone]]
    for zone, offset, change in cases[:: how.every]:
        _one(env, tally, zone, offset, change, how)
        if how.has_found(tally):
            return


def _one(env: FaultEnvironment, tally: Tally, zone: str, offset: int, change: date, how: How) -> None:
    integration = env.fresh(not_before=change)
    env.store.set(time_zone=zone)
    StoreState.objects.filter(integration=integration).update(time_zone=zone)
    midnight = datetime.combine(change, datetime.min.time(), tzinfo=ZoneInfo(zone))
    _placed_at(env, midnight - timedelta(seconds=10))
    since = [_placed_at(env, midnight + timedelta(hours=hours, seconds=1)) for hours in (0, 1, 2, 3, 24)]
    env.store.set(clock_offset_seconds=float(offset))
    now = env.place()
    env.run_sync(plant=how.plant)
    seconds = env.sync_until_idle()
    env.store.edit(now, customer_message="Later", status_id=11)
    env.sync_until_idle()
    ship(now, 1)
    seconds += env.sync_until_idle()
    where = f"{zone}, the store's clock {offset:+d} s off, cut-off {change}"
    tally.add(env.verdict(), seconds, where)
    imported = set(WebOrder.objects.filter(state="imported").values_list("bigcommerce_order_id", flat=True))
    if imported != {*since, now}:
        tally.break_off(where, f"imported {sorted(imported)}, not {sorted([*since, now])}")
    if not WebOrder.objects.get(bigcommerce_order_id=now).sales_order.changes.exists():  # type: ignore[union-attr]
        tally.break_off(where, "the edit was missed")


def _placed_at(env: FaultEnvironment, moment: datetime) -> int:
    """An order that was placed when the store's clock stood there."""
    env.store.set(clock_offset_seconds=(moment - datetime.now(UTC)).total_seconds())
    return env.place()
