"""What people chose is mailed at once: each event once, many in one mail, and nothing that was solved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from counterfoil.accounts.mail.notifications.alerts import forget_old_notices, is_quiet
from counterfoil.accounts.mail.notifications.scheduler import send_due_notifications
from counterfoil.accounts.models import Mail, Notice, Notifications
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.models import StoreState, StoreUpdate, UpdateState, WebIntegration, WebOrder
from tests.web.factories.orders import ACCESS_TOKEN, a_conflict, a_refused_order, a_shipment, a_store, an_order
from tests.web.factories.users import a_reader, look

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: Any) -> None:
    """What is to be sent is looked at in the table of mails."""
    settings.CAN_MAIL = True
    settings.ADDRESS = "https://orders.shop.example"


def refused(store: WebIntegration, number: int, *, since: datetime = NOW, text: str = "", **more: Any) -> WebOrder:
    """An order that is not imported since then."""
    order = a_refused_order(store, number, text=text, **more)
    WebOrder.objects.filter(pk=order.pk).update(reason_since=since)
    return order


def trouble(store: WebIntegration, code: str = "unreachable", *, since: datetime = NOW) -> None:
    """The store cannot be used since then."""
    StoreState.objects.filter(integration=store).update(
        trouble_code=code, trouble="The store cannot be reached.", trouble_next_step="Wait.", trouble_since=since
    )


def test_what_needs_attention_for_long_is_mailed_once() -> None:
    """After the time that the person chose; and never again while it lasts."""
    reader = a_reader(attention=True, attention_minutes=30)
    refused(a_store(), 10234)
    assert look(reader, NOW + 29 * A_MINUTE) == []
    assert look(reader, NOW + 30 * A_MINUTE) == []
    (mail,) = look(reader, NOW + 31 * A_MINUTE)
    assert mail.to == "ada@example.com"
    assert mail.subject == "WEB-10234 needs attention – The order has no items"
    text = mail.text.reveal()
    assert "WEB-10234, since Wed, Nov 25, 12:00 PM\nThe order has no items.\nWhat to do: Correct the order" in text
    assert "https://orders.shop.example/attention/?q=WEB-10234" in text
    for hours in (1, 24, 24 * 30):
        assert look(reader, NOW + timedelta(hours=hours)) == [mail]


def test_what_happens_within_a_minute_comes_as_one_mail() -> None:
    """Found in several rounds; the subject says how many and what most of them are."""
    reader, store = a_reader(attention=True, attention_minutes=0), a_store()
    refused(store, 1, text="The product ABC is not known.")
    assert look(reader, NOW) == []
    refused(store, 2, text="The product ABC is not known.")
    refused(store, 3)
    assert look(reader, NOW + timedelta(seconds=30)) == []
    (mail,) = look(reader, NOW + A_MINUTE)
    assert mail.subject == "3 orders need attention – The product ABC is not known (and 1 other)"
    text = mail.text.reveal()
    assert text.count("since Wed, Nov 25") == 3


def test_what_was_solved_before_the_mail_is_left_out_and_one_that_comes_back_is_new() -> None:
    reader, store = a_reader(attention=True, attention_minutes=0), a_store()
    order = refused(store, 1)
    look(reader, NOW)
    WebOrder.objects.filter(pk=order.pk).update(reason_code="", reason_since=None)
    assert look(reader, NOW + A_MINUTE) == []
    assert not Notice.objects.exists()
    WebOrder.objects.filter(pk=order.pk).update(reason_code="no_lines", reason_since=NOW + 5 * A_MINUTE)
    look(reader, NOW + 5 * A_MINUTE)
    assert len(look(reader, NOW + 6 * A_MINUTE)) == 1


def test_whoever_gets_many_mails_gets_fewer_and_longer_ones() -> None:
    """The pauses between them grow to a quarter of an hour, and shrink when it is calm again."""
    reader, store = a_reader(attention=True, attention_minutes=0), a_store()
    sent = []
    for minute in range(60):
        refused(store, minute + 1)
        if len(look(reader, NOW + minute * A_MINUTE)) > len(sent):
            sent.append(minute)
    assert sent == [1, 6, 21, 36, 51]


def test_a_mail_names_fifty_things_and_counts_the_others() -> None:
    """The oldest first."""
    reader, store = a_reader(attention=True, attention_minutes=0), a_store()
    for number in range(120):
        refused(store, 1000 + number, since=NOW - timedelta(days=1) + number * A_MINUTE)
    look(reader, NOW)
    (mail,) = look(reader, NOW + A_MINUTE)
    assert mail.subject.startswith("120 orders need attention")
    text = mail.text.reveal()
    assert text.count("What to do:") == 50
    assert text.index("WEB-1000,") < text.index("WEB-1049,")
    assert "… and 70 more.\nhttps://orders.shop.example/attention/" in text
    assert look(reader, NOW + timedelta(hours=2)) == [mail]


def test_a_store_that_waits_is_mailed_with_the_reason() -> None:
    """After five minutes; what only a person can correct at once."""
    reader, store, other = a_reader(store_trouble=True), a_store(), a_store("UK-")
    trouble(store, since=timezone.now() - timedelta(minutes=4))
    trouble(other, "credentials", since=NOW)
    look(reader, NOW)
    (mail,) = look(reader, NOW + A_MINUTE)
    assert mail.subject == "UK- needs attention – The store cannot be reached"
    trouble(store, since=timezone.now() - timedelta(minutes=6))
    look(reader, NOW + 10 * A_MINUTE)
    assert look(reader, NOW + 12 * A_MINUTE)[1].subject.startswith("WEB- needs attention")


def test_a_paused_store_is_mailed_to_everyone_but_who_paused_it() -> None:
    """With the name of that person; a store that is still being set up is not worth telling."""
    ada, bob = a_reader("ada", store_trouble=True), a_reader("bob", store_trouble=True)
    a_store("NEW-", paused=True)
    store = a_store()
    store.paused = True
    save_integration(store, by=str(bob.person))
    for reader in (ada, bob):
        look(reader, NOW)
    (mail,) = look(ada, NOW + A_MINUTE)
    assert mail.subject.startswith("WEB- is paused – bob paused the store")
    assert look(bob, NOW + A_MINUTE) == []


def test_failed_updates_and_defects_are_mailed_to_those_who_chose_them() -> None:
    """Each cause by itself, for the chosen stores only."""
    store, other = a_store(), a_store("UK-")
    updates, defects = a_reader("ada", failed_updates=True), a_reader("bob", defects=True, stores=[store])
    a_shipment(an_order(store, 7), sent=False)
    refused(store, 8, code="defect", text="An error in Counterfoil stopped this order.")
    refused(other, 9, code="defect", text="An error in Counterfoil stopped this order.")
    for reader in (updates, defects):
        look(reader, NOW)
    (mail,) = look(updates, NOW + A_MINUTE)
    assert mail.subject == "WEB-7 needs attention – Only 1 of 2 can still ship in BigCommerce"
    (mail,) = look(defects, NOW + A_MINUTE)
    text = mail.text.reveal()
    assert "WEB-8" in text
    assert "UK-9" not in text


def test_an_update_that_fails_as_before_when_it_is_tried_again_is_not_told_again() -> None:
    """One that fails after it had been sent is."""
    reader = a_reader(failed_updates=True)
    a_shipment(an_order(a_store(), 7), sent=False)
    StoreUpdate.objects.filter(state=UpdateState.FAILED).update(failed_since=NOW, ended_at=NOW)
    look(reader, NOW)
    look(reader, NOW + A_MINUTE)
    StoreUpdate.objects.filter(state=UpdateState.FAILED).update(ended_at=NOW + timedelta(hours=3))
    look(reader, NOW + timedelta(hours=3))
    assert len(look(reader, NOW + timedelta(hours=3) + A_MINUTE)) == 1
    StoreUpdate.objects.filter(state=UpdateState.FAILED).update(failed_since=NOW + timedelta(hours=6))
    look(reader, NOW + timedelta(hours=6))
    assert len(look(reader, NOW + timedelta(hours=6) + A_MINUTE)) == 2


def test_quiet_hours_are_kept_and_then_everything_comes_in_one_mail() -> None:
    """In the reader's zone, over midnight; what was solved in the night is left out."""
    reader = a_reader(attention=True, attention_minutes=0, zone="Europe/Berlin", quiet_from=20, quiet_until=7)
    store, evening = a_store(), datetime(2026, 11, 25, 19, 30, tzinfo=UTC)  # 20:30 in Berlin
    solved = refused(store, 1, since=evening)
    refused(store, 2, since=evening)
    refused(store, 3, since=evening)
    for hours in range(11):
        assert look(reader, evening + timedelta(hours=hours)) == []
    WebOrder.objects.filter(pk=solved.pk).update(reason_code="")
    (mail,) = look(reader, evening + timedelta(hours=11))
    assert mail.subject.startswith("2 orders need attention")


@pytest.mark.parametrize(
    ("begin", "end", "quiet"), [(20, 7, [*range(7), *range(20, 24)]), (12, 14, [12, 13]), (9, 9, []), (None, None, [])]
)
def test_quiet_hours_end_where_they_say(begin: int | None, end: int | None, quiet: list[int]) -> None:
    """The first hour is quiet, the last is not."""
    wishes = Notifications(quiet_from=begin, quiet_until=end)
    found = [hour for hour in range(24) if is_quiet(wishes, NOW.replace(hour=hour))]
    assert found == quiet


def test_no_mail_holds_a_secret_or_a_client() -> None:
    """Only the import ID and what the sentence says."""
    reader, store = a_reader(attention=True, attention_minutes=0, store_trouble=True, failed_updates=True), a_store()
    order = an_order(store, 7)
    a_shipment(order, sent=False)
    a_conflict(order)
    trouble(store, "credentials")
    look(reader, NOW)
    (mail,) = look(reader, NOW + A_MINUTE)
    text = mail.text.reveal()
    assert "WEB-7" in text
    for hidden in (ACCESS_TOKEN, "Lovelace", "Babbage", "ada@example.com", "St James", "20 7946"):
        assert hidden not in text + mail.subject


def test_odd_words_of_a_store_make_a_plain_mail() -> None:
    """No line of a sentence becomes a line of the mail's head, no sign breaks it."""
    reader, store = a_reader(attention=True, attention_minutes=0), a_store()
    refused(store, 1, text="Bad\r\nBcc: eve@example.com\x07\nProduct 株式会社 🎟️ " + "x" * 500)
    look(reader, NOW)
    (mail,) = look(reader, NOW + A_MINUTE)
    assert len(mail.subject) <= 200
    assert mail.subject.startswith("WEB-1 needs attention – Bad Bcc: eve@example.com Product 株式会社")


def test_two_rounds_at_the_same_moment_tell_once() -> None:
    """The second finds all noted."""
    reader = a_reader(attention=True, attention_minutes=0)
    refused(a_store(), 1)
    look(reader, NOW)
    look(reader, NOW + A_MINUTE)
    assert len(look(reader, NOW + A_MINUTE)) == 1


def test_nobody_without_an_address_or_a_wish_is_written_to(settings: Any) -> None:
    """Nor who was deactivated, nor anybody where no mail server is set up."""
    refused(a_store(), 1, since=timezone.now() - timedelta(days=1))
    readers = [a_reader(name, attention=True) for name in ("ada", "bob", "eve")]
    readers[0].person.email = ""
    readers[1].person.is_active = False
    for reader in readers:
        reader.person.save()
    a_reader("tom")
    settings.CAN_MAIL = False
    send_due_notifications()
    assert not Notice.objects.exists()
    settings.CAN_MAIL = True
    send_due_notifications()
    Notice.objects.update(found_at=timezone.now() - 2 * A_MINUTE)
    send_due_notifications()
    assert [mail.to for mail in Mail.objects.all()] == ["eve@example.com"]


def test_a_round_asks_little_however_much_needs_people(django_assert_max_num_queries: Any) -> None:
    """Statements do not grow with the number of items."""
    reader, store = a_reader(attention=True, attention_minutes=0), a_store()
    for number in range(100):
        refused(store, number + 1)
    with django_assert_max_num_queries(20):
        look(reader, NOW)
    with django_assert_max_num_queries(22):
        assert len(look(reader, NOW + A_MINUTE)) == 1


def test_notices_of_half_a_year_ago_are_forgotten() -> None:
    """Later ones stay, and so does what nobody was told yet."""
    person = a_reader().person
    for key, told in (("old", 181), ("new", 179), ("untold", None)):
        told_at = NOW - timedelta(days=told) if told else None
        Notice.objects.create(person=person, key=key, told_at=told_at)
    forget_old_notices(NOW)
    assert sorted(Notice.objects.values_list("key", flat=True)) == ["new", "untold"]


def test_without_an_address_of_the_pages_mails_have_no_links(settings: Any) -> None:
    """Better none than a wrong one."""
    settings.ADDRESS = ""
    reader = a_reader(attention=True, attention_minutes=0)
    refused(a_store(), 1)
    look(reader, NOW)
    (mail,) = look(reader, NOW + A_MINUTE)
    text = mail.text.reveal()
    assert "/attention/" not in text
    assert "http" not in text
    assert django_settings.ADDRESS == ""
