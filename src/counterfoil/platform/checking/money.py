"""What the sales data holds of each order, against the version of it that was imported (I3)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.dispatch.replaced_lines import store_lines
from counterfoil.intake.conversion.document import WebOrderDocument, read_document
from counterfoil.intake.conversion.money import order_money
from counterfoil.platform.checking.findings import Finding, Report
from counterfoil.sales.models import OrderLine
from counterfoil.sales.money import money_in, money_text
from counterfoil.sales.orders.line_matching import like_row, match_lines, place_of
from counterfoil.stores.models import Conflict, LogEntry, WebIntegration, WebOrder
from counterfoil.stores.sync.session import Progress

CHUNK = 500
CORRECT = "Set the order back to a new order status in BigCommerce. It will be read and imported again."


def check_money(integration: WebIntegration, since: datetime | None, report: Report, progress: Progress | None) -> None:
    """Each imported order: every line of the version that was imported, and its total. Three statements for 500."""
    imported = WebOrder.objects.filter(integration=integration, imported_payload__isnull=False)
    if since is not None:
        imported = imported.filter(sales_order__order_date__gte=since)
    count, done = imported.count(), 0
    for chunk in _chunks(imported.select_related("sales_order", "imported_payload")):
        lines = _lines_of(chunk)
        broken = [(web_order, why) for web_order in chunk if (why := _difference(web_order, lines))]
        kept_ours = _kept_ours([web_order for web_order, _ in broken])
        for web_order, why in broken:
            if web_order.pk not in kept_ours:
                report.findings.append(Finding("I3", why, CORRECT, integration.code, web_order.import_id))
        done += len(chunk)
        if progress is not None:
            progress("checked here", done, count)
    report.looked_at["payloads"] += done


def _chunks(web_orders: QuerySet[WebOrder]) -> Iterator[list[WebOrder]]:
    """By key, so that memory stays what it is however many there are."""
    after = 0
    while chunk := list(web_orders.filter(pk__gt=after).order_by("pk")[:CHUNK]):
        yield chunk
        after = chunk[-1].pk


def _lines_of(chunk: Sequence[WebOrder]) -> dict[int, set[int]]:
    """The store's ids of the lines that each sales order has."""
    found: dict[int, set[int]] = defaultdict(set)
    orders = [each.sales_order_id for each in chunk]
    lines = OrderLine.objects.filter(order__in=orders, source_id__isnull=False)
    for order_id, source_id in lines.values_list("order_id", "source_id"):
        found[order_id].add(source_id or 0)
    return found


def _difference(web_order: WebOrder, lines: dict[int, set[int]]) -> str:
    """What differs between the sales data and the imported version; "" when nothing does."""
    order, payload = web_order.sales_order, web_order.imported_payload
    if order is None or payload is None:
        return ""
    try:
        document: WebOrderDocument = read_document(*payload.parts)
    except NeedsPerson as unreadable:
        return f"The imported version of {web_order.import_id} can’t be read: {unreadable.sentence}"
    total = document.order.total_inc_tax
    if order.total not in (total, order_money(document.order, document.line_items, order.currency).totals.total):
        return (
            f"{web_order.import_id} has a total of {money_in(order.total, order.currency)} "
            f"here, and of {money_text(total, order.currency)} in the imported version."
        )
    missing = {line.id for line in document.line_items} - lines[order.pk]
    if missing:  # replaced in the store by equal ones, which a shipment that went out on their new ids has told
        rows = [like_row(row, place_of(row.ship_to)) for row in order.lines.select_related("ship_to") if row.source_id]
        missing -= match_lines(store_lines(document.order, document.line_items), rows).keys()
    return f"{web_order.import_id} lacks {len(missing)} of the lines that were imported." if missing else ""


def _kept_ours(web_orders: Sequence[WebOrder]) -> set[int]:
    """Those where a change is still open to a person's decision, or a person kept our own lines and money."""
    if not web_orders:
        return set()
    by_import_id = {each.import_id: each.pk for each in web_orders}
    undecided = set(Conflict.objects.filter(web_order__in=web_orders).values_list("web_order", flat=True))
    kept = LogEntry.objects.filter(import_id__in=by_import_id, text__endswith="the value here was kept.")
    return undecided | {by_import_id[import_id] for import_id in kept.values_list("import_id", flat=True)}
