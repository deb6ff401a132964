"""Guessing: what is counted together, who waits, and whom nobody can lock out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from counterfoil.accounts import password_checks
from counterfoil.accounts.lockout import MOST_FROM_AN_ADDRESS
from counterfoil.accounts.models import AuditEntry, Mail, Person, Role
from counterfoil.accounts.signals import AT_MOST, LOCKED_OUT
from counterfoil.accounts.users import invite, lift_lockout, lockouts
from tests.web.accounts.test_login import reset_link
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.login_helpers import app_shows, log_in, logged_in_long_ago, set_up_second_factor

pytestmark = pytest.mark.django_db
HOME = "/"


class CountedHasher(MD5PasswordHasher):
    """Quick, and counts how often a password is looked at."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        CountedHasher.hashed += 1
        return super().encode(password, salt)


@pytest.fixture
def counted_hashes(settings: Any) -> type[CountedHasher]:
    """The hasher of all passwords."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    return CountedHasher


def mira() -> Person:
    """A clerk with an e-mail address."""
    person = a_person(Role.CLERK, "mira")
    person.email = "mira@example.com"
    person.save()
    return person


def guess_elsewhere(times: int, name: str = "mira") -> None:
    """Wrong passwords from as many addresses."""
    for number in range(times):
        log_in(Client(), name, "wrong", REMOTE_ADDR=f"198.51.100.{number}")


def times_pass(by: timedelta) -> None:
    """So long nobody tries anything."""
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=attempt.attempt_time - by)


def said(person: Person) -> list[str]:
    """The person's lines of the audit log, the oldest first."""
    return list(AuditEntry.objects.filter(person=person).order_by("id").values_list("what", flat=True))


def test_an_ipv6_address_is_counted_with_its_whole_network() -> None:
    """Whoever has a /64 has 2^64 addresses; the neighbors go on."""
    mira()
    for number in range(5):
        last = log_in(Client(), "mira", "wrong", REMOTE_ADDR=f"2001:db8:0:1::{number + 1:x}")
    assert last.status_code == 429
    assert log_in(Client(), "mira", REMOTE_ADDR="2001:db8:0:1:ffff::99").status_code == 429
    assert log_in(Client(), "mira", REMOTE_ADDR="2001:db8:0:2::1")["Location"] == HOME


def test_an_ipv4_address_written_as_ipv6_is_the_same_address() -> None:
    """A server that listens on both sees them so."""
    mira()
    for _ in range(5):
        log_in(Client(), "mira", "wrong", REMOTE_ADDR="::ffff:192.0.2.7")
    assert log_in(Client(), "mira", REMOTE_ADDR="192.0.2.7").status_code == 429
    assert log_in(Client(), "mira", REMOTE_ADDR="::ffff:192.0.2.8")["Location"] == HOME


def test_tries_are_counted_by_person_whatever_is_typed() -> None:
    """Username or e-mail address, in any capitals."""
    mira()
    for typed in ("mira", "MIRA", "mira@example.com", "Mira@Example.COM", " mira"):
        last = log_in(Client(), typed, "wrong")
    assert last.status_code == 429
    assert log_in(Client(), "mira@example.com").status_code == 429


def test_who_guesses_a_name_from_many_addresses_waits() -> None:
    """Twenty tries in all, for a name that nobody has as well."""
    mira()
    for name in ("mira", "nobody"):
        guess_elsewhere(20, name)
        assert log_in(Client(), name, REMOTE_ADDR="203.0.113.1").status_code == 429
    assert {(each.name, each.address) for each in lockouts()} == {("mira", ""), ("nobody", "")}
    assert lift_lockout("Mira@example.com")
    assert log_in(Client(), "mira", REMOTE_ADDR="203.0.113.1")["Location"] == HOME


def test_who_guesses_many_names_from_one_address_waits() -> None:
    """Fifty tries; elsewhere everyone goes on."""
    mira()
    for number in range(50):
        if number % 25 == 0:
            cache.clear()  # a minute later
        log_in(Client(), f"name{number}", "wrong")
    cache.clear()
    assert log_in(Client(), "mira").status_code == 429
    assert log_in(Client(), "mira", REMOTE_ADDR="203.0.113.1")["Location"] == HOME
    assert ("", "127.0.0.1") in {(each.name, each.address) for each in lockouts()}
    assert lift_lockout("", "127.0.0.1")
    assert log_in(Client(), "mira")["Location"] == HOME


def test_nobody_locks_a_person_out_of_a_browser_that_they_have_used() -> None:
    """However much is guessed elsewhere, and at the same address."""
    mira()
    own = Client()
    log_in(own, "mira")
    own.post(reverse("logout"))
    guess_elsewhere(20)
    for _ in range(5):
        log_in(Client(), "mira", "wrong")
    assert log_in(Client(), "mira").status_code == 429
    assert log_in(own, "mira")["Location"] == HOME


def test_a_known_browser_waits_a_minute_and_then_longer() -> None:
    """A stolen one does not help to guess."""
    mira()
    own = Client()
    log_in(own, "mira")
    own.post(reverse("logout"))
    for _ in range(5):
        last = log_in(own, "mira", "wrong")
    assert last.status_code == 429
    assert "1 minute<" in last.content.decode()
    times_pass(timedelta(seconds=61))
    assert "2 minutes" in log_in(own, "mira", "wrong").content.decode()
    times_pass(timedelta(seconds=61))
    assert log_in(own, "mira").status_code == 429
    times_pass(timedelta(seconds=61))
    assert log_in(own, "mira")["Location"] == HOME


def test_a_browser_is_known_for_its_own_people_only() -> None:
    """Neither a colleague's cookie nor one that somebody made up counts as known."""
    mira()
    a_person(Role.CLERK, "noor")
    noors, made_up = Client(), Client()
    log_in(noors, "noor")
    noors.post(reverse("logout"))
    made_up.cookies["device"] = f"{noors.cookies['device'].value}x"
    guess_elsewhere(20)
    assert log_in(noors, "mira").status_code == 429
    assert log_in(made_up, "mira").status_code == 429


def test_the_cookie_of_a_known_browser_is_new_at_each_login_and_serves_several_people() -> None:
    """No script reads it."""
    mira()
    a_person(Role.CLERK, "noor")
    shared = Client()
    log_in(shared, "mira")
    first = shared.cookies["device"].value
    assert shared.cookies["device"]["httponly"]
    shared.post(reverse("logout"))
    log_in(shared, "noor")
    assert shared.cookies["device"].value != first
    shared.post(reverse("logout"))
    guess_elsewhere(20)
    assert log_in(shared, "mira")["Location"] == HOME


def test_a_mailed_link_lets_in_who_is_locked_out_elsewhere(settings: Any) -> None:
    """Whoever reads their mail need not wait for those who guess."""
    settings.CAN_MAIL = True
    mira()
    guess_elsewhere(20)
    new = Client()
    own = "seven purple tin kettles"
    new.post(new.get(reset_link(new, "mira@example.com"))["Location"], {"password1": own, "password2": own})
    assert log_in(new, "mira", own)["Location"] == HOME


@pytest.mark.parametrize("page", ["password", "account_reauthenticate"])
def test_every_place_that_takes_the_password_counts_it_and_writes_it_down(page: str, client: Client) -> None:
    """Whoever finds an open browser does not find out the password there."""
    who = mira()
    log_in(client, "mira")
    if page == "account_reauthenticate":
        logged_in_long_ago(client)
    new = {"new_password1": "seven purple tin kettles", "new_password2": "seven purple tin kettles"}
    for _ in range(4):
        assert client.post(reverse(page), {"old_password": "wrong", "password": "wrong", **new}).status_code != 429
    assert client.post(reverse(page), {"old_password": "wrong", "password": "wrong", **new}).status_code == 429
    right = {"old_password": PASSWORD, "password": PASSWORD, **new}
    assert client.post(reverse(page), right).status_code == 429
    who.refresh_from_db()
    assert who.check_password(PASSWORD)
    assert said(who).count("Entered a wrong password while logged in.") >= 4
    assert any(line.startswith("Was locked out for") for line in said(who))
    times_pass(timedelta(seconds=61))
    assert client.post(reverse(page), right).status_code == 302


def test_codes_are_counted_by_the_quarter_of_an_hour_and_by_the_day(client: Client) -> None:
    """Five, and twenty: six digits would be found by trying all day for a year."""
    who = mira()
    log_in(client, "mira")
    key, _ = set_up_second_factor(client)
    client.post(reverse("logout"))
    log_in(client, "mira")
    for _ in range(4):
        for number in range(5):
            client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
        answer = client.post(reverse("mfa_authenticate"), {"code": app_shows(key, steps=1)})
        assert "Too many attempts" in answer.content.decode()
        forget_short_counts(who)
    answer = client.post(reverse("mfa_authenticate"), {"code": app_shows(key, steps=1)})
    assert "Too many attempts" in answer.content.decode()
    assert said(who).count("Entered a wrong code of their second factor.") == 20


def test_an_administrator_lets_codes_be_tried_again(client: Client) -> None:
    """Of whom somebody else has used up; the page People says so, and until when. Others' codes stay counted."""
    who = mira()
    for name in ("mira", "noor"):
        if name == "noor":
            a_person(Role.CLERK, "noor")
        log_in(client, name)
        key, _ = set_up_second_factor(client)
        client.post(reverse("logout"))
        log_in(client, name)
        for number in range(5):
            client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
        client.post(reverse("logout"))
        if name == "mira":
            keys = key
    waiting = {each.name: each for each in lockouts() if each.of_codes}
    assert waiting.keys() == {"mira", "noor"}
    left = waiting["mira"].until - timezone.now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    admin = Client()
    a_person(Role.ADMINISTRATOR, "ada")
    log_in(admin, "ada")
    assert "Any browser, after wrong codes" in admin.get(reverse("people")).content.decode()
    admin.post(reverse("people-let-in"), {"name": "mira", "address": ""})
    assert [each.name for each in lockouts()] == ["noor"]
    log_in(client, "mira")
    assert client.post(reverse("mfa_authenticate"), {"code": app_shows(keys, steps=1)})["Location"] == HOME
    assert not lift_lockout(who.username)


def forget_short_counts(who: Person) -> None:
    """As if a quarter of an hour had passed."""
    short = {"login_failed": "10/m/ip,5/15m/key"}
    request = RequestFactory().post("/")
    ratelimit.clear(request, app="allauth.account", action="login_failed", config=short, key=f"mfa-auth-user-{who.pk}")


def test_links_that_lead_nowhere_are_counted_and_written_down(client: Client) -> None:
    """Of invitations and of lost passwords; after twenty the right one waits as well."""
    a_person()
    _, token = invite("noor@example.com", Role.CLERK, by=None)
    for number in range(10):
        assert client.get(reverse("invitation", args=[f"guess{number}"])).status_code == 410
        assert client.get(reverse("account_reset_password_from_key", args=["1", f"guess-{number}"])).status_code == 200
    assert client.get(reverse("invitation", args=[token])).status_code == 429
    assert client.get(reverse("invitation", args=[token]), REMOTE_ADDR="192.0.2.9").status_code == 302
    lines = AuditEntry.objects.filter(what="Opened an invalid invitation or password link.")
    assert lines.count() == 20


@pytest.mark.parametrize("typed", ["mira", "mira@example.com", "idle", "idle@example.com", "nobody", "no@example.com"])
def test_a_wrong_password_costs_one_hash_whoever_is_typed(typed: str, counted_hashes: type[CountedHasher]) -> None:
    """So the time of the answer does not tell who exists: by name, by e-mail address, deactivated, unknown."""
    mira()
    idle = a_person(Role.CLERK, "idle")
    idle.email, idle.is_active = "idle@example.com", False
    idle.save()
    before = counted_hashes.hashed
    assert log_in(Client(), typed, "wrong").status_code == 200
    assert counted_hashes.hashed - before == 1


def test_asking_for_a_new_password_does_the_same_for_an_unknown_address(client: Client, settings: Any) -> None:
    """As many statements, and the mail itself is the worker's; nothing is left of the unknown one."""
    settings.CAN_MAIL = True
    mira()
    client.post(reverse("account_reset_password"), {"email": "first@example.com"})  # from here on the address is known
    counted = []
    for email in ("mira@example.com", "nobody@example.com"):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            client.post(reverse("account_reset_password"), {"email": email})
        counted.append(sum("web_cache" not in each["sql"] for each in statements))
    assert counted[0] == counted[1]
    assert [mail.to for mail in Mail.objects.all()] == ["mira@example.com"]
    asked = AuditEntry.objects.filter(what="Asked for a link to choose a new password.")
    assert list(asked.order_by("id").values_list("about", flat=True)) == [
        "first@example.com",
        "mira@example.com",
        "nobody@example.com",
    ]


def test_a_link_goes_to_the_address_that_is_known(client: Client, settings: Any) -> None:
    """Not to one that a mail server takes for another."""
    settings.CAN_MAIL = True
    mira()
    client.post(reverse("account_reset_password"), {"email": "MIRA@EXAMPLE.COM"})
    client.post(reverse("account_reset_password"), {"email": "mıra@example.com"})
    assert [mail.to for mail in Mail.objects.all()] == ["mira@example.com"]


def test_five_mails_with_links_an_hour_are_enough(client: Client, settings: Any) -> None:
    """Nobody fills another's mailbox."""
    settings.CAN_MAIL = True
    mira()
    for _ in range(7):
        client.post(reverse("account_reset_password"), {"email": "mira@example.com"})
    assert Mail.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_no_more_than_five(
    counted_hashes: type[CountedHasher], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is counted before its password is looked at; here there is a place for all of them."""
    monkeypatch.setattr(password_checks, "_places", BoundedSemaphore(12))
    mira()
    before = counted_hashes.hashed

    def guess(_: int) -> int:
        try:
            return log_in(Client(), "mira", "wrong").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(guess, range(12)))
    assert counted_hashes.hashed - before <= 5
    assert log_in(Client(), "mira").status_code == 429


def test_what_is_counted_is_not_forgotten_when_others_are_counted(client: Client) -> None:
    """Whoever asks for three hundred links does not make the program forget who tried codes too often."""
    mira()
    log_in(client, "mira")
    key, _ = set_up_second_factor(client)
    client.post(reverse("logout"))
    log_in(client, "mira")
    for number in range(5):
        client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
    for number in range(400):
        cache.set(f"another{number}", number, 900)
    answer = client.post(reverse("mfa_authenticate"), {"code": app_shows(key, steps=1)})
    assert "Too many attempts" in answer.content.decode()


def test_the_lockout_of_a_name_ends_by_itself() -> None:
    """A quarter of an hour after the last try."""
    mira()
    guess_elsewhere(20)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert log_in(Client(), "mira", REMOTE_ADDR="203.0.113.1")["Location"] == HOME


def test_ever_new_names_from_an_address_that_waits_fill_no_audit_log(client: Client) -> None:
    """A stranger could else bury what matters, in a log that nobody can shorten."""
    for number in range(MOST_FROM_AN_ADDRESS + 3 * AT_MOST):
        cache.clear()  # allauth's own limit a minute, which only makes it slower
        client.post(reverse("account_login"), {"login": f"nobody{number}", "password": "wrong"})
    assert AuditEntry.objects.filter(what__startswith=LOCKED_OUT).count() == AT_MOST
    assert AccessAttempt.objects.count() == MOST_FROM_AN_ADDRESS
