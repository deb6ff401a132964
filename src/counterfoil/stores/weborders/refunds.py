"""Keeps the refunds that were made in a store, and updates the sales orders: what was refunded need not be shipped.

Refunds that could not be read are never given up. Their order stays marked, needs attention and is on hold, since
nobody knows what of it is still to be shipped; reading them at last takes that away again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from django.db import transaction
from django.db.models.functions import Coalesce, Now

from counterfoil.bigcommerce import Refund, StatusId
from counterfoil.sales.money import money_in
from counterfoil.sales.orders.status import lock_order, put_on_hold
from counterfoil.sales.shipping.external_shipments import note_refunded
from counterfoil.stores.log import log
from counterfoil.stores.models import REFUNDS_UNREAD, LogKind, WebOrder, WebRefund
from counterfoil.stores.weborders.holds import BY
from counterfoil.stores.weborders.list_lag import changed_just_before
from counterfoil.stores.weborders.reasons import end_reason

ON_HOLD = "Its refunds in BigCommerce couldn’t be read, so it isn’t known what still has to ship."
# The second as older versions have stored it.
_HOLDS = (ON_HOLD, "Its refunds in BigCommerce could not be read, so it is not known what is still to be shipped.")
NEXT_STEP = (
    "They’re read again on every sync. Check the refunds in BigCommerce; a manager can release the order so "
    "it ships anyway."
)
AGAIN = "Its refunds were read."
REFUNDED = (StatusId.REFUNDED, StatusId.PARTIALLY_REFUNDED)
_NOT_NOTED = ("", REFUNDS_UNREAD)


def keep_refunds(
    web_orders: Sequence[WebOrder],
    refunds: Iterable[Refund],
    *,
    unreadable: Mapping[int, str] | None = None,
    there: datetime | None = None,
) -> set[int]:
    """Keeps all refunds of these imported orders, each order's in a transaction of its own.

    The orders have their sales order and integration loaded along. `unreadable`: of which orders there are refunds that
    could not be read, by their BigCommerce order id, with the sentence that says why; these orders stay marked.
    So do those, returned, that stand as refunded since a moment before the store's clock showed `there`, and have no
    refund that is new: the list may not show it yet.
    """
    late: set[int] = set()
    by_order: defaultdict[int | None, list[Refund]] = defaultdict(list)
    for refund in refunds:
        by_order[refund.order_id].append(refund)
    for web_order in web_orders:
        sentence = (unreadable or {}).get(web_order.bigcommerce_order_id)
        with transaction.atomic():
            is_new = _keep(web_order, by_order[web_order.bigcommerce_order_id])
            if sentence is not None:
                note_unreadable(web_order, sentence)
                continue
            if not is_new and web_order.status_seen in REFUNDED and changed_just_before(web_order, there):
                late.add(web_order.pk)
                continue
            WebOrder.objects.filter(pk=web_order.pk).update(refunds_to_read=False)
            _note_read(web_order)
    return late


def note_unreadable(web_order: WebOrder, sentence: str, *, hold: bool = True) -> None:
    """The order's refunds could not be read: it needs attention, and with `hold` nothing of it is shipped meanwhile.

    Another reason why it needs attention, and another hold, stay as they are. Said in the log once.
    """
    with transaction.atomic():
        if hold and web_order.sales_order_id is not None and not lock_order(web_order.sales_order_id).hold_reason:
            put_on_hold(web_order.sales_order_id, ON_HOLD, by=BY)
        noted = WebOrder.objects.filter(pk=web_order.pk, reason_code__in=_NOT_NOTED).exclude(reason=sentence)
        if noted.update(
            reason_code=REFUNDS_UNREAD,
            reason=sentence,
            next_step=NEXT_STEP,
            reason_since=Coalesce("reason_since", Now()),
        ):
            log(web_order.integration, LogKind.UPDATED, sentence, import_id=web_order.import_id)


def _note_read(web_order: WebOrder) -> None:
    """What was noted while they could not be read is over; no statement where nothing was."""
    order = web_order.sales_order
    if web_order.reason_code == REFUNDS_UNREAD:
        end_reason(WebOrder.objects.filter(pk=web_order.pk), REFUNDS_UNREAD)
        log(web_order.integration, LogKind.UPDATED, AGAIN, import_id=web_order.import_id)
    if order is not None and order.hold_reason in _HOLDS and lock_order(order.pk).hold_reason in _HOLDS:
        put_on_hold(order.pk, "", by=BY)


def _keep(web_order: WebOrder, refunds: Sequence[Refund]) -> bool:
    """Keeps an order's refunds and lowers its open quantities; whether one of them is new."""
    known = set(web_order.refunds.values_list("bigcommerce_refund_id", flat=True))
    numbered = _numbered(refunds)
    new = {number: refund for number, refund in numbered.items() if number not in known}
    rows = [_row(web_order, number, refund) for number, refund in new.items()]
    WebRefund.objects.bulk_create(rows, ignore_conflicts=True)
    currency = web_order.sales_order.currency if web_order.sales_order else ""
    for refund in new.values():
        text = f"Refunded in the store: {money_in(refund.total_amount, currency)}. {refund.reason}".strip()
        log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)
    refunded = _products(numbered.values())
    if web_order.sales_order_id is not None and refunded:
        note_refunded(web_order.sales_order_id, refunded, by=BY)
    return bool(new)


def _numbered(refunds: Iterable[Refund]) -> dict[int, Refund]:
    """The refunds by the store's id; one without has a number below zero, made of what it says.

    So it is known again in whatever order they come, and of several that say the same each has its own.
    """
    numbered: dict[int, Refund] = {}
    said: Counter[bytes] = Counter()
    for refund in refunds:
        number = refund.id
        if number is None:
            words = msgspec.json.encode((refund.created_text, refund.total_amount, refund.reason, refund.items))
            said[words] += 1
            number = -1 - int.from_bytes(sha256(b"%d %b" % (said[words], words)).digest()[:7], "big")
        numbered[number] = refund
    return numbered


def _row(web_order: WebOrder, number: int, refund: Refund) -> WebRefund:
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
        bigcommerce_refund_id=number,
        made_at=refund.created,
        amount=refund.total_amount,
        reason=refund.reason,
        items=items,
    )


def _products(refunds: Iterable[Refund]) -> Counter[int]:
    """How many of each line were refunded in all: the line's id in the store → quantity."""
    counted: Counter[int] = Counter()
    for item in (item for refund in refunds for item in refund.items):
        if item.is_product and item.item_id is not None:
            counted[item.item_id] += item.quantity
    return counted
