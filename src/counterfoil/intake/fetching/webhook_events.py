"""Orders that the store said may have changed: read where the lists of this pass have not told already."""

from datetime import timedelta

from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, OrderGlance, read_glance
from counterfoil.limits import MOST_EVENTS_A_VISIT
from counterfoil.stores.models import OrderNews, WebOrder
from counterfoil.stores.sync.session import Visit
from counterfoil.stores.weborders.changes import Seen
from counterfoil.stores.weborders.list_lag import lags
from counterfoil.stores.weborders.reused_numbers import is_another, note_another

TOLD_OF_TOO_EARLY = timedelta(minutes=2)
"""For so long a store may say that an order changed and not have it on its lists yet."""
SAID = "The store said that it changed."


def follow_news(visit: Visit, seen: Seen) -> None:
    """Marks known orders to be read again, and lets the new order status be listed for one that nobody knew.

    News that the light list of this pass has told costs no call; any other costs one.
    """
    integration = visit.integration
    news = OrderNews.objects.filter(integration=integration).order_by("at")
    told = news.filter(at__lt=seen.at)
    known = () if lags(integration) else seen.known - seen.stale  # a late list shows an order as it was
    told.filter(bigcommerce_order_id__in=[*known, *(glance.id for glance in seen.unknown)]).delete()
    for each in visit.while_it_lasts(news[:MOST_EVENTS_A_VISIT]):
        found = _glance(visit, each.bigcommerce_order_id)
        if found is None and timezone.now() - each.at < TOLD_OF_TOO_EARLY:
            continue
        if found is not None:
            _follow(visit, found)
        OrderNews.objects.filter(pk=each.pk, at=each.at).delete()


def _glance(visit: Visit, order_id: int) -> OrderGlance | None:
    found = visit.client.glance_orders(min_id=order_id, sort="id:asc", limit=1)
    if found and found[0].id < order_id:  # a store that does not follow `min_id`: the order by itself tells
        try:
            return read_glance(visit.client.order(order_id))
        except NeedsPerson:
            return None
    return found[0] if found and found[0].id == order_id else None


def _follow(visit: Visit, found: OrderGlance) -> None:
    integration = visit.integration
    known = WebOrder.objects.filter(integration=integration, bigcommerce_order_id=found.id)
    web_order = known.first()
    if web_order is not None and found.date_created and is_another(web_order.placed_at, found.date_created):
        note_another(web_order.pk, found.date_created)
        return
    if found.status_id not in integration.new_statuses or found.is_deleted:
        return  # what else changed, the light list tells
    changed = known.exclude(modified_read=found.date_modified, status_seen=found.status_id)
    if not changed.update(read_again=SAID) and web_order is None:
        integration.state.listed_at = None  # the new order status is listed in this pass
