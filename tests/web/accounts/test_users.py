"""People: invited, given roles, let go; their passwords, second factors and sessions in an administrator's hand."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from counterfoil.accounts import users
from counterfoil.accounts.models import AuditEntry, Invitation, Mail, Person, RequiredSecondFactor, Role
from counterfoil.accounts.users import change_role
from counterfoil.sales.errors import Refused
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.login_helpers import log_in, logged_in_long_ago, set_up_second_factor

pytestmark = pytest.mark.django_db
LINK = re.compile(r'value="(http://[^"]+/invitation/[^"]+)"')
NEW = {
    "username": "noor",
    "first_name": "Noor",
    "last_name": "Khan",
    "password1": "seven purple tin kettles",
    "password2": "seven purple tin kettles",
}


@pytest.fixture
def root() -> Person:
    """The administrator."""
    return a_person(Role.ADMINISTRATOR, "root")


@pytest.fixture
def boss(root: Person) -> Client:
    """Their browser."""
    return logged_in_as(root)


def act(browser: Client, person: Person, name: str, **more: str) -> Any:
    """Presses a button on the person's page."""
    return browser.post(reverse("person-change", args=[person.pk]), {"act": name, **more})


def opened(browser: Client, link: str) -> str:
    """Opens the link of an invitation; the address that it leads to."""
    return str(browser.get(link)["Location"])


def invited(browser: Client, role: str = Role.CLERK, email: str = "noor@example.com") -> str:
    """Invites someone; the link that is shown."""
    page = browser.post(reverse("person-invite"), {"email": email, "role": role}).content.decode()
    found = LINK.search(page)
    assert found, page
    return found[1].removeprefix("http://testserver")


def test_someone_is_invited_chooses_a_name_and_begins(boss: Client, root: Person, client: Client) -> None:
    """With the role that was chosen, logged in at once; both acts stand in the audit log."""
    link = opened(client, invited(boss, Role.CLERK))
    assert "as clerk" in client.get(link).content.decode()
    assert client.post(link, NEW)["Location"] == reverse("home")
    assert client.get(reverse("orders")).status_code == 200
    person = Person.objects.get(username="noor")
    assert (str(person), person.email, person.role) == ("Noor Khan", "noor@example.com", Role.CLERK)
    lines = [(entry.by, entry.what, entry.about) for entry in AuditEntry.objects.order_by("id")[1:]]
    assert lines == [
        ("root", "Invited someone as clerk.", "noor@example.com"),
        ("Noor Khan (noor)", "Accepted an invitation as clerk.", ""),
        ("Noor Khan (noor)", "Logged in.", ""),
    ]
    assert root.invitations.get().accepted_by == person


def test_a_link_works_once_and_is_kept_nowhere(boss: Client, client: Client) -> None:
    """Its digest is; a second use says that it is over."""
    link = invited(boss)
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in str(list(Invitation.objects.values()))
    assert token not in boss.get(reverse("people")).content.decode()
    client.post(opened(client, link), NEW)
    second = Client().post(link, NEW | {"username": "another"})
    assert second.status_code == 410
    assert not Person.objects.filter(username="another").exists()


@pytest.mark.parametrize("ended", ["expired", "withdrawn", "replaced", "made up"])
def test_a_link_that_is_over_says_so(ended: str, boss: Client, client: Client) -> None:
    """After seven days, when it was taken back, and when the address was invited anew."""
    link = invited(boss)
    waiting = Client()
    form = opened(waiting, link)
    if ended == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif ended == "withdrawn":
        boss.post(reverse("invitation-withdraw", args=[Invitation.objects.get().pk]))
    elif ended == "replaced":
        invited(boss)
    else:
        link, waiting = reverse("invitation", args=["x" * 43]), client
    assert waiting.post(form, NEW).status_code == 410
    assert client.get(link).status_code == 410
    assert client.post(link, NEW).status_code == 410
    assert not Person.objects.filter(username="noor").exists()


def test_an_invitation_lasts_seven_days_to_the_minute(boss: Client) -> None:
    invited(boss)
    left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(days=7) - timedelta(minutes=1) < left <= timedelta(days=7)


@pytest.mark.parametrize("email", ["", "no address", "ROOT@example.com"])
def test_whom_one_cannot_invite(email: str, boss: Client, root: Person) -> None:
    """What is no address, and whoever is here already; what was typed stays."""
    root.email = "root@example.com"
    root.save()
    answer = boss.post(reverse("person-invite"), {"email": email, "role": "clerk"})
    assert answer.status_code == 422
    assert f'value="{email}"' in answer.content.decode()
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"username": "ROOT"}, "This username is taken"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password2": "another one altogether"}, "match"),
        ({"username": "no spaces please"}, "valid username"),
    ],
)
def test_what_is_wrong_with_a_new_login_is_said(wrong: dict[str, str], why: str, boss: Client, client: Client) -> None:
    """And the link still works."""
    link = opened(client, invited(boss))
    answer = client.post(link, NEW | wrong)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert client.post(link, NEW).status_code == 302


def test_nobody_chooses_a_role_for_themselves(boss: Client, client: Client) -> None:
    """What the form does not ask is not taken."""
    client.post(
        opened(client, invited(boss, Role.VIEWER)),
        NEW | {"role": "administrator", "is_superuser": "1", "email": "x@y.z"},
    )
    person = Person.objects.get(username="noor")
    assert (person.role, person.is_superuser, person.email) == (Role.VIEWER, False, "noor@example.com")


def test_with_a_mail_server_the_link_is_mailed_and_shown_to_nobody(boss: Client, client: Client, settings: Any) -> None:
    """Not even to whoever invites."""
    settings.CAN_MAIL = True
    settings.ADDRESS = "https://orders.example.com"
    answer = boss.post(reverse("person-invite"), {"email": "noor@example.com", "role": "clerk"}, follow=True)
    assert "/invitation/" not in answer.content.decode()
    mail = Mail.objects.get()
    assert mail.to == "noor@example.com"
    link = re.search(r"https://orders\.example\.com(/invitation/\S+)", mail.text.reveal())
    assert link
    assert client.post(opened(client, link[1]), NEW)["Location"] == reverse("home")


def test_a_changed_role_takes_effect_at_once_in_the_session_that_is_open(boss: Client) -> None:
    mira = a_person(Role.VIEWER, "mira")
    browser = logged_in_as(mira)
    assert browser.get(reverse("order-new")).status_code == 403
    act(boss, mira, "role", role="clerk")
    assert browser.get(reverse("order-new")).status_code == 200
    entry = AuditEntry.objects.latest("id")
    assert (entry.what, entry.about) == ("Changed a role: Viewer → Clerk.", "mira")


def test_who_is_deactivated_is_out_at_once_and_can_come_back(boss: Client, client: Client) -> None:
    """What they did keeps their name."""
    mira = a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    act(boss, mira, "deactivate")
    assert client.get(reverse("orders")).status_code == 302
    assert log_in(Client(), "mira")["Location"] == reverse("account_inactive")
    assert "Deactivated" in boss.get(reverse("people")).content.decode()
    act(boss, mira, "reactivate")
    assert log_in(Client(), "mira")["Location"] == reverse("home")
    assert AuditEntry.objects.filter(person=mira).exists()


@pytest.mark.parametrize(("name", "more"), [("role", {"role": "clerk"}), ("deactivate", {}), ("password", {})])
def test_nobody_does_it_to_themselves(name: str, more: dict[str, str], boss: Client, root: Person) -> None:
    """A second administrator is there: it is not about the last one."""
    a_person(Role.ADMINISTRATOR, "second")
    answer = act(boss, root, name, **more)
    assert answer.status_code == 422
    root.refresh_from_db()
    assert (root.role, root.is_active) == (Role.ADMINISTRATOR, True)
    assert root.check_password(PASSWORD)


def test_the_last_administrator_stays_one() -> None:
    """Also from the command line, where nobody is logged in; deactivated ones do not count."""
    root, other = a_person(Role.ADMINISTRATOR, "root"), a_person(Role.ADMINISTRATOR, "other")
    other.is_active = False
    other.save()
    with pytest.raises(Refused, match="last administrator"):
        change_role(root, Role.CLERK, by=None)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_demote_each_other_leave_one_at_the_same_moment() -> None:
    one, two = a_person(Role.ADMINISTRATOR, "one"), a_person(Role.ADMINISTRATOR, "two")

    def demote(pair: tuple[Person, Person]) -> bool:
        try:
            change_role(pair[0], Role.CLERK, by=pair[1])
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(demote, [(one, two), (two, one)]))
    assert sorted(done) == [False, True]
    assert Person.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_a_one_time_password_is_shown_once_and_ends_the_sessions(boss: Client, client: Client) -> None:
    """With it one comes as far as the choice of one's own."""
    mira = a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    page = act(boss, mira, "password").content.decode()
    found = re.search(r"<code class=\"mono\">([0-9a-f-]+)</code>", page)
    assert found
    assert client.get(reverse("orders")).status_code == 302
    assert found[1] not in boss.get(reverse("person", args=[mira.pk])).content.decode()
    assert found[1] not in str(list(AuditEntry.objects.values()))
    log_in(client, "mira", found[1])
    assert client.get(reverse("orders"))["Location"] == reverse("password")


def test_an_administrator_ends_someones_sessions(boss: Client, client: Client) -> None:
    """All of them."""
    mira = a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    assert "127.0.0.1" in boss.get(reverse("person", args=[mira.pk])).content.decode()
    act(boss, mira, "sessions")
    assert client.get(reverse("orders")).status_code == 302


def test_a_lost_second_factor_is_removed(boss: Client, client: Client) -> None:
    """Then the password alone logs in; removing what is not there is refused."""
    mira = a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    set_up_second_factor(client)
    client.post(reverse("logout"))
    act(boss, mira, "second-factor")
    assert log_in(client, "mira")["Location"] == reverse("home")
    assert act(boss, mira, "second-factor").status_code == 422
    assert AuditEntry.objects.filter(what="Removed someone’s second factor.", about="mira").count() == 1


def test_a_second_factor_is_required_of_roles(boss: Client) -> None:
    """And no longer when the tick goes; saving the same again adds nothing to the audit log."""
    for roles in (["manager", "clerk"], ["clerk", "manager"], ["nonsense"]):
        boss.post(reverse("people-rules"), {"role": roles})
        assert set(RequiredSecondFactor.objects.values_list("role", flat=True)) == set(roles) - {"nonsense"}
    lines = list(AuditEntry.objects.order_by("id").values_list("what", flat=True)[1:])
    assert lines == ["Required a second factor for: clerk, manager.", "Required a second factor for: no role."]


def test_changing_people_asks_for_the_password_and_goes_on_then(boss: Client, root: Person) -> None:
    """The role that was chosen is kept meanwhile."""
    mira = a_person(Role.VIEWER, "mira")
    logged_in_long_ago(boss)
    answer = act(boss, mira, "role", role="clerk")
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    mira.refresh_from_db()
    assert mira.role == Role.VIEWER
    path = reverse("person-change", args=[mira.pk])
    done = boss.post(answer["Location"], {"password": PASSWORD, "next": path})
    assert done["Location"] == reverse("person", args=[mira.pk])
    mira.refresh_from_db()
    assert mira.role == Role.CLERK
    assert AuditEntry.objects.get(about="mira").person == root


def test_the_pages_take_no_more_statements_for_many_people(boss: Client) -> None:
    """At most fifteen, whatever the number."""
    people = [a_person(Role.CLERK, f"clerk{number}") for number in range(40)]
    for number in range(40):
        Invitation.objects.create(
            email=f"new{number}@example.com",
            role="clerk",
            token_digest=f"{number}",
            expires_at=timezone.now() + timedelta(days=1),
            invited_by=people[number],
        )
        log_in(Client(), "clerk0", REMOTE_ADDR=f"192.0.2.{number}")
        AuditEntry.objects.create(person=people[0], by="clerk0", what="Logged in.")
    with_many: dict[str, list[int]] = {"people": [], "account": [], "audit": [], "person": [people[0].pk]}
    for name, arguments in with_many.items():
        with CaptureQueriesContext(connection) as captured:
            assert boss.get(reverse(name, args=arguments)).status_code == 200
        assert len(captured) <= 15, (name, len(captured))


def test_the_open_invitations_of_who_is_deactivated_end() -> None:
    """They may have kept the link of one; nobody else's end."""
    leaves, stays = a_person(Role.ADMINISTRATOR, "ada"), a_person(Role.ADMINISTRATOR, "mira")
    for email, by in (("one@example.com", leaves), ("two@example.com", stays)):
        users.invite(email, Role.ADMINISTRATOR, by=by)
    users.deactivate(leaves, by=stays)
    assert [each.email for each in users.open_invitations()] == ["two@example.com"]
