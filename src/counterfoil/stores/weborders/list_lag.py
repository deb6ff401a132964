"""Lists that show an order as it was: for some seconds after a change the order itself tells more."""

from datetime import datetime, timedelta

from django.db.models import Exists
from django.utils import timezone

from counterfoil.bigcommerce import read_header
from counterfoil.stores.models import Payload, StoreState, WebIntegration, WebOrder
from counterfoil.stores.weborders.poll_window import SAME_CLOCK

LAG_AT_MOST = timedelta(minutes=2)
LAGS_FOR = timedelta(hours=1)
"""A store whose lists lagged is taken to be one whose lists lag for so long."""


def note_lag(integration: WebIntegration) -> None:
    """A list of the store was behind what we know."""
    integration.state.lagged_at = timezone.now()
    StoreState.objects.filter(pk=integration.state.pk).update(lagged_at=integration.state.lagged_at)


def lags(integration: WebIntegration) -> bool:
    """Whether a list of the store was behind lately."""
    lagged_at = integration.state.lagged_at
    return lagged_at is not None and timezone.now() - lagged_at < LAGS_FOR


def read_before_writing(web_order: WebOrder, read_at: datetime) -> bool:
    """Whether it was read before our last write to the order ended: then it tells nothing new.

    A write that lies in the future was noted before our own clock was set back.
    """
    return web_order.written_at is not None and read_at <= web_order.written_at <= timezone.now()


def changed_just_before(web_order: WebOrder, there: datetime | None, *, count_our_writes: bool = False) -> bool:
    """Whether the order was changed in the store a moment before its clock showed `there`, so that lists may not show
    it yet; `count_our_writes`: or we wrote to it then."""
    changes = [web_order.modified_seen, web_order.written_there if count_our_writes else None]
    if there is None:
        return False
    return any(each is not None and there - LAG_AT_MOST < each <= there + SAME_CLOCK for each in changes)


def is_behind(web_order: WebOrder, payload: Payload) -> bool:
    """Whether the version read last is of a list that showed the order as it was before what we know of it.

    A list has set the status as it was read; an order that was read by itself is as it is. One whose date only seems to
    be older, since the store's clock was set back, is read by itself for nothing, once.
    """
    if web_order.status_seen_at != payload.read_at:
        return False
    return _is_older(web_order, payload) or _was_replaced(web_order, payload)


def _is_older(web_order: WebOrder, payload: Payload) -> bool:
    """Whether its date is before the last change that we know, be that our own, or of the order read by itself; or has
    the same second, and another status than that change left."""
    known = web_order.modified_seen
    shown = None if known is None else read_header(bytes(payload.order))
    if known is None or shown is None or shown.date_modified is None:
        return False
    return shown.date_modified < known or (shown.date_modified == known and shown.status_id != web_order.status_seen)


def _was_replaced(web_order: WebOrder, payload: Payload) -> bool:
    """Whether it is, byte for byte, a version that another one has replaced, which was read and imported a moment ago.

    Dates don't tell that where the store's clock was set back.
    """
    imported = web_order.imported_payload_id
    if imported is None or imported == payload.pk:
        return False
    versions = Payload.objects.filter(web_order=web_order)
    lately = versions.filter(pk=imported, read_at__gt=payload.read_at - LAG_AT_MOST)
    return versions.filter(Exists(lately), pk__lt=imported, order=payload.order).exists()
