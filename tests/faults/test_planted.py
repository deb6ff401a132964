"""A bug that is planted for a fault is found; `make faults` plants one for each."""

import pytest
from faults.environment import FaultEnvironment, How
from faults.faults import FAULTS
from faults.tally import Tally

from faults import keys

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_planted_bug_is_found(hit: FaultEnvironment) -> None:
    """The harness is not blind: a shipment that is made again without looking is seen."""
    tally = Tally("R4", FAULTS["R4"].what)
    FAULTS["R4"].run(hit, tally, How(0.05, FAULTS["R4"].bug))
    assert not tally.holds


def test_hooks_that_are_made_once_are_found(hit: FaultEnvironment) -> None:
    """A hook that is gone from the store, and that no sync makes again."""
    tally = Tally("R8", FAULTS["R8"].what)
    FAULTS["R8"].run(hit, tally, How(0.25, FAULTS["R8"].bug))
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
