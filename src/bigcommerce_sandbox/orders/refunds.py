"""Refunds, which V2 shows only by status and quantities; the amounts are in V3 (facts, sections 2 and 7)."""

from typing import Any

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document, Refused, invalid
from bigcommerce_sandbox.clock import iso8601
from bigcommerce_sandbox.orders import statuses, totals
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.store import Store


def refund(store: Store, order: Order, items: list[Document], reason: str = "") -> Document:
    """Refunds products by quantity, or amounts of the order. Raises Refused with 400."""
    checked = [_item(order, item) for item in items]
    if not checked:
        raise Refused(400, "The required field 'items' was not supplied.")
    for item in checked:
        _take_back(order, item)
    total = sum(money.read(item["requested_amount"]) for item in checked)
    document = _document(store, order, checked, total, reason)
    order.refunds.append(document)
    store.tell(order, "refund/created", refund={"refund_id": document["id"]})
    _follow(store, order)
    return document


def _item(order: Order, item: Document) -> Document:
    kind = item.get("item_type")
    if kind != "PRODUCT":
        amount = money.read(item.get("amount"))
        return _described(str(kind), order.id, None, amount, item)
    line = order.line(item.get("item_id"))
    quantity = item.get("quantity")
    if line is None or not isinstance(quantity, int) or quantity < 1:
        raise invalid("items", "Each product needs the id of a line and a quantity.")
    if quantity > line["quantity"] - line["quantity_refunded"]:
        raise invalid("quantity", "The quantity is greater than what can be refunded.")
    amount = money.share(money.read(line["discounted_total_inc_tax"]), quantity, line["quantity"], order.terms.step)
    return _described("PRODUCT", line["id"], quantity, amount, item)


def _described(kind: str, item_id: int, quantity: int | None, amount: int, item: Document) -> Document:
    return {
        "item_type": kind,
        "item_id": item_id,
        "reason": item.get("reason", ""),
        "quantity": quantity or 0,
        "requested_amount": money.number(amount),
        "adjustments": [],
    }


def _take_back(order: Order, item: Document) -> None:
    if item["item_type"] != "PRODUCT":
        return
    line = order.line(item["item_id"])
    if line is not None:
        line["quantity_refunded"] += item["quantity"]
        line["is_refunded"] = line["quantity_refunded"] >= line["quantity"]


def _document(store: Store, order: Order, items: list[Document], total: int, reason: str) -> Document:
    payment = {
        "id": store.number("refund_payment"),
        "provider_id": "custom",
        "amount": money.number(total),
        "offline": True,
        "is_declined": False,
        "declined_message": "",
    }
    return {
        "id": store.number("refund"),
        "order_id": order.id,
        "user_id": 1,
        "created": iso8601(store.clock.second()),
        "reason": reason,
        "total_amount": money.number(total),
        "total_tax": 0,
        "uses_merchant_override_values": False,
        "items": items,
        "payments": [payment],
    }


def _follow(store: Store, order: Order) -> None:
    """Everything paid back: Refunded; some of it: Partially Refunded."""
    back = sum(money.read(refund["total_amount"]) for refund in order.refunds)
    all_lines = all(line["is_refunded"] for line in order.lines)
    whole = all_lines or back >= totals.total_before_tenders(order)
    order.header["payment_status"] = "refunded" if whole else "partially refunded"
    store.set_status(order, statuses.REFUNDED if whole else statuses.PARTIALLY_REFUNDED, "person")


def of_orders(store: Store, wanted: set[int] | None) -> list[Any]:
    """Refunds by id, of these orders or of all."""
    found = [
        refund for order in store.orders.values() if wanted is None or order.id in wanted for refund in order.refunds
    ]
    return sorted(found, key=lambda refund: refund["id"])
