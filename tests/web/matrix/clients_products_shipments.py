"""Clients, contacts, shipments and products."""

from counterfoil.sales.models import Client, Contact, Product, ProductAlias, Shipment
from tests.web.matrix.row import IN, NO, OK, ON, PRESS_ONLY, READ_ONLY, WHAT, Example, Row, first, order


def _another(_: Example) -> int:
    return Client.objects.latest("pk").pk


CLIENT, CONTACT, PRODUCT = first(Client), first(Contact), first(Product)
ROWS = (
    Row("clients", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("client", of=CLIENT, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("client-fields", of=CLIENT, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
    Row("client-merge", of=CLIENT, get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, ON, ON), sent={"other": _another}),
    Row("clients-csv", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("client-rename", of=CLIENT, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"name": "Another name"}),
    Row("contact-add", of=CLIENT, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"last_name": "Hopper"}),
    Row("contact", of=CONTACT, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("contact-edit", of=CONTACT, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"phone": "1"}),
    Row("contact-merge", of=CONTACT, get=PRESS_ONLY, post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("order-contact", of=order, get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("shipments", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("shipments-csv", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("shipment", of=first(Shipment), get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("products", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("product", of=PRODUCT, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("product-add", get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("product-file", get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("products-csv", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("product-edit", of=PRODUCT, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"act": "retire"}),
    Row("alias-add", of=PRODUCT, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"store": "WEB-", "sku": "OTHER"}),
    Row("alias-remove", of=first(ProductAlias), get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
)
