"""Logging in: who gets in, who waits, and what is said to whom."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.accounts.models import AuditEntry, Mail, Person, RequiredSecondFactor, Role
from counterfoil.accounts.users import deactivate, lockouts, one_time_password, reactivate
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.login_helpers import app_shows, log_in, set_up_second_factor

pytestmark = pytest.mark.django_db
HOME = "/"


def said() -> list[str]:
    """The audit log, the oldest line first."""
    return list(AuditEntry.objects.order_by("id").values_list("what", flat=True))


@pytest.mark.parametrize("name", ["mira", "MIRA", " mira ", "mira@example.com", "Mira@Example.com"])
def test_one_logs_in_by_username_or_email_however_it_is_capitalised(name: str, client: Client) -> None:
    person = a_person(Role.CLERK, "mira")
    person.email = "mira@example.com"
    person.save()
    assert log_in(client, name)["Location"] == HOME
    assert client.get(reverse("orders")).status_code == 200


def test_one_comes_to_the_page_that_one_asked_for_and_never_to_another_site(client: Client) -> None:
    a_person(Role.CLERK, "mira")
    asked = client.get(reverse("updates"))["Location"]
    wanted = parse_qs(urlsplit(asked).query)["next"][0]
    sent = {"login": "mira", "password": PASSWORD}
    assert client.post(asked, sent | {"next": wanted})["Location"] == reverse("updates")
    client.logout()
    assert client.post(reverse("account_login"), sent | {"next": "https://evil.example/"})["Location"] == HOME


def test_the_session_gets_a_new_key_at_the_login(client: Client) -> None:
    """A key that someone planted before is worth nothing afterwards."""
    a_person(Role.CLERK, "mira")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before or ""
    log_in(client, "mira")
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_wrong_password_and_an_unknown_name_read_the_same(client: Client) -> None:
    """Nobody learns here who exists."""
    a_person(Role.CLERK, "mira")
    known = log_in(client, "mira", "wrong").content.decode()
    unknown = log_in(client, "nobody", "wrong").content.decode()
    assert "Wrong username or password." in known
    assert known.count("Wrong username or password") == unknown.count("Wrong username or password")
    assert [each.split(" ", 1)[0] for each in said()] == ["Tried", "Tried"]


@pytest.mark.parametrize("name", ["mira", "nobody"])
def test_after_five_wrong_passwords_one_waits_and_is_told_how_long(name: str, client: Client) -> None:
    """A calm page, the same for a name that nobody has; the right password does not help meanwhile."""
    a_person(Role.CLERK, "mira")
    for _ in range(4):
        assert log_in(client, name, "wrong").status_code == 200
    fifth = log_in(client, name, "wrong")
    assert fifth.status_code == 429
    assert "15 minutes" in fifth.content.decode()
    assert log_in(client, name).status_code == 429
    assert "sessionid" not in client.cookies or not client.session.get("_auth_user_id")
    assert said().count("Was locked out for 15 minutes after too many wrong passwords.") == 1
    assert [each.name for each in lockouts()] == [name]


def test_who_waits_is_one_name_from_one_address(client: Client) -> None:
    """Colleagues in the same office, and the same person elsewhere, go on."""
    a_person(Role.CLERK, "mira")
    a_person(Role.CLERK, "noor")
    for _ in range(5):
        log_in(client, "mira", "wrong")
    assert log_in(Client(), "noor")["Location"] == HOME
    assert log_in(Client(), "mira", REMOTE_ADDR="192.0.2.7")["Location"] == HOME


def test_after_a_quarter_of_an_hour_one_may_try_again(client: Client) -> None:
    """Without asking anybody; trying meanwhile has not made it longer."""
    a_person(Role.CLERK, "mira")
    for _ in range(7):
        log_in(client, "mira", "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert log_in(client, "mira")["Location"] == HOME


def test_a_right_password_forgets_the_wrong_ones(client: Client) -> None:
    """Four today and one tomorrow lock nobody out."""
    a_person(Role.CLERK, "mira")
    for _ in range(4):
        log_in(client, "mira", "wrong")
    log_in(client, "mira")
    client.logout()
    for _ in range(4):
        assert log_in(client, "mira", "wrong").status_code == 200


def test_an_administrator_lets_someone_try_again_at_once_from_the_page_of_people(client: Client) -> None:
    a_person(Role.CLERK, "mira")
    for _ in range(5):
        log_in(client, "mira", "wrong")
    administrator = Client()
    a_person(Role.ADMINISTRATOR, "root")
    log_in(administrator, "root")
    assert "mira" in administrator.get(reverse("people")).content.decode()
    administrator.post(reverse("people-let-in"), {"name": "mira", "address": "127.0.0.1"})
    assert log_in(client, "mira")["Location"] == HOME


@pytest.mark.parametrize(("https", "counted"), [(False, "127.0.0.1"), (True, "198.51.100.4")])
def test_what_a_proxy_says_counts_only_where_there_is_one(
    https: bool, counted: str, client: Client, settings: Any
) -> None:
    """Else anyone could try from a new address each time; what stands before the proxy's own word is made up."""
    settings.HTTPS = https
    log_in(client, "mira", "wrong", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.4")
    assert AccessAttempt.objects.get().ip_address == counted
    assert AuditEntry.objects.get().address == counted


def test_no_password_is_kept_of_a_failed_login(client: Client) -> None:
    """Not where tries are counted, and not in the audit log."""
    log_in(client, "mira", "hunter2 hunter2")
    for row in [*AccessAttempt.objects.values(), *AuditEntry.objects.values()]:
        assert "hunter2" not in str(row)


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "x" * 5000, "<script>alert(1)</script>", "' OR 1=1 --", "мира"])
def test_nonsense_at_the_login_is_refused_in_words(name: str, client: Client) -> None:
    """No error, and nothing of it on the page as markup."""
    answer = log_in(client, name, "wrong")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_who_was_deactivated_is_told_so_after_the_right_password_only(client: Client) -> None:
    """Whoever guesses learns nothing."""
    person = a_person(Role.CLERK, "mira")
    person.is_active = False
    person.save()
    assert "Wrong username or password" in log_in(client, "mira", "wrong").content.decode()
    assert log_in(client, "mira")["Location"] == reverse("account_inactive")
    assert client.get(reverse("orders")).status_code == 302


def test_many_failures_from_one_address_are_written_down_a_few_times(client: Client) -> None:
    """Whoever tries all names does not fill the audit log."""
    for number in range(28):
        log_in(client, f"name{number}", "wrong")
    assert AuditEntry.objects.count() == 20


def test_thirty_logins_a_minute_from_one_address_are_enough(client: Client) -> None:
    """Then comes a page that says so."""
    answers = [log_in(client, f"name{number}", "wrong") for number in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {200}
    assert answers[30].status_code == 429
    assert "Too many requests" in answers[30].content.decode()


def test_login_and_logout_stand_in_the_audit_log_with_who_and_from_where(client: Client) -> None:
    a_person(Role.CLERK, "mira")
    log_in(client, "mira", REMOTE_ADDR="192.0.2.1")
    client.post(reverse("logout"))
    lines = AuditEntry.objects.order_by("id").values_list("by", "what", "address")
    assert list(lines) == [("mira", "Logged in.", "192.0.2.1"), ("mira", "Logged out.", "127.0.0.1")]


def test_with_a_second_factor_the_password_alone_opens_nothing(client: Client) -> None:
    """The code of the app does, once; a wrong one does not."""
    a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    key, _ = set_up_second_factor(client)
    client.post(reverse("logout"))
    assert log_in(client, "mira")["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("orders")).status_code == 302
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "This code isn’t right" in wrong.content.decode()
    code = app_shows(key, steps=1)  # the one before set it up
    assert client.post(reverse("mfa_authenticate"), {"code": code})["Location"] == HOME
    assert client.get(reverse("orders")).status_code == 200
    other = Client()
    log_in(other, "mira")
    assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert other.get(reverse("orders")).status_code == 302


def test_a_login_that_waits_for_its_code_can_be_given_up(client: Client) -> None:
    """Someone else may log in at the same machine."""
    a_person(Role.CLERK, "mira")
    a_person(Role.CLERK, "noor")
    log_in(client, "mira")
    set_up_second_factor(client)
    client.post(reverse("logout"))
    log_in(client, "mira")
    assert "Start over as someone else" in client.get(reverse("mfa_authenticate")).content.decode()
    assert client.post(reverse("logout"))["Location"] == reverse("account_login")
    assert log_in(client, "noor")["Location"] == HOME


def test_a_recovery_code_logs_in_once(client: Client) -> None:
    """For when the phone is gone."""
    a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    _, codes = set_up_second_factor(client)
    assert len(codes) == 10
    for expected in (302, 200):
        client.post(reverse("logout"))
        log_in(client, "mira")
        assert client.post(reverse("mfa_authenticate"), {"code": codes[3]}).status_code == expected


def test_codes_cannot_be_tried_one_after_the_other(client: Client) -> None:
    """Five wrong ones, then even the right one waits."""
    a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    key, _ = set_up_second_factor(client)
    client.post(reverse("logout"))
    log_in(client, "mira")
    for number in range(5):
        client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
    answer = client.post(reverse("mfa_authenticate"), {"code": app_shows(key)})
    assert "Too many attempts" in answer.content.decode()
    assert client.get(reverse("orders")).status_code == 302


def test_a_role_that_needs_a_second_factor_sets_one_up_before_anything_else(client: Client) -> None:
    """Wherever they go; others go on as before. It takes effect at once, also for who is logged in."""
    a_person(Role.MANAGER, "mira")
    a_person(Role.CLERK, "noor")
    log_in(client, "mira")
    RequiredSecondFactor.objects.create(role=Role.MANAGER)
    assert client.get(reverse("orders"))["Location"] == reverse("mfa_activate_totp")
    assert client.post(reverse("retry"), {"all": "1"})["Location"] == reverse("mfa_activate_totp")
    set_up_second_factor(client)
    assert client.get(reverse("orders")).status_code == 200
    clerk = Client()
    log_in(clerk, "noor")
    assert clerk.get(reverse("orders")).status_code == 200


def test_the_keys_of_second_factors_and_sessions_are_encrypted(client: Client) -> None:
    """Whoever reads the database cannot log in with what is there."""
    a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    key, _ = set_up_second_factor(client)
    assert key not in str(list(Authenticator.objects.values()))
    stored = Session.objects.get(session_key=client.session.session_key).session_data
    assert stored.startswith("gAAAA")


def test_a_session_that_another_key_encrypted_is_over(client: Client, settings: Any) -> None:
    """One logs in again, and sees no error."""
    a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    settings.COUNTERFOIL_FERNET_KEYS = [Fernet.generate_key().decode()]
    assert client.get(reverse("orders")).status_code == 302
    assert Person.objects.count() == 1


def reset_link(client: Client, email: str) -> str:
    """Asks for a mail; the link in it."""
    answer = client.post(reverse("account_reset_password"), {"email": email})
    assert answer["Location"] == reverse("account_reset_password_done")
    found = re.search(r"http://testserver(/password/lost/\S+)", Mail.objects.latest("id").text.reveal())
    assert found
    return found[1]


def test_a_lost_password_is_chosen_anew_with_a_mailed_link(client: Client, settings: Any) -> None:
    """Once; who was logged in with the old one is not any more."""
    settings.CAN_MAIL = True
    mira = a_person(Role.CLERK, "mira")
    mira.email = "mira@example.com"
    mira.save()
    old = Client()
    log_in(old, "mira")
    link = reset_link(client, "Mira@example.com")
    form = client.get(link)["Location"]
    new = {"password1": "seven purple tin kettles", "password2": "seven purple tin kettles"}
    assert "too short" in client.post(form, {"password1": "short", "password2": "short"}).content.decode()
    assert client.post(form, new)["Location"] == reverse("account_reset_password_from_key_done")
    assert old.get(reverse("orders")).status_code == 302
    assert "This link has expired" in Client().get(link).content.decode()
    assert log_in(client, "mira", new["password1"])["Location"] == HOME
    assert AuditEntry.objects.filter(what="Chose a new password with a link that was mailed.", person=mira).exists()


def test_a_mailed_link_does_not_pass_the_second_factor(client: Client, settings: Any) -> None:
    """Whoever reads someone's mail still needs their phone."""
    settings.CAN_MAIL = True
    mira = a_person(Role.CLERK, "mira")
    mira.email = "mira@example.com"
    mira.save()
    log_in(client, "mira")
    set_up_second_factor(client)
    client.post(reverse("logout"))
    new = {"password1": "seven purple tin kettles", "password2": "seven purple tin kettles"}
    client.post(client.get(reset_link(client, "mira@example.com"))["Location"], new)
    assert log_in(client, "mira", new["password1"])["Location"] == reverse("mfa_authenticate")


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client, settings: Any) -> None:
    """Nobody learns here who exists, and strangers get no mail."""
    settings.CAN_MAIL = True
    answer = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert answer["Location"] == reverse("account_reset_password_done")
    assert not Mail.objects.exists()


def test_without_a_mail_server_the_page_says_whom_to_ask(client: Client) -> None:
    """And sends nothing, whatever is posted there."""
    for answer in (client.get(reverse("account_reset_password")), client.post(reverse("account_reset_password"))):
        assert "Ask an administrator" in answer.content.decode()
    assert not Mail.objects.exists()


def _between_password_and_code(client: Client) -> tuple[Person, list[str]]:
    """Someone with a second factor whose password was entered, and whose code was not; with the recovery codes."""
    who = a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    _, codes = set_up_second_factor(client)
    client.post(reverse("logout"))
    assert log_in(client, "mira")["Location"] == reverse("mfa_authenticate")
    return who, codes


def test_a_login_that_waits_for_a_code_ends_with_its_password(client: Client) -> None:
    """Whoever has the old password and a code is not let in with them once the password was changed."""
    who, codes = _between_password_and_code(client)
    who.refresh_from_db()
    who.set_password("seven purple tin kettles")
    who.save()
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]})["Location"] == reverse("account_login")
    assert "changed while you logged in" in client.get(reverse("account_login")).content.decode()
    assert client.get(reverse("orders")).status_code == 302
    log_in(client, "mira", "seven purple tin kettles")
    assert client.post(reverse("mfa_authenticate"), {"code": codes[1]})["Location"] == HOME


def test_a_login_that_waits_for_a_code_takes_no_one_time_password_over(client: Client) -> None:
    """Else it could choose the new password."""
    who, codes = _between_password_and_code(client)
    one_time_password(who)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    new = {"new_password1": "seven purple tin kettles", "new_password2": "seven purple tin kettles"}
    client.post(reverse("password"), new)
    who.refresh_from_db()
    assert not who.check_password("seven purple tin kettles")


def test_a_login_that_waits_for_a_code_ends_when_the_person_is_deactivated(client: Client) -> None:
    """And is not there again when they are let in again."""
    who, codes = _between_password_and_code(client)
    deactivate(who, by=None)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    reactivate(who)
    assert client.get(reverse("orders")).status_code == 302


@pytest.mark.parametrize("path", ["/", "/login/", "/metrics"])
def test_a_cookie_that_no_session_can_have_is_none(path: str) -> None:
    """Python reads an escape in it as NUL, which no database takes."""
    client = Client(raise_request_exception=False, HTTP_COOKIE='sessionid="\\000aaaaaaaaaaaaaaaaaaa"')
    assert client.get(path).status_code != 500
