"""A short form of the first half of the faults; `make faults` does all of them whole."""

import pytest
from faults.__main__ import MINUTES, SIDE_BY_SIDE
from faults.environment import FaultEnvironment
from faults.faults import FAULTS
from faults.planted import BUGS
from faults.tally import Tally, judge_poison

from tests.faults.shares import SHARES, run_short

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_fault_has_a_short_form_and_a_bug_that_it_must_find() -> None:
    """No fault is left out of the tests, and none was never seen to fail."""
    assert set(SHARES) == set(FAULTS) == set(MINUTES)
    assert set(SIDE_BY_SIDE) <= set(FAULTS)
    assert {fault.bug for fault in FAULTS.values()} <= set(BUGS)


@pytest.mark.parametrize("name", list(SHARES)[:11])
def test_nothing_is_lost_and_nothing_doubled(hit: FaultEnvironment, name: str) -> None:
    """The checker finds nothing after each run."""
    run_short(hit, name)


@pytest.mark.parametrize(("plain", "poisoned", "holds"), [(100, 109, True), (100, 112, False), (100, 0, True)])
def test_poison_may_slow_an_import_by_a_tenth(plain: float, poisoned: float, holds: bool) -> None:
    """Against an import without, at the same time; one that came to no end is judged by itself."""
    slowed = Tally("R6", "poison", runs=10, survived=10, seconds=poisoned)
    judge_poison(Tally("R5", "plain", seconds=plain), slowed)
    assert slowed.holds is holds
