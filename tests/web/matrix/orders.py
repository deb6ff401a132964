"""The sales orders: their list, their pages, what is done with them, and what is printed of them."""

from counterfoil.sales.models import OrderAddress, Parcel
from counterfoil.stores.models import Conflict, WebShipment
from tests.web.matrix.row import (
    IN,
    MANAGERS_PRESS_ONLY,
    NO,
    NOT_SO,
    OK,
    ON,
    PRESS_ONLY,
    READ_ONLY,
    WHAT,
    Row,
    first,
    number,
    order,
    ship_to,
)

PARCEL = first(Parcel)
SHIP_TO = first(OrderAddress, kind="ship_to")
VIEWERS_PRESS_ONLY = (IN, NOT_SO, NOT_SO, NOT_SO, NOT_SO)
ROWS = (
    Row("orders", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("order-selection", get=(IN, OK, OK, OK, OK), post=READ_ONLY, asked={"chosen": "rt"}),
    Row("order-columns", get=VIEWERS_PRESS_ONLY, post=(IN, ON, ON, ON, ON), sent={"column": "items"}),
    Row("order-views", get=VIEWERS_PRESS_ONLY, post=(IN, ON, ON, ON, ON), sent={"name": "Mine", "filter": "show=held"}),
    Row("where", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("import-order", get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"store": "WEB-", "number": "5"}),
    Row("open-orders", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("ship-file", get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("order-new", get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("order", of=order, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("order-status", of=order, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"status": "1"}),
    Row("order-store-status", of=order, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
    Row("order-release", of=order, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON), sent={"why": "They called"}),
    Row("order-close", of=order, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
    Row("order-quantities", of=order, get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("order-edit", of=order, get=(IN, NO, OK, OK, OK), post=(IN, NO, ON, ON, ON)),
    Row("order-address", of=ship_to, get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("order-client", of=order, get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("order-fields", of=order, get=(IN, NO, OK, OK, OK), post=(IN, NO, ON, ON, ON)),
    Row("order-ship", of=order, get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("parcel", of=PARCEL, get=(IN, NO, OK, OK, OK), post=(IN, NO, ON, ON, ON)),
    Row("parcel-void", of=PARCEL, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"reason": "Lost"}),
    Row("take-over", of=first(WebShipment), get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
    Row("choose-address", of=SHIP_TO, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"whose": "ours"}),
    Row("pick", of=first(Conflict), get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"whose": "ours"}),
    Row("print", get=(IN, OK, OK, OK, OK), post=READ_ONLY, asked={"what": "packing_slip", "order": number}),
    Row("print-sheets", get=(IN, OK, OK, OK, OK), post=READ_ONLY, asked={"what": "packing_slip", "order": number}),
    Row("printed", get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"what": "pick_list", "order": number}),
    Row("print-paper", get=(IN, NOT_SO, NOT_SO, NOT_SO, NOT_SO), post=(IN, ON, ON, ON, ON), sent={"paper": "4x6"}),
    Row("print-status", get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"order": number, "status": "1"}),
)
