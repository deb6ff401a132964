"""What is asked again before logins change: all that the login itself asks for."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import reverse

from counterfoil.accounts.models import AuditEntry, Person, Role
from counterfoil.accounts.session_keys import renew_key
from counterfoil.accounts.users import end_sessions
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.login_helpers import app_shows, log_in, logged_in_long_ago, set_up_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira(client: Client) -> Person:
    """Logged in, with a second factor, long ago."""
    person = a_person(Role.MANAGER, "mira")
    log_in(client, "mira")
    return person


def again(client: Client, **sent: str) -> int:
    """What the page answers that asks for the password: 302 when it is content."""
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD, **sent}).status_code


def test_who_logs_in_with_a_code_is_asked_for_a_code_again(client: Client, mira: Person) -> None:
    """A stolen password alone neither removes the second factor nor changes the e-mail address."""
    key, _codes = set_up_second_factor(client)
    logged_in_long_ago(client)
    assert "authenticator app" in client.get(reverse("account_reauthenticate")).content.decode()
    assert again(client) == 200
    assert again(client, code="000000") == 200
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert mira.authenticator_set.count() == 2
    assert again(client, code=app_shows(key, steps=1)) == 302
    client.post(reverse("mfa_deactivate_totp"))
    assert mira.authenticator_set.count() == 0
    assert AuditEntry.objects.filter(what="Entered a wrong code of their second factor.", person=mira).count() == 1


def test_a_recovery_code_will_do_and_is_used_up(client: Client, mira: Person) -> None:  # noqa: ARG001
    """With a wrong password it is not."""
    _key, codes = set_up_second_factor(client)
    logged_in_long_ago(client)
    assert again(client, password="not this one", code=codes[0]) == 200
    assert again(client, code=codes[0]) == 302
    assert again(client, code=codes[0]) == 200


def test_without_a_second_factor_the_password_is_enough(client: Client, mira: Person) -> None:  # noqa: ARG001
    """And no code is asked for."""
    logged_in_long_ago(client)
    assert "authenticator app" not in client.get(reverse("account_reauthenticate")).content.decode()
    assert again(client) == 302


def test_to_end_ones_own_sessions_one_logs_in_again(client: Client, mira: Person) -> None:  # noqa: ARG001
    """Whoever finds an open browser logs nobody out with it."""
    elsewhere = Client()
    log_in(elsewhere, "mira")
    logged_in_long_ago(client)
    asked = client.post(reverse("sessions-end"))
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert elsewhere.get(reverse("orders")).status_code == 200
    client.post(asked["Location"], {"password": PASSWORD, "next": reverse("sessions-end")})
    assert elsewhere.get(reverse("orders")).status_code == 302


def test_a_session_that_was_ended_meanwhile_does_not_come_back(client: Client, mira: Person) -> None:
    """An administrator ends it, or a double click renews its key twice: nobody could see or end it any more."""
    request = RequestFactory().post("/")
    request.session = client.session
    assert request.session.items()
    end_sessions(mira)
    renew_key(request)
    assert request.session.is_empty()
    assert not Session.objects.exists()


def test_another_way_to_log_in_ends_all_other_sessions(client: Client, mira: Person) -> None:  # noqa: ARG001
    """A second factor that is set up, or removed."""
    elsewhere = Client()
    log_in(elsewhere, "mira")
    assert elsewhere.get(reverse("orders")).status_code == 200
    _key, codes = set_up_second_factor(client)
    assert elsewhere.get(reverse("orders")).status_code == 302
    log_in(elsewhere, "mira")
    elsewhere.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert elsewhere.get(reverse("orders")).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert elsewhere.get(reverse("orders")).status_code == 302
    assert client.get(reverse("orders")).status_code == 200


def test_the_audit_log_says_what_the_login_asked_for(client: Client, mira: Person) -> None:
    """The password alone, a code of the app, or a recovery code."""
    key, codes = set_up_second_factor(client)
    for code in (app_shows(key, steps=1), codes[0]):
        browser = Client()
        log_in(browser, "mira")
        assert browser.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    said = AuditEntry.objects.filter(person=mira, what__startswith="Logged in").order_by("pk")
    assert [entry.what for entry in said] == [
        "Logged in.",
        "Logged in with a second factor.",
        "Logged in with a recovery code.",
    ]


def test_a_password_alone_changes_no_password_that_has_a_second_factor(client: Client, mira: Person) -> None:
    """An open browser and the password would else be a login: afterwards everything could be changed."""
    key, _codes = set_up_second_factor(client)
    logged_in_long_ago(client)
    new = {"old_password": PASSWORD, "new_password1": "a long new password 9", "new_password2": "a long new password 9"}
    asked = client.post(reverse("password"), new)
    assert asked["Location"] == reverse("password")
    asked = client.get(reverse("password"))
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    mira.refresh_from_db()
    assert mira.check_password(PASSWORD)
    assert client.post(asked["Location"], {"password": PASSWORD, "code": app_shows(key, steps=1)}).status_code == 302
    assert client.get(reverse("password")).status_code == 200
    assert client.post(reverse("password"), new)["Location"] == reverse("account")
    mira.refresh_from_db()
    assert mira.check_password("a long new password 9")


def test_a_changed_password_is_no_login(client: Client, mira: Person) -> None:
    """What needs a fresh login still does, where the password was one that had to be changed."""
    logged_in_long_ago(client)
    Person.objects.filter(pk=mira.pk).update(must_change_password=True)
    new = {"new_password1": "a long new password 9", "new_password2": "a long new password 9"}
    assert client.post(reverse("password"), new)["Location"] == reverse("home")
    assert client.post(reverse("sessions-end"))["Location"].startswith(reverse("account_reauthenticate"))
