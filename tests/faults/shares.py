"""A short form of each fault: which share of its full number of runs the tests do."""

from faults.environment import FaultEnvironment, How
from faults.faults import FAULTS
from faults.tally import Tally

SHARES = {
    "R1": 0.012,
    "R2": 0.012,
    "R3": 0.03,
    "R4": 0.03,
    "R5": 0.006,
    "R6": 0.006,
    "R7": 0.015,
    "R8": 0.5,
    "R9": 0.003,
    "R10": 0.03,
    "R11": 0.03,
    "R12": 0.04,
    "R13": 0.024,
    "R14": 0.004,
    "R15": 0.01,
    "R16": 0.016,
    "R17": 0.02,
    "R18": 0.1,
    "R19": 0.2,
    "R20": 0.001,
    "R21": 0.009,
    "R22": 0.02,
}


def run_short(env: FaultEnvironment, name: str) -> None:
    """One fault in its short form: the checker finds nothing after each run."""
    tally = Tally(name, FAULTS[name].what)
    FAULTS[name].run(env, tally, How(SHARES[name]))
    assert tally.notes == []
    assert tally.holds
    assert (tally.lost, tally.doubled) == (0, 0)
