"""What the tests of the API share."""

import pytest

from counterfoil.api.rate_limit import FAILURES, REQUESTS


@pytest.fixture(autouse=True)
def uncounted_requests() -> None:
    """What a test has asked for is forgotten before the next one: tokens of rolled back tests have the same numbers."""
    REQUESTS.forget()
    FAILURES.forget()
