"""Orders that the store said may have changed: read where the lists of this pass have not told already."""

from datetime import timedelta

from django.utils import timezone

from counterfoil.bigcommerce import OrderGlance
from counterfoil.limits import MOST_EVENTS_A_VISIT
from counterfoil.stores.models import OrderNews, WebOrder
from counterfoil.stores.sync.session import Visit
from counterfoil.stores.weborders.changes import Seen

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
    told.filter(bigcommerce_order_id__in=[*seen.known, *(glance.id for glance in seen.unknown)]).delete()
    for each in visit.while_it_lasts(news[:MOST_EVENTS_A_VISIT]):
        found = _glance(visit, each.bigcommerce_order_id)
        if found is None and timezone.now() - each.at < TOLD_OF_TOO_EARLY:
            continue
        if found is not None:
            _follow(visit, found)
        OrderNews.objects.filter(pk=each.pk, at=each.at).delete()


def _glance(visit: Visit, order_id: int) -> OrderGlance | None:
    found = visit.client.glance_orders(min_id=order_id, sort="id:asc", limit=1)
    return found[0] if found and found[0].id == order_id else None


def _follow(visit: Visit, found: OrderGlance) -> None:
    integration = visit.integration
    if found.status_id not in integration.new_statuses or found.is_deleted:
        return  # what else changed, the light list tells
    known = WebOrder.objects.filter(integration=integration, bigcommerce_order_id=found.id)
    changed = known.exclude(modified_read=found.date_modified, status_seen=found.status_id)
    if not changed.update(read_again=SAID) and not known.exists():
        integration.state.listed_at = None  # the new order status is listed in this pass
