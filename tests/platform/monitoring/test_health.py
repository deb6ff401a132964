"""What load balancers and supervisors ask is answered truly, to everyone, and tells nothing of the installation."""

import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError, URLError

import pytest
from django.db import connection
from django.test import Client

from counterfoil.platform.monitoring import health
from tests.platform.installation import SharedInstallation, free_port
from tests.platform.process_helpers import eventually


def a_worker(seconds_ago: int) -> None:
    """A worker was seen then."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def asked(path: str, **headers: str) -> tuple[int, str]:
    """The answer to someone who is not logged in."""
    answer = Client().get(path, headers=headers)
    return answer.status_code, answer.content.decode().strip()


def test_the_process_answers_without_a_database() -> None:
    """No statement is sent: this test has no database."""
    assert asked("/healthz") == (200, "ok")


def test_any_name_of_the_host_will_do() -> None:
    """A load balancer asks by the machine's address."""
    assert asked("/healthz", Host="10.0.0.7:8000") == (200, "ok")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_only_looked_at(path: str) -> None:
    """Nothing can be sent to them."""
    assert Client().post(path).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds_ago", "answer"), [(1, (200, "ok")), (29, (200, "ok")), (31, (503, health.NO_WORKER))]
)
def test_ready_needs_a_worker(seconds_ago: int, answer: tuple[int, str]) -> None:
    """One that was seen within half a minute."""
    a_worker(seconds_ago)
    assert asked("/readyz") == answer


@pytest.mark.django_db
def test_ready_needs_every_migration() -> None:
    """As when a new version starts before the database was migrated."""
    a_worker(1)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'web')"
        )
    assert asked("/readyz") == (503, health.OLD_DATABASE)


@pytest.mark.django_db
def test_an_empty_database_is_not_up_to_date() -> None:
    """Not even the table of migrations is there."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO elsewhere")
    assert asked("/readyz") == (503, health.OLD_DATABASE)


@pytest.fixture
def pages(installation: SharedInstallation) -> Iterator[str]:
    """The pages of a real installation, served by a process of their own; where they are."""
    port = free_port()
    process: subprocess.Popen[str] = installation.start("web", "--port", str(port))
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.communicate(timeout=15)


def fetched(url: str) -> tuple[int, str]:
    """An answer over the network; 0 when there is none."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode().strip()
    except HTTPError as refused:
        return refused.code, refused.read().decode().strip()
    except (URLError, OSError):
        return 0, ""


def test_without_its_database_it_lives_but_is_not_ready(installation: SharedInstallation, pages: str) -> None:
    """It says so within seconds, and is ready again when the database is back."""
    eventually(lambda: fetched(f"{pages}/healthz")[0] == 200)
    assert fetched(f"{pages}/readyz") == (503, health.NO_WORKER)
    assert installation.server.pid is not None
    os.kill(installation.server.pid, signal.SIGINT)
    eventually(lambda: installation.server.has_ended)
    assert fetched(f"{pages}/readyz") == (503, health.NO_DATABASE)
    assert fetched(f"{pages}/healthz") == (200, "ok")
    installation.server.start_again()
    installation.rows("INSERT INTO procrastinate_workers DEFAULT VALUES")
    eventually(lambda: fetched(f"{pages}/readyz") == (200, "ok"))
    installation.rows("DELETE FROM procrastinate_workers")
