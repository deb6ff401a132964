"""Who is told of what at once, and when: each event once per person, many within a minute in one mail."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min

from counterfoil.accounts.mail.notifications.events import Event, EventCause
from counterfoil.accounts.mail.notifications.templates import letter, subject_of
from counterfoil.accounts.mail.outbox import enqueue
from counterfoil.accounts.models import Mail, Notice, Notifications, Person

COLLECTING = timedelta(minutes=1)
PAUSES = (timedelta(0), timedelta(minutes=5), timedelta(minutes=15))
"""Between two mails, by how many there were within the last hour: who gets many gets fewer, longer ones."""
KEPT_FOR = timedelta(days=180)


def send_alerts(wishes: Notifications, events: Sequence[Event], now: datetime) -> None:
    """Notes what is new for the person, and sends one mail when it is time. Needs the person and the stores loaded."""
    person = wishes.person
    wanted = {event.key: event for event in wanted_by(wishes, events, now)}
    with transaction.atomic():
        Notifications.objects.select_for_update(of=("self",)).get(pk=wishes.pk)
        _note(person, wanted, now)
        untold = Notice.objects.filter(person=person, told_at=None)
        untold.exclude(key__in=wanted).delete()  # solved before anyone was told
        if not _is_time(wishes, now):
            return
        keys = set(untold.values_list("key", flat=True))
        told = [event for key, event in wanted.items() if key in keys]
        if told:
            mail = enqueue(person.email, subject_of(told), letter(told, wishes.zone), person=person)
            untold.update(told_at=now, mail=mail)


def wanted_by(wishes: Notifications, events: Sequence[Event], now: datetime) -> list[Event]:
    """What the person chose to be told of by now."""
    stores = {store.code for store in wishes.stores.all()}
    at_once = {
        EventCause.STORE: wishes.store_trouble,
        EventCause.UPDATE: wishes.failed_updates,
        EventCause.DEFECT: wishes.defects,
        EventCause.DIFFERENCE: wishes.differences,
    }
    chosen = {cause for cause, wanted in at_once.items() if wanted}
    patience = timedelta(minutes=wishes.attention_minutes)
    return [
        event
        for event in events
        if (not stores or event.store in stores)
        and event.by != str(wishes.person)
        and (event.cause in chosen or (wishes.attention and event.needs_person and now - event.since >= patience))
    ]


def is_quiet(wishes: Notifications, now: datetime) -> bool:
    """Whether the person's clock stands within their quiet hours, which may go over midnight."""
    begin, end = wishes.quiet_from, wishes.quiet_until
    if begin is None or end is None:
        return False
    hour = now.astimezone(wishes.zone).hour
    return begin <= hour < end if begin <= end else hour >= begin or hour < end


def forget_old_notices(now: datetime) -> None:
    """Removes the notices of half a year ago: whoever still has not resolved such an event is told once more."""
    Notice.objects.filter(told_at__lt=now - KEPT_FOR).delete()


def _note(person: Person, wanted: dict[str, Event], now: datetime) -> None:
    known = set(Notice.objects.filter(person=person, key__in=wanted).values_list("key", flat=True))
    new = [Notice(person=person, key=key, found_at=now) for key in wanted if key not in known]
    Notice.objects.bulk_create(new)


def _is_time(wishes: Notifications, now: datetime) -> bool:
    if is_quiet(wishes, now):
        return False
    notices = Notice.objects.filter(person=wishes.person)
    first = notices.filter(told_at=None).aggregate(first=Min("found_at"))["first"]
    if first is None or now < first + COLLECTING:
        return False
    lately = Mail.objects.filter(notices__person=wishes.person, notices__told_at__gt=now - timedelta(hours=1))
    mails = lately.aggregate(number=Count("pk", distinct=True), last=Max("notices__told_at"))
    pause = PAUSES[min(mails["number"], len(PAUSES) - 1)]
    return not mails["number"] or now >= mails["last"] + pause
