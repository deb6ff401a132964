"""Sales orders: lists, one, their status, holds."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query

from counterfoil.api.acts import Done, act, version_of
from counterfoil.api.authentication import check_store, orders_of, token_of
from counterfoil.api.lookup import locked_order, order_called
from counterfoil.api.paging import ListPage, Sorting, envelope, page_of
from counterfoil.api.problems import invalid
from counterfoil.api.schemas.common import PageOf
from counterfoil.api.schemas.orders import (
    HoldSent,
    OrderAsked,
    OrderChangedSchema,
    OrderRowSchema,
    OrdersAsked,
    ReleaseSent,
    Show,
    Sort,
    StatusSent,
)
from counterfoil.api.service import Resource, answer
from counterfoil.sales.db.bounded_list import among, in_order
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.sales.orders.querysets import on_hold, shipped, to_ship
from counterfoil.sales.orders.search import newest_found
from counterfoil.sales.orders.status import find_status, override_hold, put_on_hold
from counterfoil.sales.orders.status_by_hand import change_status_by_hand
from counterfoil.sales.orders.updated import complete_until
from counterfoil.stores.attention.items import needing_attention
from counterfoil.stores.json_output import Shape
from counterfoil.stores.order_documents import PARTS, RELATED, OrderDocuments

router = Resource("Sales orders")
Orders = QuerySet[SalesOrder]
NARROWED: dict[Show, Callable[[Orders], Orders]] = {
    Show.TO_SHIP: to_ship,
    Show.ATTENTION: needing_attention,
    Show.HELD: on_hold,
    Show.SHIPPED: shipped,
}
SORTINGS = {
    Sort.NEWEST: Sorting("order_date-", "order_date", downwards=True),
    Sort.OLDEST: Sorting("order_date", "order_date", downwards=False),
    Sort.UPDATED: Sorting("updated_at", "updated_at", downwards=False),
}
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 30)


@router.reads("/orders", PageOf[OrderRowSchema], query=OrdersAsked, operation_id="listOrders", url_name="orders")
def list_orders(request: HttpRequest, asked: Query[OrdersAsked]) -> HttpResponse:
    """Lists sales orders, newest first; with `updated_since`, those that changed, in the order they changed.

    If you follow `next` (or send `cursor` again later, when there is no next page yet), you get each existing order
    exactly once, however many are added or change in between. An order that changes again is listed again.
    A search (`q`) finds the newest 2,000.
    """
    parts = _parts(asked.include)
    sort = asked.sort or (Sort.UPDATED if asked.updated_since else Sort.NEWEST)
    if asked.updated_since and sort != Sort.UPDATED:
        raise invalid("sort", "With updated_since, the list is sorted by updated_at.", "Leave out sort.")
    sorting = SORTINGS[sort]
    orders = _narrowed(request, asked)
    if sort == Sort.UPDATED:
        orders = orders.filter(updated_at__lt=complete_until())
    page = page_of(orders.only("pk", sorting.column), sorting, cursor=asked.cursor, limit=asked.limit)
    found = in_order(SalesOrder.objects.select_related(*RELATED), [order.pk for order in page.rows])
    return answer(_page(request, page, found, parts))


def _page(request: HttpRequest, page: ListPage[SalesOrder], found: Sequence[SalesOrder], parts: Sequence[str]) -> Shape:
    documents = OrderDocuments(found)
    data = [documents.summary_with(order, parts) for order in found]
    return envelope(request, data, page.cursor, has_more=page.has_more)


def _narrowed(request: HttpRequest, asked: OrdersAsked) -> Orders:
    token = token_of(request)
    orders = orders_of(token)
    if asked.store:
        orders = orders.filter(source=check_store(token, asked.store).code)
    if asked.status:
        orders = orders.filter(status=_status(asked.status, retired_too=True))
    if asked.channel is not None:
        orders = orders.filter(channel=asked.channel)
    since, before = _beginning(asked.since), _beginning(asked.until, days=1)
    if since:
        orders = orders.filter(order_date__gte=since)
    if before:
        orders = orders.filter(order_date__lt=before)
    if asked.updated_since:
        orders = orders.filter(updated_at__gte=asked.updated_since)
    matches = newest_found(asked.q, since=since, before=before)
    if matches is not None:
        orders = orders.filter(pk__in=among(matches.ids))
    return NARROWED[asked.show](orders) if asked.show else orders


def _beginning(day: date | None, *, days: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time.min, tzinfo=UTC) + timedelta(days=days)


def _parts(include: str) -> list[str]:
    """Which of PARTS are wanted; raises Problem for another."""
    names = [name.strip() for name in include.split(",") if name.strip()]
    unknown = [name for name in names if name not in (*PARTS, "all")]
    if unknown:
        raise invalid("include", f"An order has no part “{unknown[0]}”.", f"There are: {', '.join(PARTS)}, all.")
    return list(PARTS) if "all" in names else [name for name in PARTS if name in names]


def _status(name: str, *, retired_too: bool = False) -> OrderStatus:
    """The order status of this name; raises Problem."""
    if retired_too and (found := OrderStatus.objects.filter(name__iexact=name.strip()).first()):
        return found
    try:
        return find_status(name)
    except Refused as refused:
        raise invalid("status", refused.sentence, refused.next_step) from refused


@router.reads("/orders/{order}", OrderRowSchema, query=OrderAsked, operation_id="getOrder", url_name="order")
def get_order(request: HttpRequest, order: str, asked: Query[OrderAsked]) -> HttpResponse:
    """One sales order, by its import ID or its number: lines, money, addresses, shipments, updates, history.

    The header ETag is its version. Send it as If-Match when you change the order, and you won't overwrite anything
    you haven't seen. What the store reports (the state of parcels and updates) doesn't change it.
    """
    parts = _parts(asked.include)
    found = order_called(token_of(request), order)
    return answer(OrderDocuments([found]).summary_with(found, parts), headers={"ETag": version_of(found)})


@router.acts(
    "post",
    "/orders/{order}/status",
    {200: OrderChangedSchema},
    scope="ship",
    operation_id="setOrderStatus",
    url_name="order-status",
)
def set_status(request: HttpRequest, order: str, sent: StatusSent) -> HttpResponse:
    """Changes a sales order to another order status; the store is updated if the status is mapped."""
    token = token_of(request)

    def do() -> Done:
        found = locked_order(request, order)
        status = _status(sent.status)
        changed = change_status_by_hand(found.pk, status, by=token.by, why=sent.why.strip(), anyway=sent.anyway)
        return _changed(found, changed=changed, what=f"Set the status {status.name}.")

    return act(request, do)


@router.acts(
    "post",
    "/orders/{order}/hold",
    {200: OrderChangedSchema},
    scope="manage",
    operation_id="holdOrder",
    url_name="order-hold",
)
def hold(request: HttpRequest, order: str, sent: HoldSent) -> HttpResponse:
    """Puts a sales order on hold: nothing on it ships until it is released."""
    token = token_of(request)

    def do() -> Done:
        found = locked_order(request, order)
        reason = sent.reason.strip()
        put_on_hold(found.pk, reason, by=token.by)
        return _changed(found, changed=found.hold_reason != reason, what="Put an order on hold.")

    return act(request, do)


@router.acts(
    "post",
    "/orders/{order}/release",
    {200: OrderChangedSchema},
    scope="manage",
    operation_id="releaseOrder",
    url_name="order-release",
)
def release(request: HttpRequest, order: str, sent: ReleaseSent) -> HttpResponse:
    """Releases a sales order from hold, so it can ship."""
    token = token_of(request)

    def do() -> Done:
        found = locked_order(request, order)
        override_hold(found.pk, by=token.by, why=sent.why)
        return _changed(found, changed=found.is_held, what="Released an order from hold.")

    return act(request, do)


def _changed(before: SalesOrder, *, changed: bool, what: str) -> Done:
    """The order as it stands now."""
    order = SalesOrder.objects.select_related("status").get(pk=before.pk)
    hold = {"reason": order.hold_reason, "overridden_by": order.hold_overridden_by} if order.hold_reason else None
    found = {
        "import_id": order.import_id,
        "number": order.number,
        "status": order.status.name,
        "changed": changed,
        "hold": hold,
    }
    return Done(found, what, order.name, headers={"ETag": version_of(order)})
