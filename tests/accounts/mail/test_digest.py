"""The digest comes once for each of its days, at the reader's own hour, and tells what they need to know."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from counterfoil.accounts.mail.notifications.digest import send_digest
from counterfoil.accounts.mail.notifications.digest_template import days
from counterfoil.accounts.mail.notifications.events import current_events
from counterfoil.accounts.mail.notifications.schedule import due_day, first_day, moment_of
from counterfoil.accounts.models import Mail, Notifications
from counterfoil.stores.models import LogEntry, LogKind, StoreState, StoreUpdate, UpdateState, WebOrder
from tests.web.factories.orders import a_refused_order, a_shipment, a_store, an_order
from tests.web.factories.users import LONG_AGO, a_reader, loaded

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def wishes(digest: str = "daily", *, hour: int = 8, zone: str = BERLIN, **more: Any) -> Notifications:
    """What someone chose; not saved."""
    given = {"digest": digest, "digest_hour": hour, "time_zone": zone, "digest_since": LONG_AGO}
    return Notifications(**given | more)


def days_sent(chosen: Notifications, begin: datetime, hours: int, *, every: float = 0.25) -> list[str]:
    """At which local times the digests leave, when someone looks every quarter of an hour."""
    sent = []
    for step in range(int(hours / every)):
        now = begin + timedelta(hours=step * every)
        day = due_day(chosen, now)
        if day is not None:
            chosen.digest_for = day
            sent.append(f"{now.astimezone(ZoneInfo(chosen.time_zone)):%a %d %H:%M}")
    return sent


@pytest.mark.parametrize("begin", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])
def test_a_digest_comes_once_at_eight_when_the_clocks_change(begin: datetime) -> None:
    """The clocks go forward on 29 March and back on 25 October: three days, three digests at eight."""
    sent = days_sent(wishes(digest_for=begin.date() - timedelta(days=1)), begin, 72)
    assert [each.split()[2] for each in sent] == ["08:00"] * 3


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        (datetime(2026, 3, 29, tzinfo=UTC), ["Sun 29 03:00"]),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), ["Sun 25 02:00"]),
    ],
)
def test_an_hour_that_is_skipped_or_comes_twice_brings_one_digest(begin: datetime, expected: list[str]) -> None:
    """At two in the night: in spring an hour later by the clock, in autumn at the first two."""
    chosen = wishes(hour=2)
    chosen.digest_for = begin.astimezone(ZoneInfo(BERLIN)).date() - timedelta(days=1)
    assert days_sent(chosen, begin, 8) == expected


def test_a_machine_that_slept_sends_one() -> None:
    """Five days without a poll bring the last digest, not five."""
    chosen = wishes(digest_for=date(2026, 11, 20))
    assert days_sent(chosen, datetime(2026, 11, 25, 15, tzinfo=UTC), 10) == ["Wed 25 16:00"]
    assert first_day(wishes(digest_for=date(2026, 11, 20)), date(2026, 11, 25)) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        ("workdays", ["Fri 20", "Mon 23", "Tue 24"]),
        ("daily", ["Fri 20", "Sat 21", "Sun 22", "Mon 23", "Tue 24"]),
        ("weekly", ["Sun 22"]),
        ("never", []),
    ],
)
def test_digests_come_on_the_chosen_days(digest: str, expected: list[str]) -> None:
    """Workdays, all days, one day of the week, or not at all."""
    chosen = wishes(digest, digest_weekday=6, digest_for=date(2026, 11, 19))
    sent = days_sent(chosen, datetime(2026, 11, 20, tzinfo=UTC), 24 * 5 - 1)
    assert [each[:6] for each in sent] == expected


def test_whoever_chooses_a_digest_in_the_afternoon_gets_the_first_one_next_morning() -> None:
    """What was due before is not made up for."""
    chosen = wishes(digest_since=datetime(2026, 11, 25, 14, tzinfo=UTC))
    assert due_day(chosen, datetime(2026, 11, 25, 14, 1, tzinfo=UTC)) is None
    assert due_day(chosen, datetime(2026, 11, 26, 7, 0, tzinfo=UTC)) == date(2026, 11, 26)


def test_a_time_zone_that_is_no_more_is_utc() -> None:
    """So that one reader's zone, gone with an update of the machine, keeps nobody's mails back."""
    assert moment_of(wishes(zone="Mars/Base"), date(2026, 11, 25)) == datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_the_hour_is_the_readers_own() -> None:
    """Eight in New York is 13:00 in UTC."""
    assert moment_of(wishes(zone=NEW_YORK), date(2026, 11, 25)) == datetime(2026, 11, 25, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("digest", "day", "first"),
    [
        ("daily", date(2026, 11, 25), date(2026, 11, 24)),
        ("workdays", date(2026, 11, 23), date(2026, 11, 20)),
        ("weekly", date(2026, 11, 23), date(2026, 11, 16)),
    ],
)
def test_a_digest_tells_of_the_days_since_the_one_before(digest: str, day: date, first: date) -> None:
    """Monday's tells of the weekend too."""
    assert first_day(wishes(digest), day) == first


def test_the_days_are_named_as_people_say_them() -> None:
    """One day, several, and over a month's end."""
    assert days(date(2026, 11, 24), date(2026, 11, 24)) == "Tuesday, November 24"
    assert days(date(2026, 11, 20), date(2026, 11, 22)) == "Friday, November 20 to Sunday, November 22"
    assert days(date(2026, 10, 30), date(2026, 11, 1)) == "Friday, October 30 to Sunday, November 1"


def at(local: str, zone: str = BERLIN) -> datetime:
    """A moment by the reader's clock."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))


@pytest.fixture
def _mail_is_set_up(settings: Any) -> None:
    settings.CAN_MAIL = True
    settings.ADDRESS = "https://orders.shop.example"


def sent_at(reader: Notifications, now: datetime) -> list[Mail]:
    """The notifier comes by; the digests so far."""
    send_digest(loaded(reader), current_events(), now)
    return list(Mail.objects.filter(person=reader.person).order_by("pk"))


@pytest.mark.django_db
@pytest.mark.usefixtures("_mail_is_set_up")
def test_the_digest_tells_what_came_and_went_and_what_needs_a_person() -> None:
    """By the reader's day, store by store, with the oldest thing first and the next step next to it."""
    web, uk = a_store(), a_store("UK-", paused=True)
    an_order(web, 1)
    an_order(uk, 2)
    a_shipment(an_order(web, 3))
    LogEntry.objects.filter(kind=LogKind.IMPORTED).update(at=at("2026-11-24T00:00"))
    LogEntry.objects.filter(import_id="WEB-3").update(at=at("2026-11-25T00:00"))
    StoreUpdate.objects.filter(state=UpdateState.SENT).update(ended_at=at("2026-11-24T23:59"))
    for number, hour in ((5, 9), (4, 8)):
        order = a_refused_order(web, number)
        WebOrder.objects.filter(pk=order.pk).update(reason_since=at(f"2026-11-24T0{hour}:00"))
    reader = a_reader(digest="daily", zone=BERLIN)
    (mail,) = sent_at(reader, at("2026-11-25T08:00"))
    assert mail.subject == "2 items need attention – 2 orders imported, 1 shipment sent"
    text = mail.text.reveal()
    assert text.startswith("Tuesday, November 24\nImported: 2 orders (UK- 1, WEB- 1)\nShipped: 1 shipment sent")
    assert text.index("WEB-4, since Tue, Nov 24, 8:00 AM") < text.index("WEB-5, since Tue, Nov 24, 9:00 AM")
    assert "WEB-: 3 orders waiting to be imported" in text
    assert "WEB-: 14 Awaiting Payment" in text
    assert "UK-: Paused. Orders aren’t imported" in text
    assert "https://orders.shop.example/notifications/" in text
    assert sent_at(reader, at("2026-11-25T08:01")) == [mail]


@pytest.mark.django_db
@pytest.mark.usefixtures("_mail_is_set_up")
def test_a_calm_digest_says_so() -> None:
    """With no orders it is sent all the same: a mail that does not come may mean a machine that stands still."""
    (mail,) = sent_at(a_reader(digest="daily"), at("2026-11-25T08:00", "UTC"))
    assert mail.subject == "All caught up – 0 orders imported, 0 shipments sent"


@pytest.mark.django_db
@pytest.mark.usefixtures("_mail_is_set_up")
def test_a_digest_is_about_the_chosen_stores() -> None:
    """Neither the others' orders nor their troubles."""
    web, uk = a_store(), a_store("UK-")
    an_order(uk, 2)
    a_refused_order(uk, 4)
    LogEntry.objects.update(at=at("2026-11-24T12:00", "UTC"))
    StoreState.objects.filter(integration=uk).update(counts={"7": 9})
    (mail,) = sent_at(a_reader(digest="daily", stores=[web]), at("2026-11-25T08:00", "UTC"))
    assert mail.subject == "All caught up – 0 orders imported, 0 shipments sent"
    text = mail.text.reveal()
    assert "UK-" not in text


@pytest.mark.django_db
@pytest.mark.usefixtures("_mail_is_set_up")
def test_two_workers_send_one_digest() -> None:
    """Both found it due; the second sees that it is written."""
    reader = a_reader(digest="daily")
    seen_before = loaded(reader)
    sent_at(reader, at("2026-11-25T08:00", "UTC"))
    assert not send_digest(seen_before, current_events(), at("2026-11-25T08:00", "UTC"))
    assert Mail.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_mail_is_set_up")
def test_a_digest_asks_little_however_many_stores_there_are(django_assert_max_num_queries: Any) -> None:
    """Statements do not grow with the stores."""
    for number in range(12):
        a_refused_order(a_store(f"S{number}-"), number + 1)
    reader = a_reader(digest="daily")
    with django_assert_max_num_queries(26):
        (mail,) = sent_at(reader, at("2026-11-25T08:00", "UTC"))
    assert mail.subject.startswith("12 items need attention")
