"""The V3 endpoints: an order's transactions, and refunds."""

import math

from bigcommerce_sandbox import listing, refunds
from bigcommerce_sandbox.answers import Answer, Document, Refused, answer, nothing
from bigcommerce_sandbox.api import Call, route

ORDERS, TRANSACTIONS = "store_v2_orders", "store_v2_transactions"


@route("GET", "/v3/orders/#/transactions", TRANSACTIONS)
def transactions(call: Call) -> Answer:
    """All of them: there is no paging here (facts, section 7)."""
    found = call.order.transactions
    return _envelope(found, 1, max(len(found), 1)) if found else nothing()


@route("GET", "/v3/orders/#/payment_actions/refunds", ORDERS, TRANSACTIONS)
def order_refunds(call: Call) -> Answer:
    return answer({"data": call.order.refunds, "meta": {}})


@route("GET", "/v3/orders/payment_actions/refunds", ORDERS, TRANSACTIONS)
def batch_refunds(call: Call) -> Answer:
    page, limit = listing.page_and_limit(call.query)
    return _envelope(refunds.of_orders(call.store, _wanted(call.query.get("order_id:in"))), page, limit)


def _wanted(text: str | None) -> set[int] | None:
    if text is None:
        return None
    try:
        return {int(number) for number in text.split(",") if number.strip()}
    except ValueError:
        raise Refused(422, "Invalid field(s): order_id:in", {"order_id:in": "must be a list of numbers"}) from None


def _envelope(values: list[Document], page: int, limit: int) -> Answer:
    part = values[(page - 1) * limit : page * limit]
    pages = max(1, math.ceil(len(values) / limit))
    pagination = {
        "total": len(values),
        "count": len(part),
        "per_page": limit,
        "current_page": page,
        "total_pages": pages,
        "links": {"current": f"?page={page}&limit={limit}"},
    }
    return answer({"data": part, "meta": {"pagination": pagination}})
