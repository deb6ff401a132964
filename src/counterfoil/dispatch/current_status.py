"""An order as it stands in the store now, where the lists that tell of all orders may lag behind.

What was last seen of an order must be newer than its last change that we know before a parcel or status of it goes out
(design, rule 16). Mostly the light list is: then nothing is read.
"""

from datetime import timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from counterfoil.stores.models import StoreUpdate, WebhookEvent
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.weborders.changes import FRESH, note_read_alone
from counterfoil.stores.weborders.list_lag import lags

OWN_EVENT = timedelta(seconds=5)
"""The store tells of our own writes, too: about so long afterwards."""


def with_events(updates: QuerySet[StoreUpdate]) -> QuerySet[StoreUpdate]:
    """The updates with when a webhook told of their order (`told_at`), where that was not looked into yet."""
    events = WebhookEvent.objects.filter(
        integration=OuterRef("web_order__integration"),
        bigcommerce_order_id=OuterRef("web_order__bigcommerce_order_id"),
    )
    return updates.annotate(told_at=Subquery(events.values("at")[:1]))


def read_where_lists_lag(session: StoreSession, update: StoreUpdate) -> bool:
    """Reads the update's order by itself where a list showed it as it was before what we know of it; holds it if so.

    `update`: loaded `with_events`. Where lists lag, each order that the store is told something of is read, and so is
    one that was told of an import before and is to be told once more: it was set back, or a list still shows it as new
    while it was cancelled; and so is one that the store itself said has changed, since no list may show that yet.
    True where it was read. Raises NeedsPerson where the store has no such order.
    """
    order_id = update.web_order.bigcommerce_order_id
    if not _must_be_read(session, update):
        return False
    at = timezone.now()
    if note_read_alone(session.integration, session.api.order(order_id), at) is None:
        return False  # what cannot be read tells nothing newer
    session.read_alone[order_id] = at
    return True


def _must_be_read(session: StoreSession, update: StoreUpdate) -> bool:
    order_id = update.web_order.bigcommerce_order_id
    is_stale = session.seen is not None and order_id in session.seen.stale
    is_doubtful = is_stale or lags(session.integration) or _is_told_again(update)
    if not is_doubtful and not _is_said_to_have_changed(update):
        return False
    read_at = session.read_alone.get(order_id)
    if read_at is None or timezone.now() - read_at > FRESH:
        return True
    return session.seen is not None and read_at < session.seen.at


def _is_told_again(update: StoreUpdate) -> bool:
    return update.acknowledges and update.web_order.status_sent is not None


def _is_said_to_have_changed(update: StoreUpdate) -> bool:
    """Whether a change is known of that the order was not read for; what answers an import follows such a reading."""
    web_order = update.web_order
    if update.acknowledges:
        return False
    told_at = getattr(update, "told_at", None)
    is_told = told_at is not None and (web_order.written_at is None or told_at > web_order.written_at + OWN_EVENT)
    return is_told or bool(web_order.read_again)
