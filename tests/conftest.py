"""What all tests share: one sandbox store a session, like new for each test."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.store import SandboxStore


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxStore]:
    with SandboxStore() as store:
        yield store


@pytest.fixture
def store(sandbox_process: SandboxStore, settings: Any) -> SandboxStore:
    """An empty store, which web integrations may connect to."""
    sandbox_process.reset()
    settings.API_ORIGINS = [*settings.API_ORIGINS, sandbox_process.origin]
    return sandbox_process
