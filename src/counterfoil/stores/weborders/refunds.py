"""Keeps the refunds that were made in a store, and lets the books follow: what was refunded need not be shipped."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from counterfoil.bigcommerce import Refund
from counterfoil.sales.money import money_in
from counterfoil.sales.shipping.external_shipments import note_refunded
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, WebOrder, WebRefund
from counterfoil.stores.weborders.holds import BY

PRODUCT = "PRODUCT"


def keep_refunds(web_orders: Sequence[WebOrder], refunds: Iterable[Refund]) -> None:
    """Keeps all refunds of these imported orders, each order's in a transaction of its own.

    The orders have their sales order and integration loaded along.
    """
    by_order: defaultdict[int, list[Refund]] = defaultdict(list)
    for refund in refunds:
        by_order[refund.order_id].append(refund)
    for web_order in web_orders:
        with transaction.atomic():
            _keep(web_order, by_order[web_order.bigcommerce_order_id])
            WebOrder.objects.filter(pk=web_order.pk).update(refunds_to_read=False)


def _keep(web_order: WebOrder, refunds: Sequence[Refund]) -> None:
    known = set(web_order.refunds.values_list("bigcommerce_refund_id", flat=True))
    new = {refund.id: refund for refund in refunds if refund.id not in known}
    WebRefund.objects.bulk_create([_row(web_order, refund) for refund in new.values()], ignore_conflicts=True)
    currency = web_order.sales_order.currency if web_order.sales_order else ""
    for refund in new.values():
        text = f"Refunded in the store: {money_in(refund.total_amount, currency)}. {refund.reason}".strip()
        log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)
    refunded = _products(refunds)
    if web_order.sales_order_id is not None and refunded:
        note_refunded(web_order.sales_order_id, refunded, by=BY)


def _row(web_order: WebOrder, refund: Refund) -> WebRefund:
    items = [
        {
            "item_type": item.item_type,
            "item_id": item.item_id,
            "quantity": item.quantity,
            "amount": str(item.requested_amount),
        }
        for item in refund.items
    ]
    return WebRefund(
        web_order=web_order,
        bigcommerce_refund_id=refund.id,
        made_at=refund.created,
        amount=refund.total_amount,
        reason=refund.reason,
        items=items,
    )


def _products(refunds: Iterable[Refund]) -> Counter[int]:
    """How many of each line were refunded in all: the line's id in the store → quantity."""
    counted: Counter[int] = Counter()
    for item in (item for refund in refunds for item in refund.items):
        if item.item_type == PRODUCT and item.item_id is not None:
            counted[item.item_id] += item.quantity
    return counted
