"""How the first administrator logs in: a file says it, nothing that is printed."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from counterfoil.accounts.models import Person, Role
from counterfoil.accounts.users import one_time_password
from counterfoil.platform.processes.first_login import first_login
from tests.web.factories.orders import a_person
from tests.web.login_helpers import log_in

pytestmark = pytest.mark.django_db


def password_in(path: Path | None) -> str:
    """The one-time password in the file."""
    assert path is not None
    return path.read_text().partition("One-time password: ")[2].split()[0]


def test_the_first_start_writes_it_to_a_file_of_its_owner(tmp_path: Path) -> None:
    """Readable by nobody else, also where the data directory is not there yet."""
    path = first_login(tmp_path / "data")
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert log_in(Client(), "admin", password_in(path)).status_code == 302


def test_the_next_start_leaves_it_as_it_is_as_long_as_it_logs_in(tmp_path: Path) -> None:
    before = password_in(first_login(tmp_path))
    assert password_in(first_login(tmp_path)) == before
    assert Person.objects.count() == 1


@pytest.mark.parametrize("used", [False, True])
def test_a_start_makes_another_when_it_is_over(tmp_path: Path, used: bool) -> None:
    """Used without a password chosen, or older than a day."""
    before = password_in(first_login(tmp_path))
    if used:
        log_in(Client(), "admin", before)
    else:
        Person.objects.update(one_time_password_until=timezone.now() - timedelta(minutes=1))
    after = password_in(first_login(tmp_path))
    assert after != before
    assert log_in(Client(), "admin", after).status_code == 302


def test_the_file_goes_when_a_password_was_chosen_and_none_is_made_where_others_log_in(tmp_path: Path) -> None:
    path = first_login(tmp_path)
    Person.objects.update(must_change_password=False)
    assert first_login(tmp_path) is None
    assert path is not None
    assert not path.exists()
    Person.objects.all().delete()
    a_person(Role.CLERK, "mira")
    assert first_login(tmp_path) is None


def test_a_one_time_password_that_was_made_otherwise_stays(tmp_path: Path) -> None:
    """On the command line, or by another administrator."""
    password = one_time_password(a_person(Role.ADMINISTRATOR, "admin"))
    assert first_login(tmp_path) is None
    assert log_in(Client(), "admin", password).status_code == 302
