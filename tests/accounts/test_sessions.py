"""A login ends by itself, and its key changes whenever it is worth something else."""

import subprocess
import sys
import time
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Person, Role
from counterfoil.accounts.sessions import ACTIVE, STARTED, SessionStore
from counterfoil.accounts.users import change_role, remove_second_factor, sessions_of
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.login_helpers import log_in, logged_in_long_ago, set_up_second_factor

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def mira(client: Client) -> Person:
    """A manager, logged in."""
    person = a_person(Role.MANAGER, "mira")
    log_in(client, "mira")
    return person


def is_in(browser: Client) -> bool:
    """Whether the browser's person is logged in; asks as a page does by itself, which changes nothing."""
    return browser.get(reverse("orders"), headers={"X-Poll": "1"}).status_code == 200


def elsewhere() -> Client:
    """The same person at another machine."""
    other = Client()
    log_in(other, "mira")
    return other


def ago(browser: Client, **seconds: float) -> None:
    """As if the login, or what was done last, were so long ago."""
    session = browser.session
    for name, each in seconds.items():
        session[{"started": STARTED, "active": ACTIVE}[name]] = time.time() - each
    session.save()


def key_of(browser: Client) -> str:
    return browser.cookies["sessionid"].value


@pytest.mark.parametrize(
    ("started", "active", "goes_on"),
    [(12 * HOUR - 60, 0, True), (12 * HOUR + 1, 0, False), (2 * HOUR, HOUR - 60, True), (2 * HOUR, HOUR + 1, False)],
)
def test_a_login_ends_after_twelve_hours_and_after_an_hour_of_silence(
    started: float, active: float, goes_on: bool, client: Client, mira: Person
) -> None:
    """Whichever comes first; its place is gone from the list of places."""
    ago(client, started=started, active=active)
    assert is_in(client) == goes_on
    assert sessions_of(mira).exists() == goes_on


def test_whoever_goes_on_working_stays_until_the_twelve_hours_are_over(client: Client, mira: Person) -> None:
    """Each page moves the end by silence, none the other; the browser is told the same end."""
    ago(client, started=11.5 * HOUR, active=HOUR / 2)
    answer = client.get(reverse("orders"))
    assert answer.status_code == 200
    assert client.session[ACTIVE] > time.time() - 60
    assert HOUR / 2 - 60 < answer.cookies["sessionid"]["max-age"] <= HOUR / 2
    assert mira.pk


def test_what_a_page_asks_for_by_itself_keeps_no_login_alive(client: Client, mira: Person) -> None:
    """A screen that nobody sits before ends like any other."""
    ago(client, started=2 * HOUR, active=HOUR - 100)
    before = client.session[ACTIVE]
    assert is_in(client)
    assert client.session[ACTIVE] == before
    client.get("/metrics")
    client.get("/no/such/page")
    assert client.session[ACTIVE] == before
    assert mira.pk


def test_saving_a_session_does_not_make_it_longer_only_what_a_person_does(client: Client, mira: Person) -> None:
    ago(client, started=2 * HOUR, active=HOUR - 100)
    session = client.session
    session["more"] = 1
    session.save()
    assert session.get_expiry_age() <= 100
    assert mira.pk


def test_the_pages_of_a_minute_write_nothing(client: Client, mira: Person) -> None:
    """What is kept of it is a minute old at most."""
    client.get(reverse("account"))
    before = Session.objects.get(session_key=key_of(client)).session_data
    client.get(reverse("account"))
    assert Session.objects.get(session_key=key_of(client)).session_data == before
    assert mira.pk


def test_a_shorter_limit_holds_at_once(client: Client, mira: Person, settings: Any) -> None:
    """Also for whoever is logged in."""
    ago(client, started=2 * HOUR, active=10)
    settings.SESSION_SECONDS = HOUR
    assert not is_in(client)
    assert mira.pk


def test_a_login_of_which_nobody_knows_when_is_over(client: Client, mira: Person) -> None:
    """As an earlier version has left them."""
    session = client.session
    for name in (STARTED, ACTIVE):
        session.pop(name)
    Session.objects.filter(session_key=session.session_key).update(
        session_data=SessionStore().encode(dict(session.items()))
    )
    assert not is_in(client)
    assert mira.pk


def test_a_key_that_has_ended_is_never_used_again(client: Client, mira: Person) -> None:
    """Whoever logs in with it in their browser gets another."""
    ended = key_of(client)
    ago(client, started=13 * HOUR)
    log_in(client, "mira")
    assert key_of(client) != ended
    assert is_in(client)
    assert mira.pk


def stale_copy(browser: Client) -> Client:
    """Someone else who has read the cookie."""
    thief = Client()
    thief.cookies["sessionid"] = key_of(browser)
    return thief


def test_the_password_entered_again_changes_the_key_and_not_the_end(client: Client, mira: Person) -> None:
    """Whoever has read the old one is out; where and since when one is logged in reads the same."""
    logged_in_long_ago(client)
    ago(client, started=5 * HOUR)
    began = UserSession.objects.get(user=mira).created_at
    started, thief = client.session[STARTED], stale_copy(client)
    client.post(reverse("account_reauthenticate"), {"password": "wrong", "next": "/account/"})
    assert is_in(thief)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/account/"})
    assert is_in(client)
    assert not is_in(thief)
    assert client.session[STARTED] == started
    assert [(each.session_key, each.created_at) for each in UserSession.objects.all()] == [(key_of(client), began)]


def test_a_form_that_waited_for_the_password_is_done_under_the_new_key(client: Client, mira: Person) -> None:
    """And whoever sent it stays logged in."""
    set_up_second_factor(client)
    logged_in_long_ago(client)
    asked = client.post(reverse("mfa_generate_recovery_codes"))
    client.post(asked["Location"], {"password": PASSWORD, "next": reverse("mfa_generate_recovery_codes")})
    assert is_in(client)
    assert mira.pk


def test_a_second_factor_set_up_or_removed_logs_out_everywhere_else(client: Client, mira: Person) -> None:
    """Others came in without it; here one goes on, under another key."""
    for change in (lambda: set_up_second_factor(client), lambda: client.post(reverse("mfa_deactivate_totp"))):
        other, thief = elsewhere(), stale_copy(client)
        change()
        assert [is_in(each) for each in (client, other, thief)] == [True, False, False]
    assert mira.pk


def test_a_second_factor_that_an_administrator_removes_logs_its_owner_out(client: Client, mira: Person) -> None:
    """Whoever has found the phone may have found more."""
    set_up_second_factor(client)
    assert remove_second_factor(mira)
    assert not is_in(client)


def test_another_role_changes_the_key_at_the_next_page(client: Client, mira: Person) -> None:
    """One goes on with what one may do now; whoever has read the old key does not."""
    change_role(mira, Role.CLERK, by=None)
    thief = stale_copy(client)
    assert client.get(reverse("orders")).status_code == 200
    assert [is_in(client), is_in(thief)] == [True, False]
    kept = key_of(client)
    client.get(reverse("orders"))
    assert key_of(client) == kept


def test_a_new_password_ends_what_a_thief_has(client: Client, mira: Person) -> None:
    """Also where it is chosen by oneself."""
    other, thief = elsewhere(), stale_copy(client)
    new = "seven purple tin kettles"
    client.post(reverse("password"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert [is_in(each) for each in (client, other, thief)] == [True, False, False]
    assert mira.pk


@pytest.mark.parametrize(
    ("name", "given"), [("COUNTERFOIL_SESSION_HOURS", "0"), ("COUNTERFOIL_SESSION_IDLE_MINUTES", "x")]
)
def test_a_limit_that_is_none_is_refused_in_words(name: str, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the setting."""
    monkeypatch.setenv(name, given)
    said = subprocess.run(
        [sys.executable, "-m", "counterfoil.platform.cli.main", "tidy"], capture_output=True, text=True, check=False
    )
    assert (said.returncode, name in said.stderr, "Traceback" in said.stderr) == (2, True, False), said
