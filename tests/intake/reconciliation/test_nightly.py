"""The nightly comparison, when several workers find it due, or there is nothing to compare."""

import threading
import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from counterfoil.platform.worker import tasks
from counterfoil.stores.models import Reconciliation, StoreState, WebIntegration
from tests.factories import connect
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _past_three(store: SandboxStore, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(store)
    StoreState.objects.update(time_zone="UTC", visited_at=timezone.now())
    moment = timezone.now().replace(hour=3, minute=1)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def ask_and_hang_up() -> None:
    """As one of several workers."""
    tasks.compare_by_night()
    connection.close()


def other_connection() -> psycopg.Connection:
    """One that is not Django's."""
    given = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor, "context": None}
    return psycopg.connect(**given, autocommit=True)


def wait_for_lock(waiting: int) -> None:
    """Until so many others wait for a lock that we hold."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with other_connection() as looking:
        while looking.execute(query).fetchone() != (waiting,):
            time.sleep(0.01)


@pytest.mark.parametrize("first_is_over", [False, True])
@pytest.mark.usefixtures("_past_three")
def test_workers_that_find_it_due_at_once_ask_once(first_is_over: bool, capfd: pytest.CaptureFixture[str]) -> None:
    """To the one that comes second it is done, also where the comparison has ended by then; that is no defect."""
    integration = WebIntegration.objects.get()
    workers = [threading.Thread(target=ask_and_hang_up) for _ in range(2)]
    with other_connection() as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM stores_webintegration FOR NO KEY UPDATE")
        for worker in workers:
            worker.start()
        wait_for_lock(2)
        if first_is_over:
            days = {"first_day": "2026-01-01", "last_day": "2026-01-08"}
            asked = Reconciliation.objects.create(integration=integration, ended_at=timezone.now(), **days)
            Reconciliation.objects.filter(pk=asked.pk).update(asked_at=timezone.now())
        other.execute("COMMIT")
    for worker in workers:
        worker.join()
    assert Reconciliation.objects.count() == 1
    assert "defect" not in capfd.readouterr().err


@pytest.mark.usefixtures("_past_three")
def test_a_store_that_is_imported_from_a_later_day_on_has_nothing_to_compare(capfd: pytest.CaptureFixture[str]) -> None:
    """That is no defect either."""
    WebIntegration.objects.update(not_before=timezone.now().date() + timedelta(days=9))
    tasks.compare_by_night()
    assert not Reconciliation.objects.exists()
    assert "defect" not in capfd.readouterr().err
