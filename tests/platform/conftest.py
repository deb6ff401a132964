"""What the tests of the program around the rooms have in common."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.platform.embedded import EmbeddedServer
from tests.platform.accounts import Account, accounts


@pytest.fixture(scope="module", params=accounts(), ids=lambda account: account.name)
def account(request: pytest.FixtureRequest) -> Account:
    """Whoever runs the tests, and an ordinary user where that is root."""
    found: Account = request.param
    return found


@pytest.fixture
def data_dir(account: Account) -> Iterator[Path]:
    """A data directory of the account's; its name has a space and signs beyond ASCII."""
    directory = account.new_directory("Zähl daten")
    yield directory
    EmbeddedServer(directory).remove()
    shutil.rmtree(directory.parent, ignore_errors=True)
