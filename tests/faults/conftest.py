"""An installation that faults are done to, one for the session."""

from collections.abc import Iterator
from typing import Any

import pytest
from faults.environment import FaultEnvironment, env


@pytest.fixture(scope="session")
def one_environment(django_db_setup: None, django_db_blocker: Any) -> Iterator[FaultEnvironment]:  # noqa: ARG001 (makes the database)
    with django_db_blocker.unblock(), env() as here:
        yield here


@pytest.fixture
def hit(one_environment: FaultEnvironment, settings: Any) -> FaultEnvironment:
    """The installation, whose store may be connected to."""
    settings.API_ORIGINS = [one_environment.store.origin]
    return one_environment
