"""What the tests of the program around the rooms have in common."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.platform.database.embedded import EmbeddedServer
from tests.platform.installation import SharedInstallation, SilentStore
from tests.platform.migrated_database import fill
from tests.platform.system_accounts import Account, accounts


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


@pytest.fixture
def anyone() -> Account:
    """An ordinary user, where that is possible."""
    return accounts()[-1]


@pytest.fixture
def their_data_dir(anyone: Account) -> Iterator[Path]:
    """A data directory of an ordinary user's."""
    directory = anyone.new_directory()
    yield directory
    for place in (directory, directory / "demo"):
        EmbeddedServer(place).remove()
    shutil.rmtree(directory.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedInstallation]:
    """An installation without a store, its database up to date."""
    directory = Path(tempfile.mkdtemp(prefix="counterfoil-installation-"))
    server = EmbeddedServer(directory, durable=False)
    fill(server, tmp_path_factory)
    server.start()
    silent = SilentStore()
    yield SharedInstallation(directory, server, silent.origin, silent)
    silent.hang_up()
    server.stop()
    server.remove()
    shutil.rmtree(directory)
