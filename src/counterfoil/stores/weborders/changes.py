"""Keeps fresh what the store says of all known orders, with one light list: statuses, shipped quantities, refunds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from counterfoil.bigcommerce import Order, OrderHeader, TryAgain, read_header, readable_order
from counterfoil.bigcommerce.client import StoreApi, ends_list
from counterfoil.stores.log import log, log_once
from counterfoil.stores.models import LogKind, StoreState, WebIntegration, WebOrder
from counterfoil.stores.sync.changed_orders import ChangedOrders
from counterfoil.stores.weborders.after_restore import bring_back
from counterfoil.stores.weborders.hidden_edits import digest_of, note_hidden_edits
from counterfoil.stores.weborders.holds import ORDER_GONE, REASONS, StoreStanding, hold_deleted, update_holds
from counterfoil.stores.weborders.poll_window import PAGE, SAME_CLOCK, begins_at, mark_of, overlaps_from, set_back_to
from counterfoil.stores.weborders.reused_numbers import note_another, note_same
from counterfoil.stores.weborders.shipments import items_known

SMALLER = 10
CLOCKS_APART = timedelta(days=1)
"""By so much, at most, a store's clock is taken to be before ours."""

# What was read before our last write to an order ended tells nothing new of it. An order that nobody had edited before
# we wrote to it, and that was not looked at since, was modified by that write. What is shipped there is read where it
# is another quantity than the last time and than that of all shipments we know, refunds where there may be a new one:
# the date of our own write hides one that came just before it. While something of an order is still to be shipped, its
# shipments are read whenever others modified it: one may have taken the place of another with as many items.
# The addresses of an imported order are read when others modified it, and something of it is still to be shipped or may
# not have left yet; where it goes to several, also when our own write may hide that: the answer to a shipment shows its
# own address alone. One in a new order status is read anyway, and what that changes is noted then. What our own writes
# did is dated within two seconds of them; what is dated earlier may be an edit after the store's clock was set back.
# What an edit would change (`header`) is compared with what was seen last, once we have written since
# (`hidden_edits`); of an order in a new order status the version that is read is what was seen. A list that is dated
# before our write shows the order without it (`before_write`): what was seen then says nothing of what came with it.
# A list that shows an order as it was before what we know of it lags behind (`stale`): it tells nothing of that order.
# So does one that shows, with the same second, that an order goes on which we know the store has stopped: the order is
# read by itself then, and lifting a hold two minutes late is better than shipping what was cancelled.
# Lists lag by seconds; an older date that stays is a clock that was set back. An order that was placed at another
# moment is another one (`reused_numbers`): its status is noted, and nothing of it is read for the imported order.
_SEE = """
    WITH compared AS (
        SELECT page.*, web_order.id AS web_order_id,
            COALESCE(abs(extract(epoch FROM page.created - web_order.placed_at)) >= 1, false) AS another,
            NOT %(any_date)s AND (
                page.modified < web_order.modified_seen
                OR page.modified = web_order.modified_seen AND page.status_id <> ALL(%(held_statuses)s::smallint[])
                AND web_order.status_seen = ANY(%(held_statuses)s::smallint[])
            )
            AND COALESCE(abs(extract(epoch FROM page.created - web_order.placed_at)) < 1, true)
            AND GREATEST(web_order.written_at, web_order.status_seen_at) > %(at)s - interval '2 minutes' AS stale,
            page.modified = web_order.modified_seen AS same_second,
            COALESCE(
                page.modified < web_order.written_there - interval '2 seconds'
                AND web_order.written_at > COALESCE(web_order.header_seen_at, web_order.status_seen_at)
                AND web_order.written_at > %(at)s - interval '2 minutes', false
            ) AS before_write,
            page.modified IS DISTINCT FROM web_order.modified_seen AND (
                COALESCE(web_order.written_at <= web_order.status_seen_at, true)
                OR COALESCE(abs(extract(epoch FROM page.modified - web_order.written_there)) > 2, true)
            ) AS edited,
            COALESCE(
                web_order.written_at > COALESCE(web_order.header_seen_at, web_order.status_seen_at)
                AND web_order.sales_order_id IS NOT NULL AND page.status_id <> ALL(%(new_statuses)s::smallint[])
                AND page.header NOT IN ('', web_order.header_seen)
                AND (web_order.header_seen <> '' OR web_order.modified_read = web_order.modified_seen), false
            ) AS hidden, web_order.header_seen AS header_before
        FROM unnest(
            %(ids)s::bigint[], %(statuses)s::smallint[], %(modified)s::timestamptz[], %(shipped)s::int[],
            %(refunded)s::bool[], %(created)s::timestamptz[], %(headers)s::text[]
        ) AS page (id, status_id, modified, shipped, refunded, created, header)
        JOIN stores_weborder AS web_order
            ON web_order.integration_id = %(integration)s AND web_order.bigcommerce_order_id = page.id
    ), seen AS (
        SELECT *, hidden AND NOT before_write AS hides_edit,
            header <> '' AND NOT another AND NOT before_write AND status_id <> ALL(%(new_statuses)s::smallint[])
            AS tells_header
        FROM compared
    ), noted AS (
        UPDATE stores_weborder AS web_order SET
            status_seen = seen.status_id, status_seen_at = %(at)s,
            modified_seen = seen.modified,
            modified_read = CASE
                WHEN modified_read = modified_seen AND written_at > status_seen_at
                AND seen.status_id <> ALL(%(new_statuses)s::smallint[]) AND NOT EXISTS (
                    SELECT 1 FROM stores_storeupdate AS answers
                    WHERE answers.web_order_id = web_order.id AND answers.acknowledges
                        AND answers.state IN ('waiting', 'sending', 'failed')
                ) THEN seen.modified
                ELSE modified_read
            END,
            header_seen = CASE WHEN seen.tells_header THEN seen.header ELSE header_seen END,
            header_seen_at = CASE WHEN seen.tells_header THEN %(at)s ELSE header_seen_at END,
            written_at = CASE WHEN written_at > %(now)s THEN %(at)s ELSE written_at END,
            items_shipped_seen = CASE WHEN seen.another THEN items_shipped_seen ELSE seen.shipped END,
            shipments_to_read = shipments_to_read OR (
                NOT seen.another AND sales_order_id IS NOT NULL AND (
                    seen.shipped <> items_shipped_seen AND seen.shipped <> (
                        SELECT COALESCE(sum((item ->> 'quantity')::int), 0)
                        FROM stores_webshipment AS shipment CROSS JOIN jsonb_array_elements(shipment.items) AS item
                        WHERE shipment.web_order_id = web_order.id AND shipment.gone_at IS NULL
                    ) OR seen.shipped > 0 AND seen.edited AND EXISTS (
                        SELECT 1 FROM sales_orderline AS line
                        WHERE line.order_id = web_order.sales_order_id AND line.kind = 'physical'
                            AND line.quantity - line.shipped - line.cancelled > 0
                    )
                )
            ),
            refunds_to_read = refunds_to_read OR (
                NOT seen.another AND sales_order_id IS NOT NULL AND seen.refunded
                AND (
                    (status_seen, modified_seen) IS DISTINCT FROM (seen.status_id, seen.modified)
                    OR COALESCE(written_at > status_seen_at, false)
                )
            ),
            addresses_to_read = addresses_to_read OR (
                NOT seen.another AND sales_order_id IS NOT NULL
                AND (
                    seen.edited OR COALESCE(written_at > status_seen_at, false) AND (
                        SELECT count(DISTINCT line.ship_to_id) FROM sales_orderline AS line
                        WHERE line.order_id = web_order.sales_order_id AND line.kind = 'physical'
                    ) > 1
                )
                AND (
                    seen.status_id <> ALL(%(new_statuses)s::smallint[]) OR EXISTS (
                        SELECT 1 FROM sales_orderaddress AS place
                        WHERE place.order_id = web_order.sales_order_id AND place.source_changed_at IS NOT NULL
                    )
                ) AND (
                    EXISTS (
                        SELECT 1 FROM sales_orderline AS line
                        WHERE line.order_id = web_order.sales_order_id AND line.kind = 'physical'
                            AND line.ship_to_id IS NOT NULL AND line.quantity - line.shipped - line.cancelled > 0
                    ) OR EXISTS (
                        SELECT 1 FROM sales_shipment AS shipment
                        WHERE shipment.order_id = web_order.sales_order_id
                            AND shipment.processed_at > %(at)s - interval '1 day'
                    )
                )
            )
        FROM seen
        WHERE web_order.id = seen.web_order_id AND seen.stale IS NOT TRUE
            AND (web_order.written_at IS NULL OR web_order.written_at < %(at)s OR web_order.written_at > %(now)s)
        RETURNING web_order.bigcommerce_order_id, web_order.import_id, web_order.sales_order_id, web_order.status_seen,
            COALESCE((SELECT hold_reason FROM sales_salesorder AS sold WHERE sold.id = web_order.sales_order_id), ''),
            web_order.id, web_order.other_placed_at, seen.created, seen.another, seen.header,
            seen.hides_edit, seen.header_before
    )
    SELECT *, false, false FROM noted
    UNION ALL SELECT id, '', NULL, status_id, '', web_order_id, NULL, NULL, false, '', false, '', same_second, true
    FROM seen WHERE stale
"""
LARGEST_COUNT = 2**31 - 1
OVERLAPS_FOR = timedelta(minutes=10)
LEFT_OUT = (
    "BigCommerce hasn’t shown an order that was changed there for ten minutes. Counterfoil has stopped "
    "waiting for it; a reconciliation will find what changed in BigCommerce."
)
SAME_PAGE = "BigCommerce's list of changes shows the same page again and again; the rest can’t be read."
FRESH = timedelta(seconds=25)  # a status last seen counts for 30 s; the request itself takes some of it
JUST_SEEN = timedelta(seconds=5)
"""What our shipments and mapped statuses overwrite is gone for good, so they follow a later look than answers do."""


@dataclass
class _Repeats:
    """Which versions of orders the pages have shown: a list that follows neither dates nor pages has no end.

    What begins in one second with what the page before ended with is shown twice by any store; a third time by none.
    """

    seen: set[tuple[int, datetime | None, int]] = field(default_factory=set)
    in_a_row: int = 0

    def is_endless(self, headers: Sequence[OrderHeader]) -> bool:
        """Whether these pages show nothing else any more."""
        versions = {(each.id, each.date_modified, each.status_id) for each in headers}
        self.in_a_row = self.in_a_row + 1 if versions and versions <= self.seen else 0
        self.seen |= versions
        return self.in_a_row > 1


def poll_changes(integration: WebIntegration, api: StoreApi) -> ChangedOrders:
    """Reads what changed in the store since some minutes before the last poll and notes it; mostly one call.

    Orders that the store has stopped are put on hold; those that a restored backup does not know yet are wanted.
    Shipments and refunds that are to be read are marked.

    The first poll reads the newest changes only: nothing is known yet that could have changed before. Where the store
    left out an order, the next polls begin before it, for ten minutes at most once there are others behind it: trouble
    of a moment must not hide what became of it.
    """
    at = timezone.now()
    state = integration.state
    shown = _Shown(whole_until=state.seen_until, latest=state.seen_until)
    for headers in _changes(state, api, at, shown.repeats):
        shown.add(headers, at)
        if headers:
            set_back = set_back_to(state, api, at) is not None
            shown.is_doubtful |= set_back
            shown.note(headers, note_shown(integration, headers, at, set_back=set_back))
    left_out_at = (state.left_out_at or at) if shown.left_out else None
    if left_out_at is not None and at - left_out_at >= OVERLAPS_FOR and shown.latest != shown.whole_until:
        log(integration, LogKind.WAITING, LEFT_OUT)
        shown.left_out, left_out_at = False, None
    seen_until = mark_of(shown.whole_until if shown.left_out else shown.latest, api, at)
    if shown.repeats.in_a_row > 1:
        log_once(integration, LogKind.WAITING, SAME_PAGE)
    bring_back(integration, shown.known, shown.unknown.values(), all_seen=not shown.left_out)
    state.seen_until, state.glanced_at, state.left_out_at = seen_until, at, left_out_at
    state.overlaps_from = overlaps_from(shown.dates.values())
    state.lagged_at = at if shown.stale or shown.is_doubtful else state.lagged_at
    fields = ("seen_until", "glanced_at", "left_out_at", "overlaps_from", "lagged_at")
    StoreState.objects.filter(pk=state.pk).update(**{name: getattr(state, name) for name in fields})
    return ChangedOrders(at, frozenset(shown.known), tuple(shown.unknown.values()), frozenset(shown.stale))


@dataclass
class _Shown:
    """What the pages of a poll have shown so far. `is_doubtful`: no date tells what is older and what is newer."""

    whole_until: datetime | None
    latest: datetime | None
    left_out: bool = False
    is_doubtful: bool = False
    known: set[int] = field(default_factory=set)
    stale: set[int] = field(default_factory=set)
    unknown: dict[int, OrderHeader] = field(default_factory=dict)
    dates: dict[int, datetime] = field(default_factory=dict)
    repeats: _Repeats = field(default_factory=_Repeats)

    def add(self, headers: Sequence[OrderHeader] | None, at: datetime) -> None:
        """How far the poll has come; None stands for an order that the store left out."""
        if headers is None:
            self.left_out = True
            return
        self.latest = max(filter(None, [self.latest, _latest(headers, at)]), default=None)
        self.whole_until = self.whole_until if self.left_out else self.latest
        self.dates |= {each.id: each.date_modified for each in headers if each.date_modified}

    def note(self, headers: Sequence[OrderHeader], found: "Noted") -> None:
        """Which of them are ours."""
        self.known |= found.known
        self.stale |= found.stale
        self.unknown.update((header.id, header) for header in headers if header.id not in found.known)


def _changes(state: StoreState, api: StoreApi, at: datetime, repeats: _Repeats) -> Iterator[list[OrderHeader] | None]:
    """The pages of a poll; once more from further back where their answers tell that the store's clock was set back."""
    since = begins_at(state, api, at)
    yield from _pages(api, since, repeats)
    further_back = begins_at(state, api, at)
    if since is not None and further_back is not None and further_back < since - SAME_CLOCK:
        yield from _pages(api, further_back, repeats)


def is_fresh(integration: WebIntegration, *, overwrites: bool = False) -> bool:
    """Whether the last poll still counts: by it statuses may be written over, and it need not be repeated.

    `overwrites`: by what moves an order on whatever its status became meanwhile.
    """
    within = JUST_SEEN if overwrites else FRESH
    glanced_at = integration.state.glanced_at
    return glanced_at is not None and timedelta(0) <= timezone.now() - glanced_at <= within


def _pages(api: StoreApi, since: datetime | None, repeats: _Repeats) -> Iterator[list[OrderHeader] | None]:
    """What changed since then, oldest first; the newest page alone where nothing is known yet.

    By time, not by page: an order that changes meanwhile moves to the end, and all pages with it. A page that is too
    much for the store is made smaller, down to the one order that it cannot show, which is passed over; two in a row
    are a store that shows nothing. Once the store is well again it is asked for the order once more: it may have been
    in trouble for a moment only. None stands for an order that it does not show then either.
    """
    offset, limit, passed_over, most = 0, PAGE, False, 0
    sort = "date_modified:asc" if since else "date_modified:desc"
    while True:
        try:
            page = offset // limit + 1
            headers = api.list_order_headers(min_date_modified=since, sort=sort, page=page, limit=limit)
        except TryAgain as trouble:
            if not trouble.smaller or passed_over:
                raise
            offset, passed_over = (offset, False) if limit > 1 else (offset + 1, True)
            limit = max(1, limit // SMALLER)
            continue
        if passed_over:
            yield _page_or_none(api, since, sort, offset, limit=1)
        passed_over = False
        yield headers
        if repeats.is_endless(headers):
            return
        latest = _latest(headers, timezone.now())
        if since is None or latest is None or ends_list(len(headers), limit):
            return
        if len(headers) < limit and len(headers) != most:  # some stores send 50 at most, whatever was asked for
            if _page_or_none(api, since, sort, page + 1, limit=limit) == []:
                return
            most = len(headers)
        since, offset, limit = (latest, 0, PAGE) if latest > since else (since, page * limit, limit)


def _page_or_none(
    api: StoreApi, since: datetime | None, sort: str, page: int, *, limit: int
) -> list[OrderHeader] | None:
    """A page of the light list; None where it is too much for the store."""
    try:
        return api.list_order_headers(min_date_modified=since, sort=sort, page=page, limit=limit)
    except TryAgain as trouble:
        if not trouble.smaller:
            raise
        return None


def _latest(headers: Sequence[OrderHeader], now: datetime) -> datetime | None:
    """The last of the modifications; one in a far future is a wrong date, and would hide all that come."""
    dates = [each.date_modified for each in headers if each.date_modified]
    return max((date for date in dates if date < now + CLOCKS_APART), default=None)


class _Seen(NamedTuple):
    """A row of `_SEE`: an order we know, by what we know of it and what a page shows."""

    order_id: int
    import_id: str
    sales_order_id: int | None
    status_id: int
    hold_reason: str
    web_order_id: int
    other_placed_at: datetime | None
    created: datetime | None
    is_another: bool
    header: str
    hides_edit: bool
    header_before: str
    same_second: bool
    is_stale: bool

    @property
    def tells_of_ours(self) -> bool:
        """Whether it is about the order we know, and not older than that."""
        return not self.is_stale and not self.is_another and (self.other_placed_at is None or self.created is not None)


@dataclass(frozen=True, slots=True)
class Noted:
    """The orders of a page that we know, and those of them that it showed as they were before what we know."""

    known: frozenset[int] = frozenset()
    stale: frozenset[int] = frozenset()


def note_shown(
    integration: WebIntegration,
    headers: Sequence[OrderHeader],
    at: datetime,
    *,
    set_back: bool = False,
    alone: bool = False,
) -> Noted:
    """Notes what a page shows of our orders, and holds what the store has stopped or deleted; an order that is another
    one by its number is noted as such.

    `at`: when it was asked for, or before. `set_back`: the store's clock was, so that older dates may be new. `alone`:
    the order was read by itself, and is as it is. A list ends no hold of an order that was deleted: it may be late, so
    the order is read by itself first.
    """
    with transaction.atomic():  # no list tells of a hidden edit a second time
        rows = _see(integration, headers, at, any_date=set_back or alone)
        _note_hidden_edits(rows)
    by_id = {header.id: header for header in headers}
    ours, gone, doubted = [], [], []
    for row in rows:
        _note_number(row)
        if row.same_second:
            doubted.append(row.web_order_id)
        if not row.tells_of_ours or row.sales_order_id is None:
            continue
        header = by_id[row.order_id]
        if header.is_deleted:
            gone.append(row.web_order_id)
        elif row.hold_reason == ORDER_GONE and not alone:
            doubted.append(row.web_order_id)
        else:
            ours.append(StoreStanding(row.import_id, row.sales_order_id, row.status_id, row.hold_reason))
    update_holds(integration, ours)
    if doubted:
        WebOrder.objects.filter(pk__in=doubted, sales_order__isnull=False).update(addresses_to_read=True)
    for web_order in WebOrder.objects.filter(pk__in=gone).select_related("integration") if gone else ():
        hold_deleted(web_order)
    return Noted(frozenset(row.order_id for row in rows), frozenset(row.order_id for row in rows if row.is_stale))


def _see(
    integration: WebIntegration, headers: Sequence[OrderHeader], at: datetime, *, any_date: bool
) -> Sequence[_Seen]:
    page: dict[str, Any] = {
        "integration": integration.pk,
        "at": at,
        "now": timezone.now(),
        "new_statuses": integration.new_statuses,
        "held_statuses": list(REASONS),
        "any_date": any_date,
        "ids": [header.id for header in headers],
        "statuses": [header.status_id for header in headers],
        "modified": [header.date_modified for header in headers],
        "shipped": [min(header.items_shipped, LARGEST_COUNT) for header in headers],
        "refunded": [header.shows_refund for header in headers],
        "created": [header.date_created for header in headers],
        "headers": [digest_of(readable_order(header.raw)) for header in headers],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEE, page)
        return [_Seen(*row) for row in cursor.fetchall()]


def _note_hidden_edits(rows: Sequence[_Seen]) -> None:
    edited = [row for row in rows if row.hides_edit and row.tells_of_ours and row.sales_order_id is not None]
    if edited:
        note_hidden_edits({row.web_order_id: (row.header_before, row.header) for row in edited})


def _note_number(row: _Seen) -> None:
    """Notes whether the order's number stands for another order by now."""
    if row.created is None:
        return
    if row.is_another and row.created != row.other_placed_at:
        note_another(row.web_order_id, row.created)
    if not row.is_another and row.other_placed_at is not None:
        note_same(row.web_order_id)


def note_read_alone(integration: WebIntegration, body: bytes, at: datetime) -> OrderHeader | None:
    """As `note_shown`, of an order read by itself. None, and nothing noted, where the answer cannot be read."""
    header = read_header(body)
    if header is not None:
        note_shown(integration, [header], at, alone=True)
    return header


def mark_unread(web_order: WebOrder, shown: Order | OrderHeader) -> None:
    """Marks (on the locked, unsaved `web_order`) shipments and refunds that are to be read, by what it counts.

    Unlike `_SEE`, it doesn't notice a shipment replaced by one with as many items. To be called before anything else
    that the order shows is noted: no list tells that a second time.
    """
    shipped = min(shown.items_shipped, LARGEST_COUNT)
    if web_order.sales_order_id is not None:
        is_changed = (shown.status_id, shown.date_modified) != (web_order.status_seen, web_order.modified_seen)
        is_counted = shipped == web_order.items_shipped_seen or shipped == items_known(web_order)
        web_order.shipments_to_read |= not is_counted
        web_order.refunds_to_read |= is_changed and shown.shows_refund
    web_order.items_shipped_seen = shipped
