"""Which places are one installation, and which are two."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Role
from counterfoil.stores.integrations.installation import is_same, this_installation
from counterfoil.stores.models import LogEntry, StoreState
from tests.factories import connect, fresh, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import a_person
from tests.web.login_helpers import log_in

DATABASE = {"cluster": "7", "database": 5, "name": "counterfoil", "host": "db1"}
FILES = DATABASE | {
    "machine": "m",
    "directory": "/var/lib/x/postgres",
    "inode": 12,
    "computer": "shop-1",
    "data_directory": "/",
}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"host": "db2"}, True),  # a standby took over, or the server has another name
        ({"cluster": "8"}, False),
        ({"database": 6}, False),
        ({"cluster": ""}, True),
        ({"cluster": "", "host": "db2"}, False),
    ],
)
def test_a_database_elsewhere_is_known_by_its_own_marks(change: dict[str, Any], same: bool) -> None:
    """Where it does not show them, by its host and name."""
    assert is_same(DATABASE, DATABASE | change) is same


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"cluster": "8", "database": 9}, True),  # restored, or upgraded to another PostgreSQL
        ({"computer": "shop-2"}, True),
        ({"inode": 13}, True),  # restored in its place
        ({"computer": "shop-2", "inode": 13}, False),  # copied to a machine that was cloned, with its machine ID
        ({"machine": "n"}, False),
        ({"directory": "/var/lib/y/postgres", "inode": 13}, False),
        ({"directory": "/var/lib/y/postgres"}, True),  # moved
    ],
)
def test_files_of_our_own_are_known_by_machine_and_directory(change: dict[str, Any], same: bool) -> None:
    """They are copied with all of PostgreSQL's marks."""
    assert is_same(FILES, FILES | change) is same


def test_a_directory_under_another_name_is_a_copy_while_the_first_is_there(tmp_path: Path) -> None:
    """Even where the numbers of the directories happen to be the same."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    known = FILES | {"directory": str(tmp_path / "a")}
    assert not is_same(known, FILES | {"directory": str(tmp_path / "b")})


@pytest.mark.django_db(transaction=True)
def test_a_manager_says_with_one_press_that_the_database_has_moved(client: Client, store: SandboxStore) -> None:
    """The store waits until then, and no request leaves; afterwards it is synced at once."""
    integration = connect(store)
    run_sync(integration)
    StoreState.objects.update(worked_at=DATABASE)
    before = len(store.calls())
    from counterfoil.platform.worker.sync import sync_store

    done = sync_store(fresh(integration))
    assert done.trouble is not None
    assert (done.trouble.code, len(store.calls())) == ("elsewhere", before)
    a_person(Role.MANAGER, "mira")
    log_in(client, "mira")
    for address in (reverse("attention"), reverse("integration", args=[integration.pk])):
        assert "Work here" in client.get(address).content.decode()
    client.post(reverse("integration-work-here", args=[integration.pk]))
    state = StoreState.objects.get()
    assert (state.trouble_code, state.worked_at) == ("", this_installation())
    assert LogEntry.objects.filter(text__contains="mira: this installation works on the store at").exists()
    run_sync(integration)
