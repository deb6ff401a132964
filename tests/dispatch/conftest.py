"""What the tests of what is sent to a store have in common."""

import pytest

from counterfoil.dispatch import transitions


@pytest.fixture
def due_when_we_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was put off is due after `make_due`, not because a busy machine took two seconds for a sync."""
    monkeypatch.setattr(transitions, "FIRST_DELAY", transitions.LONGEST_DELAY)
