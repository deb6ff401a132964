"""Gives events their place in the order in which all are told, and queues them for the endpoints that want them.

An id is drawn while a transaction runs, and seen when it has ended: whoever reads up to id 7 may miss 6. So events get
their position afterwards, from one writer at a time (it holds the lock on the only row of `Publication`): what has a
position is seen before the next one is given, and whoever reads on from a position misses nothing. Positions follow
ids, which are drawn while the order is locked, so that events of an order stand in the order in which they happened.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from counterfoil.events.models import TEST, OutgoingEvent, Publication, WebhookDelivery
from counterfoil.storable import number_of

BATCH = 1000
KEEP_EVENTS = timedelta(days=30)
AFTER_RESTORE = 10**9
"""So many positions are left out after a restore: more than can have been given since the backup."""
_OURS = 1

_TOLD_NOW = """
    SET CONSTRAINTS events_order_updated, events_shipment_processed IMMEDIATE;
    SET CONSTRAINTS events_order_updated, events_shipment_processed DEFERRED;
"""
_LOCK = "SELECT last FROM events_publication WHERE id = 1 FOR UPDATE SKIP LOCKED"
_NUMBER = """
    WITH fresh AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place
        FROM (SELECT id FROM events_outgoingevent WHERE position IS NULL ORDER BY id LIMIT %(batch)s) AS those
    ), numbered AS (
        UPDATE events_outgoingevent AS event SET position = %(last)s + fresh.place
        FROM fresh WHERE event.id = fresh.id
        RETURNING event.id, event.position, event.type, event.store, event.subject
    ), queued AS (
        INSERT INTO events_webhookdelivery (endpoint_id, event_id, position, subject)
        SELECT endpoint.id, numbered.id, numbered.position, numbered.subject
        FROM numbered JOIN events_webhookendpoint AS endpoint
            ON (endpoint.types = '{}' OR numbered.type = ANY (endpoint.types))
            AND (endpoint.stores = '{}' OR numbered.store = ANY (endpoint.stores))
        WHERE numbered.type <> %(test)s ORDER BY numbered.position
    )
    UPDATE events_publication SET last = last + (SELECT count(*) FROM numbered) WHERE id = 1
    RETURNING (SELECT count(*) FROM numbered)
"""


def publish() -> int:
    """Gives positions to all that happened; how many. Does nothing while another process does it.

    Three statements where there is nothing new.
    """
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TOLD_NOW)  # for whoever asks within the transaction in which it happened
            if not OutgoingEvent.objects.filter(position=None).exists():
                return done
            last = _locked(cursor)
            if last is None:
                return done
            cursor.execute(_NUMBER, {"batch": BATCH, "last": last, "test": TEST})
            number = int(cursor.fetchone()[0])
        done += number
        if number < BATCH:
            return done


def _locked(cursor: object) -> int | None:
    Publication.objects.bulk_create([Publication(pk=_OURS)], ignore_conflicts=True)
    cursor.execute(_LOCK)  # type: ignore[attr-defined]  # a cursor of Django
    row = cursor.fetchone()  # type: ignore[attr-defined]
    return None if row is None else int(row[0])


class PositionUnknown(Exception):
    """No event has this id, or it is kept no longer: whoever went on from there may have missed some."""


@dataclass(frozen=True, slots=True)
class EventsPage:
    """Some events, whether there are more now, and the position up to which all is told."""

    events: list[OutgoingEvent]
    position: int
    has_more: bool


def position_after(text: str) -> int:
    """The position that `after` names: "" for the beginning, a position, or an event's id; raises PositionUnknown."""
    if not text:
        return 0
    kept = Publication.objects.filter(pk=_OURS).first() or Publication(pk=_OURS)
    position = number_of(text)
    if position is None:
        position = _position_of_event(text)
    if position is None or position < kept.forgotten or position > kept.last:
        raise PositionUnknown(text)
    return position


def _position_of_event(text: str) -> int | None:
    try:
        uuid = UUID(hex=text.removeprefix("evt_"))
    except ValueError:
        return None
    return OutgoingEvent.objects.filter(uuid=uuid).values_list("position", flat=True).first()


def events_after(position: int, *, stores: list[str], types: list[str], limit: int) -> EventsPage:
    """The events after this position, the first first; of all stores and types where none is named.

    The last page's position is that of the last event of all, also of those that were not asked for: who follows a
    quiet store would else keep a position that is forgotten after 30 days. It is read first: what comes meanwhile lies
    behind it. Two statements.
    """
    last = Publication.objects.filter(pk=_OURS).values_list("last", flat=True).first() or 0
    found = OutgoingEvent.objects.filter(position__gt=position).exclude(type=TEST)
    if stores:
        found = found.filter(store__in=stores)
    if types:
        found = found.filter(type__in=types)
    events = list(found.order_by("position")[: limit + 1])
    shown = events[:limit]
    told = shown[-1].position or position if shown else position
    has_more = len(events) > limit
    return EventsPage(shown, told if has_more else max(told, last), has_more)


def forget_events(before: datetime) -> int:
    """Removes the events of before then, with their deliveries; how many. What has no position yet stays."""
    number = 0
    while True:
        with transaction.atomic():
            old = OutgoingEvent.objects.filter(at__lt=before, position__isnull=False).order_by("at")
            rows = list(old.values_list("pk", "position")[:BATCH])
            if not rows:
                return number
            highest = max(position or 0 for _, position in rows)
            Publication.objects.filter(pk=_OURS, forgotten__lt=highest).update(forgotten=highest)
            pks = [pk for pk, _ in rows]
            WebhookDelivery.objects.filter(event__in=pks).delete()
            OutgoingEvent.objects.filter(pk__in=pks).delete()
        number += len(rows)


def leave_out_positions() -> None:
    """After a restore: positions that were given since the backup are known to others, and not given once more."""
    Publication.objects.bulk_create([Publication(pk=_OURS)], ignore_conflicts=True)
    Publication.objects.update(last=F("last") + AFTER_RESTORE)
