"""What was read of a sales order from its store."""

from typing import Any

from counterfoil.stores.models import Payload, WebOrder
from tests.web.factories.orders import ORDERED
from tests.web.matrix.row import IN, OK, READ_ONLY, Example, Row


def a_version(it: Example) -> list[Any]:
    """The address of a version of the example's order that was read."""
    web_order = WebOrder.objects.get(sales_order=it.order)
    payload, _ = Payload.objects.get_or_create(web_order=web_order, defaults={"order": b'{"id":1}', "read_at": ORDERED})
    return [it.order.number, payload.pk]


ROWS = (
    Row("order-payload", of=a_version, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("order-payload-file", of=a_version, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
)
