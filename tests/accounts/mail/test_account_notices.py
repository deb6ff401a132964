"""Whoever's login is changed is told by mail, whoever changed it."""

from typing import Any

import pytest
from django.test import Client, TestCase
from django.urls import reverse

from counterfoil.accounts.models import Mail, Person, Role
from tests.platform.commands import run
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.login_helpers import log_in, set_up_second_factor

pytestmark = pytest.mark.django_db
OWN = "seven purple tin kettles"


@pytest.fixture(autouse=True)
def _mails(settings: Any) -> None:
    settings.CAN_MAIL = True


@pytest.fixture
def mira(client: Client) -> Person:
    """A manager with an address, logged in."""
    person = a_person(Role.MANAGER, "mira")
    person.email = "mira@example.com"
    person.save()
    log_in(client, "mira")
    return person


def told() -> list[tuple[str, str]]:
    """To whom, and the first line."""
    return [(mail.to, mail.text.reveal().splitlines()[0]) for mail in Mail.objects.order_by("pk")]


def test_a_person_is_told_what_they_changed(client: Client, mira: Person) -> None:  # noqa: ARG001
    """Also when it was someone who sat at their desk."""
    set_up_second_factor(client)
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))
    client.post(reverse("password"), {"old_password": PASSWORD, "new_password1": OWN, "new_password2": OWN})
    assert told() == [
        ("mira@example.com", "A second factor was set up for your login."),
        ("mira@example.com", "New recovery codes were created for your login. The old ones no longer work."),
        ("mira@example.com", "The second factor of your login was removed."),
        ("mira@example.com", "Your password was changed."),
    ]


def test_a_person_is_told_what_an_administrator_changed(client: Client, mira: Person) -> None:
    """The role, a one-time password, the second factor."""
    set_up_second_factor(client)
    Mail.objects.all().delete()
    boss = logged_in_as(a_person(Role.ADMINISTRATOR, "root"))
    for sent in ({"act": "role", "role": "clerk"}, {"act": "password"}, {"act": "second-factor"}):
        boss.post(reverse("person-change", args=[mira.pk]), sent)
    assert [to for to, _ in told()] == ["mira@example.com"] * 3
    assert [line for _, line in told()] == [
        "Your role was changed: Manager → Clerk.",
        "root created a one-time password for you. Your old password no longer works.",
        "root removed your second factor.",
    ]


def test_a_person_is_told_what_was_changed_on_the_server_by_a_command(client: Client, mira: Person) -> None:
    set_up_second_factor(client)
    Mail.objects.all().delete()
    for words in ("people remove-second-factor mira", "people role mira clerk", "password mira"):
        assert run(*words.split()).code == 0
    assert [(to, line.partition(".")[0]) for to, line in told()] == [
        (mira.email, "Your second factor was removed on the server"),
        (mira.email, "Your role was changed: Manager → Clerk"),
        (mira.email, "A one-time password was created for you on the server"),
    ]


def test_no_mail_says_a_secret(client: Client, mira: Person) -> None:
    """The one-time password is for the administrator to pass on."""
    boss = logged_in_as(a_person(Role.ADMINISTRATOR, "root"))
    page = boss.post(reverse("person-change", args=[mira.pk]), {"act": "password"})
    assert page.context["password"] not in Mail.objects.get().text.reveal()
    assert client.get(reverse("orders")).status_code == 302


@pytest.mark.parametrize("lacking", ["server", "address"])
def test_without_a_mail_server_or_an_address_it_goes_on(
    lacking: str, client: Client, mira: Person, settings: Any
) -> None:
    """The change is made all the same."""
    settings.CAN_MAIL = lacking != "server"
    Person.objects.filter(pk=mira.pk).update(email="" if lacking == "address" else mira.email)
    answer = client.post(reverse("password"), {"old_password": PASSWORD, "new_password1": OWN, "new_password2": OWN})
    assert answer.status_code == 302
    assert told() == []
