"""The V3 endpoints of orders: transactions and refunds."""

from bigcommerce_sandbox.answers import Answer, Document, answer, nothing
from bigcommerce_sandbox.api import envelope
from bigcommerce_sandbox.api.routing import Call, route
from bigcommerce_sandbox.orders import odd_forms, refunds
from bigcommerce_sandbox.store import Store

ORDERS, TRANSACTIONS = "store_v2_orders", "store_v2_transactions"


@route("GET", "/v3/orders/#/transactions", TRANSACTIONS)
def transactions(call: Call) -> Answer:
    """All of them: there is no paging here (facts, section 7)."""
    found = call.order.transactions
    return envelope.unpaged(found) if found else nothing()


@route("GET", "/v3/orders/#/payment_actions/refunds", ORDERS, TRANSACTIONS)
def order_refunds(call: Call) -> Answer:
    return answer({"data": [_written(call.store, refund) for refund in call.order.refunds], "meta": {}})


@route("GET", "/v3/orders/payment_actions/refunds", ORDERS, TRANSACTIONS)
def batch_refunds(call: Call) -> Answer:
    found = refunds.of_orders(call.store, envelope.numbers(call.query, "order_id:in"))
    return envelope.paged(call, found, lambda refund: _written(call.store, refund))


def _written(store: Store, refund: Document) -> Document:
    return odd_forms.written(store.order(refund["order_id"]), "refund", refund)
