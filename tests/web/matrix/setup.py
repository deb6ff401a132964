"""The system setup: order statuses, carriers, custom fields."""

from counterfoil.sales.models import FieldDefinition, OrderStatus
from counterfoil.stores.models import Carrier
from tests.web.matrix.row import IN, MANAGERS_PRESS_ONLY, NO, OK, ON, READ_ONLY, WHAT, Row, first

LINE_READ_ONLY = (*READ_ONLY[:1], NO, NO, *READ_ONLY[3:])
STATUS, CARRIER, FIELD = first(OrderStatus), first(Carrier), first(FieldDefinition)
NEW_FIELD = {"scope": "order", "type": "text", "label": "New"}
ROWS = (
    Row("statuses", get=(IN, NO, NO, OK, OK), post=LINE_READ_ONLY),
    Row("status-add", get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON), sent={"name": "Ready"}),
    Row("status-edit", of=STATUS, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON), sent={"act": "down"}),
    Row("carriers", get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, WHAT, WHAT)),
    Row("carrier", of=CARRIER, get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, WHAT, WHAT)),
    Row("fields", get=(IN, NO, NO, OK, OK), post=LINE_READ_ONLY),
    Row("field-add", get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON), sent=NEW_FIELD),
    Row("field-edit", of=FIELD, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON), sent={"act": "down"}),
)
