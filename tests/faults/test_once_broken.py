"""What a fault broke once, so that it never does again."""

import pytest
from faults.house import House, Tally
from faults.kills import shipment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("point", [45, 47])
def test_a_database_that_is_read_only_for_a_moment_leaves_nothing_to_a_person(hit: House, point: int) -> None:
    """A standby that has just taken over refuses writes: the shipment waits, and is sent by the next turn."""
    hit.fresh()
    act, given = shipment(hit)
    hit.children.run(act, error="read only", at=point, **{"with": given})
    tally = Tally("R10", "read only")
    tally.add(hit.verdict() if hit.settle() else [], 0, "")
    assert tally.notes == []
