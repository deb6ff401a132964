"""People from the command line: where nobody can log in, or nobody wants to click."""

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import AuditEntry, Invitation, Person, Role
from tests.platform.commands import run
from tests.web.factories.orders import a_person
from tests.web.login_helpers import log_in, set_up_second_factor

pytestmark = pytest.mark.django_db


def test_everyone_is_listed() -> None:
    """With role, and whether they have a second factor."""
    a_person(Role.CLERK, "mira")
    log_in(client := Client(), "mira")
    set_up_second_factor(client)
    (row,) = run("people", "list", "--json").json
    assert (row["username"], row["role"], row["active"], row["second_factor"]) == ("mira", "clerk", True, True)
    assert "mira" in run("people", "list").said


def test_someone_is_invited_with_a_link_that_works() -> None:
    """The link is printed, and kept nowhere."""
    made = run("people", "invite", "noor@example.com", "--role", "manager", "--json").json
    client = Client()
    assert client.get(client.get(made["link"]).url).status_code == 200
    assert Invitation.objects.get().role == Role.MANAGER
    assert run("people", "invite", "no address").code == 1


def test_a_role_is_changed_and_the_last_administrator_stays() -> None:
    """The audit log says that it was done on the command line."""
    a_person(Role.ADMINISTRATOR, "root")
    a_person(Role.CLERK, "mira")
    refused = run("people", "role", "root", "clerk")
    assert (refused.code, "last administrator" in refused.complained) == (1, True)
    assert run("people", "role", "Mira", "administrator").code == 0
    assert run("people", "role", "root", "clerk").code == 0
    assert Person.objects.get(role=Role.ADMINISTRATOR).username == "mira"
    entry = AuditEntry.objects.latest("id")
    assert (entry.what, entry.about) == ("Changed a role: Administrator → Clerk.", "root")
    assert entry.by.endswith("(command line)")


def test_someone_is_deactivated_and_comes_back() -> None:
    """Logged out at once."""
    a_person(Role.ADMINISTRATOR, "root")
    a_person(Role.CLERK, "mira")
    log_in(client := Client(), "mira")
    run("people", "deactivate", "mira")
    assert client.get(reverse("orders")).status_code == 302
    run("people", "reactivate", "mira")
    assert log_in(client, "mira")["Location"] == reverse("home")


def test_the_only_administrator_gets_in_again_without_the_phone() -> None:
    """And without waiting for the end of a lockout."""
    a_person(Role.ADMINISTRATOR, "root")
    log_in(client := Client(), "root")
    set_up_second_factor(client)
    client.post(reverse("logout"))
    for _ in range(5):
        log_in(client, "root", "wrong")
    assert "can try again" in run("people", "let-in", "root").said
    assert not AccessAttempt.objects.exists()
    assert run("people", "remove-second-factor", "root").code == 0
    assert log_in(client, "root")["Location"] == reverse("home")
    assert run("people", "remove-second-factor", "root").code == 2


@pytest.mark.parametrize("words", [("role", "nobody", "clerk"), ("deactivate", "nobody"), ("reactivate", "nobody")])
def test_a_name_that_nobody_has_is_wrong_usage(words: tuple[str, ...]) -> None:
    """It says so, and ends with 2."""
    ended = run("people", *words)
    assert (ended.code, "There’s no user nobody" in ended.complained) == (2, True)
