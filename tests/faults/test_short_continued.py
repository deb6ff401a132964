"""A short form of the second half of the faults; `make faults` does all of them whole."""

import pytest
from faults.environment import FaultEnvironment

from tests.faults.shares import SHARES, run_short

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("name", list(SHARES)[11:])
def test_nothing_is_lost_and_nothing_doubled(hit: FaultEnvironment, name: str) -> None:
    """The checker finds nothing after each run."""
    run_short(hit, name)
