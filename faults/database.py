"""R10: a database that is restarted, cut off, out of space, read-only, or in conflict with itself."""

from faults.acts import LOST_DATABASE
from faults.environment import FaultEnvironment, How
from faults.kills import SCENARIOS
from faults.tally import Tally

ERRORS = ("deadlock", "serialization", "disk full", "read only", "cut", "terminated", "restarted")
EACH = 25
ERRORS_OF_THE_DATABASE = ("OperationalError", "InternalError", "InterfaceError")  # where a person pressed a button


def in_trouble(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """Each trouble at 25 points, spread over everything that happens."""
    for error in ERRORS:
        if error == "restarted" and env.restart is None:
            continue
        for at in range(how.of(EACH)):
            scenario = SCENARIOS[at % len(SCENARIOS)]
            env.fresh()
            act, given = scenario.prepare(env)
            point = 3 + (at * 11) % 50
            ended = env.run_with_database_error(act, error=error, at=point, plant=how.plant, **{"with": given})
            where = f"{error}, {scenario.name}, point {point}"
            seconds = env.sync_until_idle()
            tally.add(env.verdict(), seconds, where)
            if ended.code not in (0, LOST_DATABASE) and not ended.said.startswith(
                ("OperationalError", "InternalError")
            ):
                tally.break_off(where, f"it ended with {ended.code}: {ended.said}")
            if how.has_found(tally):
                return
