"""Many passwords at once: the pages are answered all the same, and nobody is counted as having guessed."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from axes.models import AccessAttempt
from django.test import Client

from counterfoil.accounts import password_checks
from counterfoil.accounts.models import Role
from tests.web.factories.orders import a_person
from tests.web.login_helpers import log_in

pytestmark = pytest.mark.django_db
BUSY = "try again in a few seconds"


@pytest.fixture
def as_many_as_go() -> Iterator[ExitStack]:
    """So many passwords are being looked at that no other one is."""
    with ExitStack() as others:
        for _ in range(password_checks.AT_ONCE):
            others.enter_context(password_checks.place(is_known=False))
        yield others


def test_one_password_too_many_at_once_is_not_looked_at_and_not_counted(as_many_as_go: ExitStack) -> None:
    """The right one and a wrong one are told the same, however often; a moment later the right one logs in."""
    a_person(Role.CLERK, "mira")
    client = Client()
    for typed in ("seven purple tin kettlez", *[""] * 7):
        said = log_in(client, "mira", typed).content.decode() if typed else log_in(client, "mira").content.decode()
        assert BUSY in said
    assert not AccessAttempt.objects.filter(failures_since_start__gt=0).exists()
    as_many_as_go.close()
    assert log_in(client, "mira").status_code == 302


@pytest.mark.usefixtures("as_many_as_go")
def test_an_unknown_name_is_told_the_same() -> None:
    """So that nothing is learned from it."""
    assert BUSY in log_in(Client(), "nobody", "seven purple tin kettlez").content.decode()


def test_a_browser_that_one_has_used_before_is_let_in_however_many_guess() -> None:
    """Its device cookie is nobody else's."""
    a_person(Role.CLERK, "mira")
    own = Client()
    log_in(own, "mira")
    own.cookies.pop("sessionid")
    with ExitStack() as others:
        for _ in range(password_checks.AT_ONCE):
            others.enter_context(password_checks.place(is_known=False))
        assert log_in(own, "mira").status_code == 302


def test_two_threads_of_the_pages_are_left_for_everyone_else() -> None:
    """As many as `counterfoil web` starts by itself."""
    from counterfoil.platform.management.commands.web import THREADS

    assert max(2, THREADS - 2) >= password_checks.AT_ONCE
