"""R18: an upgrade from each of the last three layouts of the database, killed while shipments were half sent.

A database of an earlier version is the present one, brought back: each migration can be undone, and what it took away
is what that version did not keep. So nothing of an older program is needed.
"""

from decimal import Decimal

from django.core.management import call_command
from django.db.models import Count

from counterfoil.platform.checking import Finding
from counterfoil.sales.models import Parcel, SalesOrder
from faults.environment import FaultEnvironment, How
from faults.tally import Tally

VERSIONS = {
    "before prices had a basis": {"stores": "0016_left_out_at", "sales": "0011_digest_of_changes"},
    "before shipments were known before they are made": {"stores": "0021", "sales": "0016_hold_role"},
    "before looks overlap": {"stores": "0024_webhooks_wanted"},
}
"""The last migration of each app that an earlier version had; the others stay at the present one."""
ROOMS = ("sales", "stores", "web")
RUNS = 10  # of each version
POSTED, NOT_POSTED = 4, 3  # the requests of the sync: the light list and its answer, the shipment and its answer
REQUESTS = ["before request", "after request"]
STATEMENTS = ["sql", "commit"]
Books = dict[str, tuple[Decimal, str, int, int]]


def upgrades(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """Kills a worker that sends, goes back to the earlier version, kills the upgrade, upgrades, lets workers come."""
    for version, last in VERSIONS.items():
        for at in range(how.of(RUNS)):
            env.fresh()
            _half_sent(env, at)
            before = books()
            _go_back(last)
            try:
                env.children.run("upgrade", kinds=STATEMENTS, at=1 + at * 37)
                ended = env.children.run("upgrade")
                changed = [] if ended.code == 0 else [Finding("I1", f"The upgrade failed: {ended.said}", "")]
            finally:
                call_command("migrate", verbosity=0)
            changed += [Finding("I3", f"{each} is not as it was.", "") for each in differences(before, books())]
            seconds = env.sync_until_idle(plant=how.plant)
            tally.add([*changed, *env.verdict(), *_not_once(env)], seconds, f"{version}, run {at}")
            if how.has_found(tally):
                return


def _half_sent(env: FaultEnvironment, at: int) -> None:
    """Two orders, and a parcel of one whose request was killed: mostly after the store had done it."""
    env.place(kind="registered", customer_id=77)
    order_id = env.place()
    lines = env.store.order(order_id)["lines"]
    env.store.edit(order_id, lines=[{"id": lines[0]["id"], "quantity": 5}])
    env.sync_until_idle()
    ship = {"order_id": order_id, "quantity": 2, "tracking_number": "1ZHALF" if at % 2 else ""}
    point = NOT_POSTED if at % 4 == 2 else POSTED
    env.children.run("ship", kinds=REQUESTS, at=point, **{"with": ship})


def _go_back(last: dict[str, str]) -> None:
    for app, migration in last.items():
        call_command("migrate", app, migration, verbosity=0)


def books() -> Books:
    """What no upgrade may change: of each sales order the total, its status, how many lines and parcels it has."""
    parcels = dict(Parcel.objects.values_list("shipment__order__import_id").annotate(Count("pk")))
    orders = SalesOrder.objects.annotate(count=Count("lines")).values_list(
        "import_id", "total", "status__name", "count"
    )
    return {str(name): (total, status, lines, parcels.get(name, 0)) for name, total, status, lines in orders}


def differences(before: Books, after: Books) -> list[str]:
    """The sales orders that are not alike, or on one side only."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _not_once(env: FaultEnvironment) -> list[Finding]:
    """The parcel has one shipment in the store, whatever happened."""
    made = sum(len(env.store.order(order["id"])["shipments"]) for order in env.store.orders())
    return [] if made == 1 else [Finding("I6", f"The parcel was shipped {made} times.", "")]
