"""R13: orders that change, appear or leave the status while the pages are read."""

import random
from collections.abc import Callable

from faults.environment import NEW, FaultEnvironment, How
from faults.tally import Tally

SEED = 20261113
PER_SYNC = 8
WAITING = 12


def while_paging(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """A thousand changes between two requests of a pass that reads three orders a page."""
    chance = random.Random(SEED)  # noqa: S311 (to be repeated, not to be secret)
    for number in range(how.of(1000 // PER_SYNC)):
        env.fresh()
        ids = env.store.place(WAITING, kind="guest", status_id=NEW)
        changes = [_change(ids, chance) for _ in range(PER_SYNC)]
        ended = env.children.run("small_pages", plant=how.plant, **{"with": {"changes": changes}})
        seconds = env.sync_until_idle(plant=how.plant)
        where = f"seed {SEED}, turn {number}"
        tally.add(env.verdict(), seconds, where)
        tally.runs += PER_SYNC - 1
        tally.survived += (PER_SYNC - 1) if tally.runs - tally.survived == PER_SYNC - 1 else 0
        if ended.code != 0:
            tally.break_off(where, f"the turn ended with {ended.code}: {ended.said}")
        if how.has_found(tally):
            return


def _change(ids: list[int], chance: random.Random) -> tuple[int, str, str, dict[str, object]]:
    """After which request of the pass, and the sandbox's own call that makes the change."""
    order_id = chance.choice(ids)
    kinds: list[Callable[[], tuple[str, str, dict[str, object]]]] = [
        lambda: ("POST", "/orders", {"count": 1, "kind": "guest", "fields": {"status_id": NEW}}),
        lambda: ("PATCH", f"/orders/{order_id}", {"status_id": chance.choice([1, 5, 7, 12])}),
        lambda: ("PATCH", f"/orders/{order_id}", {"status_id": NEW}),
        lambda: ("PATCH", f"/orders/{order_id}", {"customer_message": f"Edit {chance.random()}"}),
    ]
    return (chance.randint(1, 14), *chance.choice(kinds)())
