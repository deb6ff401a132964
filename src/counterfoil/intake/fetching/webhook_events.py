"""Orders that the store said may have changed: read where the lists of this pass have not told already."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, OrderHeader, TryAgain, read_header
from counterfoil.limits import MOST_EVENTS_A_SESSION
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import WebhookEvent, WebIntegration, WebOrder
from counterfoil.stores.sync.changed_orders import ChangedOrders
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.weborders.changes import note_shown
from counterfoil.stores.weborders.holds import held_if_deleted
from counterfoil.stores.weborders.list_lag import lags
from counterfoil.stores.weborders.reused_numbers import is_another, note_another

TOLD_OF_TOO_EARLY = timedelta(minutes=2)
"""For so long a store may say that an order changed and not have it on its lists yet."""
ON_ITS_WAY = timedelta(seconds=5)
"""So long after a change the store has mostly told of it."""
SAID = "The store said that it changed."


def read_webhook_events(session: StoreSession, seen: ChangedOrders) -> None:
    """Marks known orders to be read again, and lets the new order status be listed for one that nobody knew.

    An event that the light list of this pass has told costs no call. Nor does one of an order that the list shows as it
    was before: the list may be late, so the event stays for two minutes, and the order is read before it is shipped.
    Any other costs one. An imported order that the store does not have, as it seems, is read by itself, so that it is
    held; the event stays for two minutes.
    """
    integration = session.integration
    events = WebhookEvent.objects.filter(integration=integration).order_by("at")
    told = events.filter(at__lt=seen.at)
    known = () if lags(integration) else seen.known - seen.stale  # a late list shows an order as it was
    early = _not_shown_yet(session, told.filter(bigcommerce_order_id__in=known), seen.at)
    listed = told.filter(bigcommerce_order_id__in=[*known, *(header.id for header in seen.unknown)])
    listed.exclude(pk__in=early).delete()
    for each in session.while_it_lasts(events.exclude(pk__in=early)[:MOST_EVENTS_A_SESSION]):
        if not _follow_one(session, each):
            # Archived or deleted, as it seems: reading it by itself tells.
            orders = SalesOrder.objects.filter(
                web_order__integration=integration, web_order__bigcommerce_order_id=each.bigcommerce_order_id
            )
            is_early = timezone.now() - each.at < TOLD_OF_TOO_EARLY
            to_read = held_if_deleted(orders) if is_early else orders
            WebOrder.objects.filter(sales_order__in=to_read).update(addresses_to_read=True)
            if is_early:
                continue
        WebhookEvent.objects.filter(pk=each.pk, at=each.at).delete()


def _not_shown_yet(session: StoreSession, events: QuerySet[WebhookEvent], asked_at: datetime) -> Collection[int]:
    """Those that came lately, and later than the change that the list shows; or that came just before the list was
    asked for: like an event of our own write, but it may tell of a deletion that the list does not show yet."""
    now = timezone.now()
    there = session.api.store_time(now)
    ahead = timedelta(0) if there is None else there - now
    orders = WebOrder.objects.filter(
        integration=session.integration, bigcommerce_order_id=OuterRef("bigcommerce_order_id")
    )
    lately = events.filter(at__gt=now - TOLD_OF_TOO_EARLY).annotate(shown=Subquery(orders.values("modified_seen")))
    rows = lately.values_list("pk", "at", "shown")
    return [
        pk
        for pk, at, shown in rows
        if shown is not None and (at > asked_at - ON_ITS_WAY or shown < at + ahead - ON_ITS_WAY)
    ]


def _follow_one(session: StoreSession, event: WebhookEvent) -> bool:
    """Reads an order and follows what it shows; False where the store does not have it (yet).

    One that is imported, and that we did not just write to, is read by itself: lists may be late. Where that tells
    nothing, or that it is not there, no list that shows it tells more: False as well.
    """
    at, order_id, alone = timezone.now(), event.bigcommerce_order_id, None
    orders = WebOrder.objects.filter(integration=session.integration, bigcommerce_order_id=order_id)
    asks_it = orders.filter(sales_order__isnull=False).exclude(written_at__gte=event.at - ON_ITS_WAY).exists()
    if asks_it:
        with suppress(TryAgain):
            alone = _read_alone(session, order_id)
    found = alone or _listed(session, order_id)
    if found is not None:
        _follow(session, found)
    if alone is not None:
        note_shown(session.integration, [alone], at, alone=True)
    return (alone if asks_it else found) is not None


def _listed(session: StoreSession, order_id: int) -> OrderHeader | None:
    found = session.api.list_order_headers(min_id=order_id, sort="id:asc", limit=1)
    if found and found[0].id < order_id:  # a store that does not follow `min_id`: the order by itself tells
        return _read_alone(session, order_id)
    return found[0] if found and found[0].id == order_id else None


def _read_alone(session: StoreSession, order_id: int) -> OrderHeader | None:
    try:
        return read_header(session.api.order(order_id))
    except NeedsPerson:
        return None


def _follow(session: StoreSession, found: OrderHeader) -> None:
    integration = session.integration
    known = WebOrder.objects.filter(integration=integration, bigcommerce_order_id=found.id)
    web_order = known.first()
    if web_order is not None and found.date_created and is_another(web_order.placed_at, found.date_created):
        note_another(web_order.pk, found.date_created)
        return
    if found.status_id not in integration.new_statuses or found.is_deleted:
        # What else changed, the light list tells, but for addresses: these do not wait for the next one.
        edited = known.filter(sales_order__isnull=False).exclude(modified_seen=found.date_modified)
        edited.update(addresses_to_read=True)
        return
    changed = known.exclude(modified_read=found.date_modified, status_seen=found.status_id)
    if not changed.update(read_again=SAID) and web_order is None:
        integration.state.listed_at = None  # the new order status is listed in this pass
        if _is_passed(integration, found):
            integration.state.list_began_at = None  # from its beginning


def _is_passed(integration: WebIntegration, found: OrderHeader) -> bool:
    """Whether a list that is to go on has passed the order's place already."""
    state, statuses = integration.state, list(integration.new_statuses)
    if state.list_began_at is None or state.list_status_id not in statuses:
        return False
    there, here = statuses.index(found.status_id), statuses.index(state.list_status_id)
    return there < here or (there == here and found.id < state.list_min_id)
