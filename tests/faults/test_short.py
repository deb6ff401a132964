"""A short form of each fault; `make faults` does all of them, and plants a bug for each that it has to find."""

import pytest
from faults.__main__ import MINUTES, TOGETHER
from faults.environment import FaultEnvironment, How
from faults.faults import FAULTS
from faults.planted import BUGS
from faults.tally import Tally

from faults import keys

pytestmark = pytest.mark.django_db(transaction=True)

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
"""Which share of the full number of runs the tests do."""


def test_each_fault_has_a_short_form_and_a_bug_that_it_must_find() -> None:
    """No fault is left out of the tests, and none was never seen to fail."""
    assert set(SHARES) == set(FAULTS) == set(MINUTES)
    assert set(TOGETHER) <= set(FAULTS)
    assert {fault.bug for fault in FAULTS.values()} <= set(BUGS)


@pytest.mark.parametrize("name", SHARES)
def test_nothing_is_lost_and_nothing_doubled(hit: FaultEnvironment, name: str) -> None:
    """The checker finds nothing after each run."""
    tally = Tally(name, FAULTS[name].what)
    FAULTS[name].run(hit, tally, How(SHARES[name]))
    assert tally.notes == []
    assert tally.holds
    assert (tally.lost, tally.doubled) == (0, 0)


def test_a_planted_bug_is_found(hit: FaultEnvironment) -> None:
    """The harness is not blind: a shipment that is made again without looking is seen."""
    tally = Tally("R4", FAULTS["R4"].what)
    FAULTS["R4"].run(hit, tally, How(0.05, FAULTS["R4"].bug))
    assert not tally.holds


def test_a_key_that_is_kept_after_its_act_is_found(hit: FaultEnvironment) -> None:
    """Of two same requests at once both are done, and so is one that was killed before its key was kept."""
    tally = Tally("R21", FAULTS["R21"].what)
    FAULTS["R21"].run(hit, tally, How(0.02, FAULTS["R21"].bug))
    assert not tally.holds


def test_events_that_overtake_each_other_are_found(hit: FaultEnvironment) -> None:
    """A later event of an order that is delivered while an earlier one fails."""
    tally = Tally("R22", FAULTS["R22"].what)
    FAULTS["R22"].run(hit, tally, How(0.02, FAULTS["R22"].bug))
    assert not tally.holds


@pytest.mark.parametrize("bug", keys.BUGS)
def test_each_bug_of_keys_and_copies_is_found(hit: FaultEnvironment, bug: str) -> None:
    """One for each of its cases."""
    tally = Tally("R19", FAULTS["R19"].what)
    FAULTS["R19"].run(hit, tally, How(0.2, bug))
    assert not tally.holds
