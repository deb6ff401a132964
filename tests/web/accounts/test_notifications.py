"""Everyone chooses their own notifications, tries them out, and sees what did not arrive."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.accounts.models import AuditEntry, Mail, MailState, Notifications, Person, Role
from tests.smtp_server import MailServer
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import MARKUP, a_person, a_store
from tests.web.mail_helpers import mail_server

pytestmark = pytest.mark.django_db
__all__ = ["mail_server"]
PAGE = "notifications"
CHOSEN = {
    "email": "ada@example.com",
    "time_zone": "America/New_York",
    "digest": "workdays",
    "digest_hour": "7",
    "digest_weekday": "0",
    "attention": "on",
    "attention_number": "2",
    "attention_unit": "hours",
    "quiet_from": "20",
    "quiet_until": "6",
}


@pytest.fixture
def ada() -> Person:
    """A clerk."""
    return a_person(Role.CLERK, "ada")


@pytest.fixture
def browser(ada: Person) -> Client:
    """Her browser."""
    return logged_in_as(ada)


def save(browser: Client, **other: Any) -> str:
    """Saves the form with other values (None: not sent); the page that follows."""
    sent = {name: value for name, value in (CHOSEN | other).items() if value is not None}
    return browser.post(reverse(PAGE), sent, follow=True).content.decode()


def test_what_is_chosen_is_kept_and_shown(browser: Client, ada: Person) -> None:
    """Address, zone, digest, causes, how long, quiet hours, stores."""
    store = a_store()
    page = save(browser, stores=[store.pk])
    assert "Saved." in page
    kept = Notifications.objects.get(person=ada)
    assert (kept.time_zone, kept.digest, kept.digest_hour) == ("America/New_York", "workdays", 7)
    assert (kept.attention, kept.attention_minutes, kept.store_trouble) == (True, 120, False)
    assert (kept.quiet_from, kept.quiet_until) == (20, 6)
    assert list(kept.stores.all()) == [store]
    assert Person.objects.get(pk=ada.pk).email == "ada@example.com"
    assert 'name="attention_number" value="2"' in page
    assert '<option value="hours" selected>' in page
    assert 'value="ada@example.com"' in page


def test_an_unticked_wish_is_given_up(browser: Client, ada: Person) -> None:
    """A box that is not sent is off."""
    save(browser)
    save(browser, attention=None)
    assert not Notifications.objects.get(person=ada).attention


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": ""}, "Enter the address to send e-mails to."),
        ({"email": "ada"}, "Enter a valid email address."),
        ({"email": "BOB@example.com"}, "Someone else has this e-mail address."),
        ({"quiet_until": ""}, "Quiet hours need a start and an end."),
        ({"attention_number": "-1"}, "greater than or equal to 0"),
        ({"attention_number": "91", "attention_unit": "days"}, "90 days at most."),
        ({"time_zone": "Mars/Base"}, "Select a valid choice."),
        ({"digest_hour": "24"}, "Select a valid choice."),
        ({"stores": "999"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_saved_says_why_and_keeps_the_input(
    wrong: dict[str, str], sentence: str, browser: Client, ada: Person
) -> None:
    """Nothing of it is saved, and what was typed stands there again."""
    a_store()
    Person.objects.filter(pk=a_person(Role.CLERK, "bob").pk).update(email="bob@example.com")
    answer = browser.post(reverse(PAGE), CHOSEN | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert '<option value="workdays" selected>' in page
    assert not Notifications.objects.filter(person=ada).exists()
    assert Person.objects.get(pk=ada.pk).email == ""


def test_only_a_changed_digest_begins_anew(browser: Client) -> None:
    """Whoever changes something else still gets what is due."""
    save(browser)
    Notifications.objects.update(digest_since=timezone.now() - timedelta(days=9))
    save(browser, attention=None)
    assert Notifications.objects.get().digest_since < timezone.now() - timedelta(days=8)
    save(browser, digest_hour="9")
    assert Notifications.objects.get().digest_since > timezone.now() - timedelta(minutes=1)


def test_a_new_reader_gets_a_stores_time_zone_and_the_browsers_is_proposed(browser: Client) -> None:
    """Until something is saved."""
    a_store()
    page = browser.get(reverse(PAGE)).content.decode()
    assert '<option value="Europe/Berlin" selected>' in page
    assert 'data-propose="time_zone"' in page
    assert "data-propose" not in save(browser)


def test_a_changed_address_is_in_the_audit_log_and_gets_what_waits(browser: Client, ada: Person) -> None:
    """The audit entry names no address."""
    save(browser)
    Mail.objects.create(person=ada, to="ada@example.com", subject="Waits", trouble="450 full")
    save(browser, email="ada@shop.example")
    assert AuditEntry.objects.filter(person=ada, what="Changed their own e-mail address.").count() == 2
    assert not AuditEntry.objects.filter(what__contains="@").exists()
    assert Mail.objects.get().to == "ada@shop.example"


def test_another_address_needs_a_fresh_login(browser: Client, ada: Person) -> None:
    """A forgotten browser lets nobody have the password reset to their own address; other wishes are saved."""
    save(browser)
    session = browser.session
    session["account_authentication_methods"] = []
    session.save()
    assert "Saved." in save(browser, digest_hour="9")
    save(browser, email="eve@example.com")
    assert Person.objects.get(pk=ada.pk).email == "ada@example.com"


def test_a_test_mail_says_how_it_went(browser: Client, mail_server: MailServer) -> None:
    """Taken, or the mail server's own words."""
    save(browser)
    page = browser.post(reverse("notification-test"), follow=True).content.decode()
    assert "The mail server accepted the test e-mail to ada@example.com." in page
    assert mail_server.kept[0].text.startswith("This is a test e-mail from Counterfoil.")
    mail_server.behave(refuse_recipient="550 <b>no such person</b>")
    page = browser.post(reverse("notification-test"), follow=True).content.decode()
    assert "doesn’t accept e-mail for ada@example.com: 550 &lt;b&gt;no such person&lt;/b&gt;" in page


def test_without_a_mail_server_the_page_says_whom_to_ask(browser: Client, settings: Any) -> None:
    """What is chosen is kept all the same; a test is refused."""
    settings.CAN_MAIL = False
    page = save(browser)
    assert "No mail server is set up, so nothing is sent." in page
    assert "No mail server is set up." in browser.post(reverse("notification-test"), follow=True).content.decode()
    assert Mail.objects.count() == 0


def test_a_mail_that_did_not_arrive_is_shown_and_sent_again(browser: Client, mail_server: MailServer) -> None:
    """To the person and to administrators, who see whose it is; to nobody else."""
    save(browser)
    mail_server.behave(refuse_recipient="450 mailbox full")
    browser.post(reverse("notification-test"))
    mail = Mail.objects.get()
    page = browser.get(reverse(PAGE)).content.decode()
    assert "E-mails that weren’t delivered" in page
    assert "450 mailbox full" in page
    assert "(ada)" in logged_in_as(a_person()).get(reverse(PAGE)).content.decode()
    other = logged_in_as(a_person(Role.MANAGER))
    assert "mailbox full" not in other.get(reverse(PAGE)).content.decode()
    assert other.post(reverse("mail-again", args=[mail.pk])).status_code == 404
    page = browser.post(reverse("mail-again", args=[mail.pk]), follow=True).content.decode()
    assert "will be sent again within seconds" in page
    assert Mail.objects.get().due_at <= timezone.now()
    assert Mail.objects.get().state == MailState.WAITING


def test_a_page_full_of_mails_and_stores_asks_little(browser: Client, django_assert_max_num_queries: Any) -> None:
    """At most 15 statements, and no markup of others gets through."""
    ada = Person.objects.get(username="ada")
    for number in range(60):
        a_store(f"S{number}-", description=MARKUP)
        Mail.objects.create(
            person=ada, to="ada@example.com", subject=f"{number} {MARKUP}", state="failed", trouble=MARKUP
        )
    with django_assert_max_num_queries(15):
        page = browser.get(reverse(PAGE)).content.decode()
    assert "Only the latest are shown." in page
    assert MARKUP not in page
