"""The digest: what came in, what went out, what waits, and what needs a person."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q

from counterfoil.accounts.mail.notifications.digest_data import Digest, StoreDigest
from counterfoil.accounts.mail.notifications.digest_template import digest_letter, digest_subject
from counterfoil.accounts.mail.notifications.events import Event
from counterfoil.accounts.mail.notifications.schedule import A_DAY, due_day, first_day, midnight
from counterfoil.accounts.mail.outbox import enqueue
from counterfoil.accounts.models import Notifications
from counterfoil.stores.integrations.statistics import figures_of
from counterfoil.stores.integrations.status import store_statuses
from counterfoil.stores.models import LogEntry, LogKind, StoreUpdate, UpdateKind, UpdateState, WebIntegration


def send_digest(wishes: Notifications, events: Sequence[Event], now: datetime) -> bool:
    """Sends the digest that is due, if one is; two workers send one. Needs the person and stores loaded along."""
    day = due_day(wishes, now)
    if day is None:
        return False
    with transaction.atomic():
        mine = Notifications.objects.filter(pk=wishes.pk).filter(Q(digest_for=None) | Q(digest_for__lt=day))
        if mine.update(digest_for=day) != 1:
            return False
        digest = _digest(wishes, events, day)
        text = digest_letter(digest, wishes.zone)
        enqueue(wishes.person.email, digest_subject(digest), text, person=wishes.person)
    return True


def _digest(wishes: Notifications, events: Sequence[Event], day: date) -> Digest:
    chosen = [store.pk for store in wishes.stores.all()]
    stores = WebIntegration.objects.select_related("state").order_by("code")
    shown = list(stores.filter(pk__in=chosen) if chosen else stores)
    codes = {store.code for store in shown}
    first = first_day(wishes, day)
    begin, end = midnight(first, wishes.zone), midnight(day, wishes.zone)
    needs = [event for event in events if event.needs_person and event.store in codes]
    return Digest(first, day - A_DAY, _stores(shown, begin, end), needs)


def _stores(stores: Sequence[WebIntegration], begin: datetime, end: datetime) -> list[StoreDigest]:
    figures = figures_of(stores)
    log = LogEntry.objects.filter(integration__in=stores, kind=LogKind.IMPORTED, at__gte=begin, at__lt=end)
    imported = dict(log.order_by().values_list("integration").annotate(Count("pk")))
    told = StoreUpdate.objects.filter(
        kind=UpdateKind.CREATE, state=UpdateState.SENT, ended_at__gte=begin, ended_at__lt=end
    )
    shipped = dict(told.order_by().values_list("web_order__integration").annotate(Count("pk")))
    return [
        StoreDigest(
            each,
            figures[each.integration.pk],
            imported.get(each.integration.pk, 0),
            shipped.get(each.integration.pk, 0),
        )
        for each in store_statuses(stores, counted=False)
    ]
