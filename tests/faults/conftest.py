"""A house that faults are done to, one for the session."""

from collections.abc import Iterator
from typing import Any

import pytest
from faults.environment import House, house


@pytest.fixture(scope="session")
def one_house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:  # noqa: ARG001 (makes the database)
    with django_db_blocker.unblock(), house() as here:
        yield here


@pytest.fixture
def hit(one_house: House, settings: Any) -> House:
    """The house, whose store may be connected to."""
    settings.API_ORIGINS = [one_house.store.origin]
    return one_house
