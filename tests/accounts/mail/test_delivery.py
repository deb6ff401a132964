"""Mails reach a real mail server once, or say why they do not."""

import time
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection, transaction
from django.utils import timezone

from counterfoil.accounts.mail import delivery, smtp_backend
from counterfoil.accounts.mail.delivery import deliver_due, deliver_now, forget_old
from counterfoil.accounts.mail.outbox import enqueue, in_trouble, link, readdress, send_again
from counterfoil.accounts.models import Mail, MailState, Role
from counterfoil.sales.errors import Refused
from tests.smtp_server import MailServer
from tests.web.factories.orders import a_person
from tests.web.mail_helpers import an_hour_passes, lead_to, mail_server

pytestmark = pytest.mark.django_db
__all__ = ["mail_server"]


def a_mail(**more: Any) -> Mail:
    """One that waits."""
    return enqueue("ada@example.com", "Come and see", "There is something.\nhttps://orders.shop.example/x", **more)


def now_is(mail: Mail) -> Mail:
    """The mail as it stands."""
    return Mail.objects.get(pk=mail.pk)


def test_a_mail_arrives_as_it_was_written(mail_server: MailServer) -> None:
    """Sender, recipient, subject and text; its text is not kept, and no second one follows."""
    mail = enqueue("ada@example.com", "Zwei Aufträge brauchen Sie – “ABC”", "Größe 2\n.\nEnde")
    deliver_due()
    an_hour_passes()
    (kept,) = mail_server.kept
    assert (kept.sender, kept.to) == ("orders@shop.example", ["ada@example.com"])
    assert kept.message["Subject"] == "Zwei Aufträge brauchen Sie – “ABC”"
    assert kept.text.strip() == "Größe 2\n.\nEnde"
    assert kept.message["Auto-Submitted"] == "auto-generated"
    assert (now_is(mail).state, now_is(mail).text.reveal()) == (MailState.SENT, "")


def test_what_waits_is_encrypted(mail_server: MailServer) -> None:
    """Its link lets someone in: whoever reads the database, or a backup, learns nothing of it."""
    mail = a_mail()
    with connection.cursor() as cursor:
        cursor.execute("SELECT mail::text, text FROM web_mail AS mail WHERE id = %s", [mail.pk])
        row, text = cursor.fetchone()
    assert b"orders.shop.example" not in bytes(text)
    assert "orders.shop.example" not in row
    deliver_due()
    assert "https://orders.shop.example/x" in mail_server.kept[0].text


def test_a_mail_that_another_key_encrypted_says_so_and_holds_back_no_other(
    mail_server: MailServer, settings: Any
) -> None:
    """After a restore without the secret key."""
    lost = a_mail()
    settings.COUNTERFOIL_FERNET_KEYS = [Fernet.generate_key().decode()]
    a_mail()
    deliver_due()
    assert len(mail_server.kept) == 1
    lost = now_is(lost)
    assert (lost.state, lost.trouble) == (
        MailState.FAILED,
        "The e-mail can’t be read anymore: it was stored with a different secret key.",
    )
    assert lost.next_step


def test_what_a_store_wrote_cannot_add_a_head_to_a_mail(mail_server: MailServer) -> None:
    """A line's end in a subject is a space."""
    enqueue("ada@example.com", "Unknown SKU A\r\nBcc: eve@example.com\x00", "text\x07")
    deliver_due()
    (kept,) = mail_server.kept
    assert kept.message["Subject"] == "Unknown SKU A Bcc: eve@example.com"
    assert kept.to == ["ada@example.com"]


@pytest.mark.parametrize(
    ("manners", "words", "state"),
    [
        ({"refuse_login": "535 wrong password"}, "refuses the login: 535 wrong password", MailState.WAITING),
        ({"refuse_recipient": "550 nobody here"}, "doesn’t accept e-mail for ada@example.com: 550", MailState.FAILED),
        ({"refuse_recipient": "450 come later"}, "doesn’t accept e-mail for ada@example.com: 450", MailState.WAITING),
        ({"refuse_data": "554 no such words"}, "doesn’t accept this e-mail: 554", MailState.FAILED),
        ({"refuse_data": "452 no room"}, "doesn’t accept this e-mail: 452", MailState.WAITING),
        ({"hangs_up_with_the_mail": True}, "It may have been delivered", MailState.UNKNOWN),
    ],
)
def test_what_the_mail_server_says_is_told(
    mail_server: MailServer, manners: dict[str, Any], words: str, state: MailState
) -> None:
    """A refusal in its own words, with what to do; and whether it is tried again."""
    mail_server.behave(**manners)
    mail = deliver_now(a_mail())
    assert words in mail.trouble
    assert mail.next_step
    assert mail.state == state


def test_a_mail_of_which_nobody_knows_is_not_sent_twice(mail_server: MailServer) -> None:
    """The server took it and hung up: it is sent again only when a person says so."""
    mail_server.behave(hangs_up_with_the_mail=True)
    mail = deliver_now(a_mail())
    mail_server.behave()
    an_hour_passes()
    assert len(mail_server.kept) == 1
    assert send_again(mail)
    deliver_due()
    assert len(mail_server.kept) == 2
    assert mail_server.kept[0].message["Message-ID"] == mail_server.kept[1].message["Message-ID"]


def test_a_mail_that_was_being_sent_when_the_program_was_killed_says_so() -> None:
    """It is neither lost from sight nor sent again by itself."""
    mail = Mail.objects.create(to="ada@example.com", subject="x", state=MailState.SENDING)
    Mail.objects.update(asked_at=timezone.now() - timedelta(minutes=6))
    deliver_due()
    assert now_is(mail).state == MailState.UNKNOWN
    assert "Counterfoil was stopped" in now_is(mail).trouble


def test_mails_from_before_this_machine_s_clock_was_set_back_are_sent(mail_server: MailServer) -> None:
    """One that was put off then; and one that was being sent says so, as after any interruption."""
    waits, was_sending = a_mail(), a_mail()
    a_day_ahead = timezone.now() + timedelta(days=1)
    Mail.objects.filter(pk=waits.pk).update(due_at=a_day_ahead)
    Mail.objects.filter(pk=was_sending.pk).update(state=MailState.SENDING, asked_at=a_day_ahead)
    deliver_due()
    assert len(mail_server.kept) == 1
    assert (now_is(waits).state, now_is(was_sending).state) == (MailState.SENT, MailState.UNKNOWN)


def test_a_mail_put_off_for_longest_waits(mail_server: MailServer) -> None:
    """It is not taken to be from before a clock was set back."""
    mail = a_mail()
    Mail.objects.filter(pk=mail.pk).update(due_at=timezone.now() + delivery.LONGEST_PAUSE)
    deliver_due()
    assert mail_server.kept == []
    assert now_is(mail).state == MailState.WAITING


def test_a_mail_server_that_is_down_loses_nothing(mail_server: MailServer, settings: Any) -> None:
    """The mail waits, with growing pauses, and arrives when the server is back."""
    mail_server.stop()
    mail = a_mail()
    pauses = []
    for _ in range(3):
        Mail.objects.update(due_at=timezone.now())
        deliver_due()
        pauses.append(round((now_is(mail).due_at - timezone.now()).total_seconds() / 60))
    assert pauses == [1, 2, 4]
    assert now_is(mail).trouble == "The mail server can’t be reached."
    with MailServer() as again:
        lead_to(again.url, settings)
        an_hour_passes()
        assert len(again.kept) == 1
    assert now_is(mail).state == MailState.SENT


def test_after_two_days_a_mail_is_given_up(mail_server: MailServer) -> None:
    """It is not tried for ever, and stays to be seen."""
    mail_server.behave(refuse_login="535 no")
    mail = a_mail()
    Mail.objects.update(created_at=timezone.now() - timedelta(days=2, minutes=1))
    deliver_due()
    assert now_is(mail).state == MailState.FAILED
    assert "535" in now_is(mail).trouble


def test_a_server_in_trouble_is_called_once_a_round(mail_server: MailServer) -> None:
    """Not once for each mail that waits; what one address is refused holds back no other."""
    for _ in range(3):
        a_mail()
    mail_server.behave(refuse_login="535 no")
    deliver_due()
    assert mail_server.talks == 1
    mail_server.behave(refuse_recipient="550 nobody here")
    an_hour_passes()
    assert mail_server.talks == 4


@pytest.mark.parametrize("manners", [{"silent_from_the_start": True}, {"drips": 0.2}])
def test_a_slow_mail_server_is_left_in_time(
    mail_server: MailServer, manners: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that says nothing, and one that says one sign after the other."""
    monkeypatch.setattr(smtp_backend, "WHOLE_SECONDS", 0.5)
    mail_server.behave(**manners)
    began = time.monotonic()
    mail = deliver_now(a_mail())
    assert time.monotonic() - began < 3
    assert (mail.state, mail.trouble) == (MailState.WAITING, "The mail server didn’t respond in time.")


def test_two_workers_send_a_mail_once(mail_server: MailServer) -> None:
    """Whoever comes second finds it taken."""
    mail = a_mail()
    first = delivery._claim(Mail.objects.all())
    assert first == mail
    deliver_due()
    assert mail_server.talks == 0


def test_a_mail_whose_cause_was_taken_back_does_not_leave(mail_server: MailServer) -> None:
    """It is kept with what causes it, in one transaction."""
    with transaction.atomic():
        a_mail()
        transaction.set_rollback(True)
    deliver_due()
    assert mail_server.talks == 0


def test_without_a_mail_server_nothing_is_promised(settings: Any) -> None:
    """The refusal says who can change that."""
    settings.CAN_MAIL = False
    with pytest.raises(Refused, match="COUNTERFOIL_EMAIL_URL"):
        a_mail()


def test_links_need_an_address_without_one_they_are_left_out(settings: Any) -> None:
    settings.ADDRESS = "https://orders.shop.example"
    assert link("/attention/") == "https://orders.shop.example/attention/"
    settings.ADDRESS = ""
    assert link("/attention/") == ""


def test_a_corrected_address_gets_what_waits(mail_server: MailServer) -> None:
    """What could not be delivered to the old one goes to the new one, at once."""
    person = a_person(Role.CLERK)
    mail_server.behave(refuse_recipient="450 full")
    deliver_now(a_mail(person=person))
    mail_server.behave()
    person.email = "ada@shop.example"
    readdress(person)
    deliver_due()
    assert [kept.to for kept in mail_server.kept] == [["ada@shop.example"]]


def test_everyone_sees_their_own_trouble_and_administrators_all(mail_server: MailServer) -> None:
    """A clerk does not see that another clerk's mail is refused."""
    ada, bob, chief = a_person(Role.CLERK), a_person(Role.CLERK, "bob"), a_person()
    mail_server.behave(refuse_recipient="550 no")
    mail = deliver_now(a_mail(person=ada))
    assert [list(in_trouble(person)) for person in (ada, bob, chief)] == [[mail], [], [mail]]


def test_old_mails_are_forgotten(mail_server: MailServer) -> None:
    """A month after they ended; what waits stays."""
    deliver_now(a_mail())
    waiting = a_mail()
    assert len(mail_server.kept) == 1
    Mail.objects.filter(state=MailState.SENT).update(ended_at=timezone.now() - timedelta(days=31))
    forget_old()
    assert list(Mail.objects.all()) == [waiting]
