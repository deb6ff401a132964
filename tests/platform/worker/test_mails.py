"""A real worker sends mails to a real mail server, and a mail server in trouble holds up nothing."""

import time
from collections.abc import Iterator

import pytest

from tests.platform.installation import SharedInstallation
from tests.platform.process_helpers import eventually
from tests.smtp_server import MailServer

PERSON = (
    "INSERT INTO web_person (username, password, first_name, last_name, email, role, is_superuser, is_staff, is_active,"
    " must_change_password, date_joined) VALUES ('ada', '', '', '', 'ada@example.com', 'clerk', false, false, true,"
    " false, now())"
)
WISHES = (
    "INSERT INTO web_notifications (person_id, time_zone, digest, digest_hour, digest_weekday, digest_since,"
    " store_trouble, attention, attention_minutes, failed_updates, defects)"
    " SELECT id, 'Europe/Berlin', 'daily', 0, 0, now() - interval '2 days', false, false, 60, false, false"
    " FROM web_person WHERE username = 'ada'"
)
MAIL = (
    'INSERT INTO web_mail ("to", subject, text, state, attempts, trouble, next_step)'
    " VALUES ('bob@example.com', 'Come and see', '', 'waiting', 0, '', '')"
)
STATES = "SELECT state FROM web_mail ORDER BY id"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """The one that the installation is set up with."""
    with MailServer() as server:
        yield server


@pytest.fixture
def posting(installation: SharedInstallation, mail_server: MailServer) -> Iterator[SharedInstallation]:
    """The installation with a mail server."""
    before = installation.environment
    installation.environment = before | {
        "COUNTERFOIL_EMAIL_URL": mail_server.url,
        "COUNTERFOIL_EMAIL_FROM": "shop@example.com",
    }
    yield installation
    installation.kill_all()
    installation.environment = before
    installation.rows("TRUNCATE web_mail CASCADE")
    installation.rows("DELETE FROM web_notifications")
    installation.rows("DELETE FROM web_person WHERE username = 'ada'")


def test_two_workers_send_a_digest_and_a_mail_once(posting: SharedInstallation, mail_server: MailServer) -> None:
    """Within seconds, whichever of them comes first."""
    for statement in (PERSON, WISHES, MAIL):
        posting.rows(statement)
    for _ in range(2):
        posting.start("worker")
    eventually(lambda: posting.rows(STATES) == [("sent",), ("sent",)], seconds=40)
    later = [f"later{number}@example.com" for number in range(4)]
    for number, address in enumerate(later, 3):  # further rounds, in which nothing more of these may leave
        posting.rows(MAIL.replace("bob@example.com", address))
        eventually(lambda number=number: posting.rows(STATES) == [("sent",)] * number, seconds=40)
    assert sorted(kept.to[0] for kept in mail_server.kept) == ["ada@example.com", "bob@example.com", *later]


def test_a_worker_ends_in_time_while_the_mail_server_is_silent(
    posting: SharedInstallation, mail_server: MailServer
) -> None:
    """SIGTERM: it does not wait for the answer, and the mail is not taken for sent."""
    mail_server.behave(silent_from_the_start=True)
    posting.rows(MAIL)
    worker = posting.start("worker")
    eventually(lambda: posting.rows(STATES) == [("sending",)], seconds=30)
    began = time.monotonic()
    worker.terminate()
    said, _ = worker.communicate(timeout=15)
    assert time.monotonic() - began < 10.5
    assert worker.returncode == 0
    assert "Traceback" not in said
    assert posting.rows(STATES) in ([("sending",)], [("waiting",)])
