"""Orders that the store said may have changed: read where the lists of this pass have not told already."""

from datetime import timedelta

from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, OrderHeader, read_header
from counterfoil.limits import MOST_EVENTS_A_SESSION
from counterfoil.stores.models import WebhookEvent, WebOrder
from counterfoil.stores.sync.changed_orders import ChangedOrders
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.weborders.list_lag import lags
from counterfoil.stores.weborders.reused_numbers import is_another, note_another

TOLD_OF_TOO_EARLY = timedelta(minutes=2)
"""For so long a store may say that an order changed and not have it on its lists yet."""
SAID = "The store said that it changed."


def read_webhook_events(session: StoreSession, seen: ChangedOrders) -> None:
    """Marks known orders to be read again, and lets the new order status be listed for one that nobody knew.

    An event that the light list of this pass has told costs no call; any other costs one.
    """
    integration = session.integration
    events = WebhookEvent.objects.filter(integration=integration).order_by("at")
    told = events.filter(at__lt=seen.at)
    known = () if lags(integration) else seen.known - seen.stale  # a late list shows an order as it was
    told.filter(bigcommerce_order_id__in=[*known, *(header.id for header in seen.unknown)]).delete()
    for each in session.while_it_lasts(events[:MOST_EVENTS_A_SESSION]):
        found = _header(session, each.bigcommerce_order_id)
        if found is None and timezone.now() - each.at < TOLD_OF_TOO_EARLY:
            continue
        if found is not None:
            _follow(session, found)
        WebhookEvent.objects.filter(pk=each.pk, at=each.at).delete()


def _header(session: StoreSession, order_id: int) -> OrderHeader | None:
    found = session.api.list_order_headers(min_id=order_id, sort="id:asc", limit=1)
    if found and found[0].id < order_id:  # a store that does not follow `min_id`: the order by itself tells
        try:
            return read_header(session.api.order(order_id))
        except NeedsPerson:
            return None
    return found[0] if found and found[0].id == order_id else None


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
