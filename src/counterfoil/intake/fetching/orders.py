"""Finds the orders that wait in a store and keeps each as it came, before anything else looks at it."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from counterfoil.bigcommerce import (
    NeedsPerson,
    Order,
    OrderHeader,
    TryAgain,
    coupons_on_lines,
    order_id_of,
    read_header,
    read_line_items,
    read_order,
)
from counterfoil.bigcommerce.client import StoreApi
from counterfoil.stores.integrations.import_window import cut_off, is_before_cut_off, known_zone
from counterfoil.stores.models import (
    ACKNOWLEDGEMENTS,
    Payload,
    StoreState,
    StoreUpdate,
    UpdateCause,
    UpdateState,
    WebIntegration,
    WebOrder,
    WebOrderState,
)
from counterfoil.stores.payloads.keep import KeptPayload, keep_payloads
from counterfoil.stores.sync.changed_orders import ChangedOrders
from counterfoil.stores.updates.outbox import UNDONE_ACKNOWLEDGEMENTS


def imported_orders(integration: WebIntegration) -> int:
    """How many orders were imported; those that are ignored do not count."""
    return WebOrder.objects.filter(integration=integration).exclude(state=WebOrderState.IGNORED).count()


def within_first(integration: WebIntegration, pages: "Iterator[Page]") -> "Iterator[Page]":
    """The pages, all of them where there is no limit; else without the new orders that go beyond it.

    Orders that are known come as always: the limit holds nothing back that was imported before. Reading ends behind
    the last of them.
    """
    if integration.first_orders is None:
        yield from pages
        return
    left = max(0, integration.first_orders - imported_orders(integration))
    of_store = WebOrder.objects.filter(integration=integration)
    last_known = of_store.aggregate(last=Max("bigcommerce_order_id"))["last"] or 0
    for page in pages:
        known = set(of_store.filter(bigcommerce_order_id__in=list(page.bodies)).values_list(_ID, flat=True))
        new = [order_id for order_id in sorted(page.bodies) if order_id not in known][:left]
        left -= len(new)
        bodies = {order_id: body for order_id, body in page.bodies.items() if order_id in known or order_id in new}
        if bodies:
            yield replace(page, bodies=bodies)
        if not left and max(page.bodies) >= last_known:
            return


_ID = "bigcommerce_order_id"


LIST_EVERY = timedelta(minutes=15)
MANY_ORDERS = 50_000
COUNT_OLD_EVERY = timedelta(hours=1)
PAGE = 250
NO_ORDER = 2**31 - 1  # an id from which on there is nothing to show, so that a list that fails here fails anywhere
NOT_LISTED = "It’s in a new order status, but BigCommerce's list didn’t show it."
UNREADABLE_ORDER = b'{"id": %d, "counterfoil": "BigCommerce could not deliver this order, not even alone."}'


def count_orders(integration: WebIntegration, api: StoreApi) -> dict[int, int]:
    """How many orders stand in each status since the cut-off; kept for the dashboard."""
    since = cut_off(integration)
    counts = api.orders_count(min_date_created=since)
    state = integration.state
    state.counts = {str(status_id): count for status_id, count in counts.items() if count}
    now = state.collected_at = timezone.now()
    fields = {"counts": state.counts, "collected_at": now}
    if since and (state.before_cut_off_at is None or now - state.before_cut_off_at >= COUNT_OLD_EVERY):
        state.before_cut_off = max(0, sum(api.orders_count().values()) - sum(counts.values()))
        state.before_cut_off_at = now
        fields |= {"before_cut_off": state.before_cut_off, "before_cut_off_at": now}
    StoreState.objects.filter(pk=state.pk).update(**fields)
    return counts


def count_ours(integration: WebIntegration) -> None:
    """Counts the orders that stand where we put them, so that what is outside import leaves them out.

    After a poll, which knows the statuses. Of very many orders no oftener than hourly: one statement that reads all.
    """
    state, now = integration.state, timezone.now()
    many = sum(state.counts.values()) > MANY_ORDERS
    if many and state.ours_at is not None and now - state.ours_at < COUNT_OLD_EVERY:
        return
    put_there = Q(sales_order__isnull=False) | Q(status_sent=F("status_seen"))
    known = WebOrder.objects.filter(put_there, integration=integration, status_seen__isnull=False).order_by()
    counted = known.values_list("status_seen").annotate(number=Count("pk"))
    state.ours, state.ours_at = {str(status): number for status, number in counted}, now
    StoreState.objects.filter(pk=state.pk).update(ours=state.ours, ours_at=now)


def not_decided(integration: WebIntegration, waiting: int) -> int:
    """Of so many orders that wait in the store, how many were not decided on before."""
    known = WebOrder.objects.filter(integration=integration, status_seen__in=integration.new_statuses)
    return max(0, waiting - known.exclude(state=WebOrderState.UNDECIDED).count())


def must_list(integration: WebIntegration, counts: dict[int, int], seen: ChangedOrders) -> bool:
    """Whether an order stands in a new order status that nothing explains, or the last list is too old."""
    state = integration.state
    if state.list_began_at is not None or state.listed_at is None or timezone.now() - state.listed_at >= LIST_EVERY:
        return True
    in_store = sum(counts.get(status_id, 0) for status_id in integration.new_statuses)
    if in_store and any(_is_new(integration, header) for header in seen.unknown):
        return True
    waiting = WebOrder.objects.filter(integration=integration, status_seen__in=integration.new_statuses)
    explained = waiting.filter(_EXPLAINED).count()
    return explained < max(waiting.count(), in_store)


def _is_new(integration: WebIntegration, header: OrderHeader) -> bool:
    if header.status_id not in integration.new_statuses or header.is_deleted:
        return False
    return header.date_created is None or not is_before_cut_off(integration, header.date_created)


# It was decided on as it stands there now, and what follows from that waits to be sent or for a person. Where the
# store was told since then, a new order status means that someone has set it back; the store's dates of modification
# do not show that when both happened in one second.
_EXPLAINED = Q(other_placed_at__isnull=False) | Q(modified_read=F("modified_seen")) & (
    Q(pk__in=UNDONE_ACKNOWLEDGEMENTS.values("web_order"))
    | ((Q(state="ignored") | ~Q(reason_code="")) & (Q(written_at=None) | Q(written_at__lt=F("decided_at"))))
)


def read_what_was_not_listed(integration: WebIntegration) -> int:
    """Marks the known orders that stand in a new order status, and that the list just read did not show.

    A list leaves out what was placed before the cut-off, also an order that is imported that was set back to new.
    """
    waiting = WebOrder.objects.filter(integration=integration, status_seen__in=integration.new_statuses)
    undecided = Q(decided_at=None) | Q(decided_at__lt=F("status_seen_at"))
    left = waiting.filter(undecided, status_seen_at__lt=integration.state.listed_at, read_again="")
    return left.exclude(_EXPLAINED).update(read_again=NOT_LISTED)


@dataclass(frozen=True, slots=True)
class Page:
    """Orders of one status as they came, by their BigCommerce order id; `read_at` is the time before the request."""

    status_id: int
    read_at: datetime
    bodies: dict[int, bytes]

    def keep(self, integration: WebIntegration) -> list[KeptPayload]:
        """Stores the orders; in ascending order of id."""
        return keep_payloads(integration, self.bodies, read_at=self.read_at, status_id=self.status_id)


def list_new_orders(
    integration: WebIntegration, api: StoreApi, counts: Mapping[int, int] | None = None
) -> Generator[list[KeptPayload]]:
    """Every order in a new order status, kept, a page at a time in ascending order of id; the first only, if so set.

    Goes on where the list before this was left, behind the last page that it gave: one that takes longer than a sync
    would else show the same orders each time, and never the last. To be closed. `counts`: how many stand in each
    status, where that is known.
    """
    state, statuses = integration.state, list(integration.new_statuses)
    if state.list_began_at is None or state.list_status_id not in statuses:
        state.list_began_at, state.list_status_id, state.list_min_id = timezone.now(), statuses[0], 1
        place = {"list_status_id": state.list_status_id, "list_min_id": state.list_min_id}
        StoreState.objects.filter(pk=state.pk).update(list_began_at=state.list_began_at, **place)
    began = state.list_began_at
    try:
        for status_id in statuses[statuses.index(state.list_status_id) :]:
            min_id = state.list_min_id if status_id == state.list_status_id else 1
            listed = _pages_of(integration, api, status_id, (counts or {}).get(status_id), min_id=min_id)
            for page in within_first(integration, listed):
                kept = page.keep(integration)
                state.list_status_id, state.list_min_id = status_id, max(page.bodies) + 1
                yield kept
        state.listed_at, state.list_began_at = began, None
    finally:
        # Where the settings were changed meanwhile, it is no longer this list that was begun: the next one is whole.
        StoreState.objects.filter(pk=state.pk, list_began_at=began).update(
            listed_at=state.listed_at,
            list_began_at=state.list_began_at,
            list_status_id=state.list_status_id,
            list_min_id=state.list_min_id,
        )


def pages(integration: WebIntegration, api: StoreApi) -> Iterator[Page]:
    """Reads every order in a new order status.

    By id and not by page, since orders leave the status while we read. A page that is too much for the store is
    halved, down to the one order that cannot be delivered, which then stands for itself.
    """
    for status_id in integration.new_statuses:
        yield from _pages_of(integration, api, status_id)


def _pages_of(
    integration: WebIntegration, api: StoreApi, status_id: int, expected: int | None = None, *, min_id: int = 1
) -> Iterator[Page]:
    """The orders of a status, until a page shows none that was not shown before, or all are there that are expected.

    A store may send fewer than asked for on each page, so a short page is no end. One that does not follow `min_id`
    begins with the first order each time: it is asked for one page after the other. `min_id`: the id that the first
    order has at least.
    """
    since = cut_off(integration)
    number, limit, by_page = 1, PAGE, False
    shown: set[int] = set()
    elsewhere = 0
    while True:
        read_at = timezone.now()
        try:
            bodies = api.list_orders(
                status_id=status_id, min_id=min_id, limit=limit, page=number, min_date_created=since
            )
        except TryAgain as trouble:
            if not trouble.smaller or number > 1:
                raise
            if limit > 1:
                limit //= 2
                continue
            bodies = _undeliverable(api, status_id, min_id, since, trouble)
        page = {order_id: body for body in bodies if (order_id := order_id_of(body)) is not None}
        fresh = {order_id: body for order_id, body in page.items() if order_id not in shown}
        shown |= fresh.keys()
        if fresh:
            yield Page(status_id, read_at, fresh)
        if not page or (by_page and not fresh):
            return
        if len(bodies) < limit and expected is not None:
            elsewhere += sum(_stands_elsewhere(body, status_id) for body in fresh.values())
            if len(shown) - elsewhere >= expected:
                return
        by_page = by_page or min(page) < min_id
        min_id, number = max(min_id, max(page) + 1), number + 1 if by_page else 1
        limit = limit if by_page else min(PAGE, limit * 2)


def _stands_elsewhere(body: bytes, status_id: int) -> bool:
    """Whether the order has another status than was asked for; which a store should not list."""
    header = read_header(body)
    return header is not None and header.status_id != status_id


def _undeliverable(
    api: StoreApi, status_id: int, min_id: int, since: datetime | None, trouble: TryAgain
) -> list[bytes]:
    """A note in place of the order that cannot be delivered; the store's trouble itself when no list works."""

    def first_from(least: int) -> list[OrderHeader] | None:
        """The first order from this id on in the light list; None where not even that shows it."""
        try:
            return api.list_order_headers(
                status_id=status_id, min_id=least, min_date_created=since, sort="id:asc", limit=1
            )
        except TryAgain as again:
            if not again.smaller:
                raise
            return None

    found = first_from(min_id)
    if found is None and first_from(NO_ORDER) is not None:
        return [UNREADABLE_ORDER % _first_not_shown(min_id, shows=lambda least: first_from(least) is not None)]
    if not found or found[0].id < min_id:
        raise trouble
    return [UNREADABLE_ORDER % found[0].id]


def _first_not_shown(min_id: int, *, shows: Callable[[int], bool]) -> int:
    """The id of the first order from `min_id` on, which no list shows: with the next id, lists work again."""
    step = 1
    while not shows(min_id + step):
        step *= 2
    hidden, shown = min_id + step // 2, min_id + step
    while shown - hidden > 1:
        middle = (hidden + shown) // 2
        hidden, shown = (hidden, middle) if shows(middle) else (middle, shown)
    return hidden


def read_one(integration: WebIntegration, api: StoreApi, bigcommerce_order_id: int) -> KeptPayload:
    """Reads one order and keeps it; raises NeedsPerson when the store does not have it."""
    read_at = timezone.now()
    body = api.order(bigcommerce_order_id)
    return keep_payloads(integration, {bigcommerce_order_id: body}, read_at=read_at)[0]


def complete(api: StoreApi, kept: KeptPayload, *, whole_coupons: bool = False) -> None:
    """Reads what did not come along with the order: lines beyond the fiftieth, coupons that its lines do not tell.

    `whole_coupons`: also those that the lines tell, since the store's rules may ask for more of them.
    """
    try:
        order = read_order(kept.body)
    except NeedsPerson:
        return  # the import says so
    more: dict[str, bytes] = {}
    if order.needs_products_call:
        more["products"] = api.order_products(order.id)
    if order.coupon_discount and (whole_coupons or not _tells_coupons(order, more.get("products"))):
        more["coupons"] = api.order_coupons(order.id)
    if more:
        Payload.objects.filter(pk=Subquery(_latest(kept))).update(**more)


def _tells_coupons(order: Order, products: bytes | None) -> bool:
    """Whether the lines tell the order's coupons."""
    try:
        lines = (read_line_items(products) if products is not None else ()) or order.line_items
    except NeedsPerson:
        return True  # the import says so
    return coupons_on_lines(order, lines) is not None


def _latest(kept: KeptPayload) -> QuerySet[WebOrder, Any]:
    return WebOrder.objects.filter(pk=kept.web_order_id).values("payload")


def to_read_again(integration: WebIntegration, *, after_writing: bool = False) -> Sequence[WebOrder]:
    """Known orders whose stored version is not the present one, or that someone wants: read one by one.

    `after_writing`: statuses were set a moment ago, so that it is too early to look for what came meanwhile. Where it
    is not known when the day begins from which orders are imported, those alone that do not depend on it.
    """
    acknowledging = Q(updates__state="waiting", updates__cause__in=ACKNOWLEDGEMENTS)
    changed = acknowledging & ~Q(modified_read=F("modified_seen"))
    wanted = ~Q(read_again="") | Q(wanted=True) | changed
    if not after_writing:
        wanted |= _REFUSED_AND_CHANGED
    found = WebOrder.objects.filter(wanted, integration=integration)
    if integration.not_before is not None and known_zone(integration) is None:
        found = found.filter(Q(wanted=True) | Q(sales_order__isnull=False))
    return list(found.distinct().order_by("bigcommerce_order_id"))


# An order that was refused, where our own import error has put it: what was wrong may be right by now. Dates of
# modification are in whole seconds, so lines that came in the second of our own write are looked for once more.
_PUT_THERE_BY_US = Exists(
    StoreUpdate.objects.filter(
        web_order=OuterRef("pk"),
        cause=UpdateCause.IMPORT_ERROR,
        status_id=OuterRef("status_seen"),
        state=UpdateState.SENT,
    )
)
_CHANGED = Q(modified_read__isnull=False, modified_seen__isnull=False) & ~Q(modified_read=F("modified_seen"))
_INCOMPLETE_WHEN_WRITTEN = Q(
    reason_code__in=["lines_missing", "no_lines"], payload__read_at__lte=F("written_at") + timedelta(seconds=2)
)
_REFUSED_AND_CHANGED = (
    ~Q(reason_code="") & Q(status_seen=F("status_sent")) & (_CHANGED | _INCOMPLETE_WHEN_WRITTEN) & Q(_PUT_THERE_BY_US)
)


def undecided(integration: WebIntegration) -> Iterator[KeptPayload]:
    """Orders that were kept and not decided on, as after a crash."""
    kept = WebOrder.objects.filter(integration=integration, state=WebOrderState.UNDECIDED, read_again="")
    return _kept(integration, kept.order_by("bigcommerce_order_id"))


def listed_unchanged(integration: WebIntegration) -> Iterator[KeptPayload]:
    """What the last list showed and was decided on before it: first those decided on longest ago."""
    listed_at = integration.state.listed_at
    waiting = WebOrder.objects.filter(integration=integration, status_seen__in=integration.new_statuses)
    listed = waiting.filter(payload__read_at__gte=listed_at)
    return _kept(integration, listed.filter(decided_at__lt=listed_at).order_by("decided_at", "pk"))


def _kept(integration: WebIntegration, web_orders: QuerySet[WebOrder]) -> Iterator[KeptPayload]:
    kept = web_orders.filter(payload__isnull=False)
    for order_id, pk, body in kept.values_list("bigcommerce_order_id", "pk", "payload__order").iterator(PAGE):
        yield KeptPayload(order_id, pk, integration.import_id(order_id), bytes(body))
