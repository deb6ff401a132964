"""What a store has against the sales orders (I2, I5, I6); asked while nobody else talks to it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from counterfoil.bigcommerce import OrderHeader, TryAgain
from counterfoil.bigcommerce.client import StoreApi, ends_list
from counterfoil.dispatch.set_status import NOT_TAKEN
from counterfoil.platform.checking.findings import Finding, Report
from counterfoil.platform.checking.store_shipments import check_parcels
from counterfoil.stores.integrations.import_window import cut_off, learn_zone
from counterfoil.stores.models import (
    IN_HAND,
    StoreUpdate,
    UpdateState,
    WebIntegration,
    WebOrder,
    WebOrderState,
)
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.weborders.poll_window import changed_lately
from counterfoil.stores.weborders.reused_numbers import another_order

PAGE = 250
IMPORT_IT = "Import this order."
SAME_PAGE = "BigCommerce's list of orders shows the same page again and again, so not all orders could be compared."


def check_store(session: StoreSession, since: datetime | None, report: Report) -> None:
    """One call for 250 orders, and one for each order that has parcels."""
    integration = session.integration
    known = {
        each.bigcommerce_order_id: each
        for each in WebOrder.objects.filter(integration=integration).select_related("integration")
    }
    in_hand, not_taken = _in_hand(integration), _not_taken(integration)
    learn_zone(integration, session.api)
    since = max(filter(None, (since, cut_off(integration))), default=None)
    in_store: dict[int, OrderHeader] = {}
    for header in _orders(session.api, since):
        in_store[header.id] = header
        if since is not None and header.date_created is not None and header.date_created < since:
            continue  # a store that does not follow the filter
        _check_seen(integration, header, known.get(header.id), report)
        if header.id in known and _is_another(known[header.id], header, report):
            known.pop(header.id)
        elif header.id in known:
            _check_status(integration, header, known[header.id], in_hand[known[header.id].pk], report)
            _check_taken(integration, header, not_taken.get(known[header.id].pk), report)
        session.progress("checked in the store", len(in_store), len(in_store))
    report.looked_at["orders_in_store"] += len(in_store)
    _check_decided(integration, report)
    shipped = [web_order for order_id, web_order in known.items() if order_id in in_store and web_order.sales_order_id]
    check_parcels(session, shipped, report)


def _in_hand(integration: WebIntegration) -> dict[int, int]:
    """How many updates of each web order wait or are being sent."""
    counted: dict[int, int] = defaultdict(int)
    updates = StoreUpdate.objects.filter(web_order__integration=integration, state__in=IN_HAND)
    for web_order_id in updates.values_list("web_order_id", flat=True):
        counted[web_order_id] += 1
    return counted


def _orders(api: StoreApi, since: datetime | None) -> Iterator[OrderHeader]:
    """Every order placed since then, each once; by id, and page by page where the store does not follow `min_id`.

    Raises TryAgain where it follows neither: then nobody can tell what it has.
    """
    min_id, number, seen = 1, 1, set[int]()
    while True:
        page = api.list_order_headers(min_id=min_id, min_date_created=since, sort="id:asc", page=number, limit=PAGE)
        shown = [header for header in page if header.id not in seen]
        yield from shown
        seen |= {header.id for header in shown}
        if ends_list(len(page), PAGE):
            return
        if number > 1 and not shown:
            raise TryAgain(SAME_PAGE)
        by_page = number > 1 or any(header.id < min_id for header in page)
        min_id, number = max(seen) + 1, number + 1 if by_page else 1


def _check_seen(integration: WebIntegration, header: OrderHeader, known: WebOrder | None, report: Report) -> None:
    """I2: an order that waits in the store is known here, or came a moment ago."""
    if known is not None or header.status_id not in integration.new_statuses or header.is_deleted:
        return
    if _is_fresh(integration, header) or integration.paused or integration.first_orders is not None:
        report.under_way["I2"] += 1
        return
    label = integration.status_text(header.status_id)
    sentence = f"Order {header.id} is {label} in the store and was never seen here."
    report.findings.append(Finding("I2", sentence, IMPORT_IT, integration.code, integration.import_id(header.id)))


def _is_fresh(integration: WebIntegration, header: OrderHeader) -> bool:
    """Whether it changed so lately that the store may not have been looked at since."""
    return changed_lately(integration.state.glanced_at, header.date_modified)


def _is_another(web_order: WebOrder, header: OrderHeader, report: Report) -> bool:
    """Whether the store has another order than ours under the number; where that was seen, a person knows (I5)."""
    said = another_order(web_order.placed_at, header.date_created)
    if said is None:
        return False
    if web_order.other_placed_at is None:
        code, import_id = web_order.integration.code, web_order.import_id
        report.findings.append(Finding("I5", f"{import_id}: {said.sentence}", said.next_step, code, import_id))
    return True


def _not_taken(integration: WebIntegration) -> dict[int, StoreUpdate]:
    """By web order, the status that the store took and did not show, which waits for a person."""
    failed = StoreUpdate.objects.filter(
        web_order__integration=integration, state=UpdateState.FAILED, reason_code=NOT_TAKEN
    )
    return {each.web_order_id: each for each in failed.select_related("web_order").order_by("pk")}


def _check_taken(integration: WebIntegration, header: OrderHeader, update: StoreUpdate | None, report: Report) -> None:
    """I5: what the store took is what it shows."""
    if update is not None and header.status_id != update.status_id:
        import_id = update.web_order.import_id
        sentence = f"{import_id}: {update.reason}"
        report.findings.append(Finding("I5", sentence, update.next_step, integration.code, import_id))


def _check_decided(integration: WebIntegration, report: Report) -> None:
    """I2: at rest, whatever was stored is decided on."""
    undecided = WebOrder.objects.filter(integration=integration, state=WebOrderState.UNDECIDED)
    state = integration.state
    resting = state.due_at > timezone.now() and not state.waiting and not integration.paused
    for web_order in undecided:
        if not resting or web_order.read_again or web_order.wanted or web_order.payload_id is None:
            report.under_way["I2"] += 1
            continue
        sentence = f"{web_order.import_id} was read, but nothing was decided about it."
        report.findings.append(Finding("I2", sentence, IMPORT_IT, integration.code, web_order.import_id))


def _check_status(
    integration: WebIntegration, header: OrderHeader, web_order: WebOrder, in_hand: int, report: Report
) -> None:
    """I5: the store's status is the one seen last, which is what was sent, or a later change."""
    if in_hand:
        report.under_way["I5"] += 1
        return
    if web_order.status_seen == header.status_id or web_order.status_sent is None:
        return
    if web_order.status_sent == header.status_id and _written_after_it_was_seen(web_order):
        return
    if _is_fresh(integration, header):
        report.under_way["I5"] += 1
        return
    seen, now = integration.status_text(web_order.status_seen), integration.status_text(header.status_id)
    sentence = f"{web_order.import_id} is {now} in the store, but {seen} was seen last."
    next_step = "Sync the store; if this stays, set the status in BigCommerce."
    report.findings.append(Finding("I5", sentence, next_step, integration.code, web_order.import_id))


def _written_after_it_was_seen(web_order: WebOrder) -> bool:
    seen, written = web_order.status_seen_at, web_order.written_at
    return written is not None and (seen is None or written >= seen)
