"""All faults, by the names that `reliability` gives them."""

from collections.abc import Callable
from dataclasses import dataclass

from faults import (
    answers,
    api_retries,
    at_random,
    backfill,
    clocks,
    crowds,
    database,
    hooks,
    keys,
    kills,
    late_lists,
    lies,
    malformed,
    moving,
    slow_clients,
    upgrades,
    webhook_consumers,
)
from faults.environment import FaultEnvironment, How
from faults.tally import Tally


@dataclass(frozen=True)
class Fault:
    """`run` does it to the installation and tallies each run; `bug`: what, planted, it must find (faults.planted)."""

    what: str
    run: Callable[[FaultEnvironment, Tally, How], None]
    bug: str


FAULTS = {
    "R1": Fault("killed at each step", kills.killed, "import in two transactions"),
    "R2": Fault("each statement and request fails", kills.failing, "import in two transactions"),
    "R3": Fault("each answer at each endpoint", answers.every_answer, "a lost answer is a refusal"),
    "R4": Fault("answers lost after the work was done", answers.lost_answers, "send without looking"),
    "R5": Fault("a backfill on a quota that others use too", backfill.backfill, "each order is read by itself"),
    "R6": Fault("a poisoned order in each page", backfill.poisoned, "a bad order stops its page"),
    "R7": Fault("events repeated, lost, forged, stale", hooks.events, "old events are taken"),
    "R8": Fault("hooks changed at the store", hooks.changed, "hooks are made once"),
    "R9": Fault("several at one order at once", crowds.at_once, "no fence"),
    "R10": Fault("a database in trouble", database.in_trouble, "import without a transaction"),
    "R11": Fault("stopped, and going on later", crowds.stopped, "no fence"),
    "R12": Fault("clocks and zones apart", clocks.apart, "days begin in London"),
    "R13": Fault("changes while pages are read", moving.while_paging, "only newer orders are listed"),
    "R14": Fault("malformed orders", malformed.orders, "totals are made to fit"),
    "R15": Fault("all of it at random", at_random.at_random, "import without a transaction"),
    "R16": Fault("lists that lag, clocks that step", late_lists.late_lists, "late lists are believed"),
    "R17": Fault("answers that lie", lies.lies, "answers are believed"),
    "R18": Fault("upgrades with shipments half sent", upgrades.upgrades, "send without looking"),
    "R19": Fault("two keys, two installations, a pool", keys.keys, "any key will do"),
    "R20": Fault("slow and idle clients", slow_clients.slow_clients, "a thread waits for each body"),
    "R21": Fault("API requests retried, and killed", api_retries.api_retries, "a key is kept after its act"),
    "R22": Fault("webhook consumers that fail, lie, drip", webhook_consumers.consumers, "later events overtake"),
}
