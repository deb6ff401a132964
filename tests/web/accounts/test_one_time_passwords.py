"""One-time passwords: once, within a day."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.accounts.models import AuditEntry, Person, Role
from counterfoil.accounts.users import one_time_password
from tests.web.factories.orders import a_person
from tests.web.login_helpers import log_in

pytestmark = pytest.mark.django_db
OWN = {"new_password1": "seven purple tin kettles", "new_password2": "seven purple tin kettles"}


@pytest.fixture
def password() -> str:
    """Of a clerk, made by an administrator."""
    return one_time_password(a_person(Role.CLERK, "mira"))


def test_it_logs_in_once_also_when_no_password_was_chosen(client: Client, password: str) -> None:
    """Who has read it on the way comes too late, or is noticed; the session that it opened goes on."""
    assert log_in(client, "mira", password).status_code == 302
    assert client.get(reverse("orders"))["Location"] == reverse("password")
    assert "Wrong username or password" in log_in(Client(), "mira", password).content.decode()
    assert client.post(reverse("password"), OWN)["Location"] == reverse("home")
    assert log_in(Client(), "mira", OWN["new_password1"])["Location"] == reverse("home")
    assert Person.objects.get(username="mira").one_time_password_until is None


def test_it_ends_after_a_day_and_says_so_to_who_has_it(client: Client, password: str) -> None:
    """Whoever guesses learns nothing."""
    Person.objects.update(one_time_password_until=timezone.now() - timedelta(seconds=1))
    assert "Wrong username or password" in log_in(client, "mira", "wrong").content.decode()
    page = log_in(client, "mira", password).content.decode()
    assert "This one-time password has expired" in page
    assert "counterfoil password mira" in page
    assert client.get(reverse("orders")).status_code == 302
    assert AuditEntry.objects.filter(what="Tried to log in with an expired one-time password.").count() == 1


def test_it_lives_for_a_day_from_when_it_was_made(password: str) -> None:
    assert password
    left = Person.objects.get().one_time_password_until - timezone.now()  # type: ignore[operator]  # just made
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
