"""The worker and the store's lock: killed, stopped, and with the database restarted under it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.platform.installation import SharedInstallation
from tests.platform.process_helpers import eventually

JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
CHANNEL = "procrastinate_any_queue_v1"
LISTENERS = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %procrastinate%'"
LOCK_SPACE = 0x5708E
HOLDERS = (
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
    f" WHERE locktype = 'advisory' AND granted AND classid = {LOCK_SPACE}"
)
OPEN_SESSION = """
from counterfoil.platform.django_setup import set_up
set_up()
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.sync.session import StoreBusy, open_session
try:
    with open_session(WebIntegration.objects.get(code="WEB-"), seconds=1, lock_wait=1):
        print("inside")
except StoreBusy as busy:
    print(busy)
"""


@pytest.fixture
def store(installation: SharedInstallation) -> Iterator[SharedInstallation]:
    """The installation with one store, which takes calls and does not answer."""
    installation.rows("DELETE FROM procrastinate_jobs")
    added = installation.add_store()
    assert added.returncode == 0, added.stderr
    yield installation
    installation.kill_all()
    installation.rows("TRUNCATE stores_webintegration CASCADE")


def worker(installation: SharedInstallation) -> "subprocess.Popen[str]":
    return installation.start("worker")


def end(process: "subprocess.Popen[str]") -> str:
    """Ends it in order; what it said."""
    process.terminate()
    said, _ = process.communicate(timeout=15)
    return said


def is_visiting(installation: SharedInstallation) -> bool:
    return bool(installation.rows(HOLDERS)) and installation.rows(JOBS) == [(1,)]


def test_a_killed_worker_leaves_nothing_running_and_another_goes_on(store: SharedInstallation) -> None:
    """kill -9 in a sync: the lock is free at once, within 30 s no job is "running", and another worker syncs."""
    first = worker(store)
    eventually(lambda: is_visiting(store))
    first.kill()
    first.communicate()
    eventually(lambda: store.rows(HOLDERS) == [], seconds=2)
    store.rows("UPDATE stores_storestate SET due_at = now()")
    dead = store.rows("SELECT max(id) FROM procrastinate_jobs WHERE status = 'doing'")[0][0]
    second = worker(store)
    began = time.monotonic()
    eventually(lambda: store.rows(f"SELECT 1 FROM procrastinate_jobs WHERE id = {dead}") == [], seconds=30)
    eventually(lambda: bool(store.rows(HOLDERS)), seconds=30 - (time.monotonic() - began))
    assert "a worker died during a sync" in end(second)


def test_a_wake_up_leads_to_a_sync_at_once(store: SharedInstallation) -> None:
    """A resting worker listens, saving a store's settings tells it, and it syncs: it is not its next look that does."""
    store.rows("UPDATE stores_storestate SET due_at = now() + interval '1 hour'")
    store.rows("DELETE FROM procrastinate_jobs")
    process = worker(store)
    eventually(lambda: store.rows(LISTENERS) != [(0,)])
    assert store.rows(HOLDERS) == []
    before = len(store_calls(store))
    with psycopg.connect(store.server.url, autocommit=True) as beside:
        beside.execute(f'LISTEN "{CHANNEL}"')
        store.run("store", "set", "WEB-", "--description", "Shop, renamed")
        assert [each.channel for each in beside.notifies(timeout=20, stop_after=1)] == [CHANNEL]
    eventually(lambda: len(store_calls(store)) > before)
    end(process)


def store_calls(installation: SharedInstallation) -> list[object]:
    assert installation.silent is not None
    return list(installation.silent.calls)


def test_sigterm_ends_a_worker_in_the_middle_of_a_sync(store: SharedInstallation) -> None:
    """Within ten seconds it is gone, with 0, though the store does not answer."""
    process = worker(store)
    eventually(lambda: is_visiting(store))
    began = time.monotonic()
    process.terminate()
    said, _ = process.communicate(timeout=15)
    assert time.monotonic() - began < 10.5
    assert process.returncode == 0
    assert "Traceback" not in said


def test_a_stopped_process_keeps_the_store_and_is_named(store: SharedInstallation) -> None:
    """SIGSTOP: nobody else talks to the store, and who wants to is told by whom it is held."""
    process = store.start("sync", "WEB-")
    eventually(lambda: bool(store.rows(HOLDERS)))
    process.send_signal(signal.SIGSTOP)
    asked = subprocess.run(
        [sys.executable, "-c", OPEN_SESSION], env=store.environment, text=True, capture_output=True, check=False
    )
    assert f"counterfoil sync, pid {process.pid} on" in asked.stdout, asked.stderr
    process.kill()
    process.communicate()
    eventually(lambda: store.rows(HOLDERS) == [], seconds=2)


def test_a_pass_that_loses_the_database_ends_with_a_sentence(store: SharedInstallation) -> None:
    """The connection that holds the lock is cut: exit code 3, no trace. (No request follows: stores/test_visit.)"""
    process = store.start("sync", "WEB-")
    eventually(lambda: bool(store.rows(HOLDERS)))
    eventually(lambda: len(store_calls(store)) > 0)
    store.rows(f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND {process.pid} > 0")
    said, _ = process.communicate(timeout=40)
    assert process.returncode == 3, said
    assert "Traceback" not in said


def test_a_worker_outlives_a_restart_of_the_database(store: SharedInstallation) -> None:
    """The database goes away and comes back: the worker says so in a line, and syncs again."""
    process = worker(store)
    eventually(lambda: is_visiting(store))
    assert store.server.pid is not None
    os.kill(store.server.pid, signal.SIGINT)
    eventually(lambda: store.server.has_ended)
    assert process.stdout is not None
    said = []
    while "lost the database during a sync" not in "".join(said):
        said.append(process.stdout.readline())
        assert said[-1], said
    store.server.start_again()
    store.rows("UPDATE stores_storestate SET due_at = now()")
    before = len(store_calls(store))
    eventually(lambda: len(store_calls(store)) > before, seconds=40)
    assert process.poll() is None
    process.terminate()
    said += process.stdout.readlines()
    assert process.wait(15) == 0
    assert len(said) <= 4, said
