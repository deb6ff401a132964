"""The V2 endpoints: time, store, statuses, orders and what hangs on them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bigcommerce_sandbox.answers import Answer, Document, answer, collection, not_found, nothing
from bigcommerce_sandbox.api import order_list
from bigcommerce_sandbox.api.routing import Call, route
from bigcommerce_sandbox.generator.from_api import order_from_app
from bigcommerce_sandbox.orders import documents, edits, odd_forms, shipments
from bigcommerce_sandbox.orders.documents import Expansion, consignments, order_bytes
from bigcommerce_sandbox.orders.statuses import MENU_PLACE, STATUSES, Status
from bigcommerce_sandbox.store import Store

ORDERS, INFORMATION = "store_v2_orders", "store_v2_information"


@route("GET", "/v2/time")
def time(call: Call) -> Answer:
    return answer({"time": call.store.clock.second()})


@route("GET", "/v2/store", INFORMATION)
def store_information(call: Call) -> Answer:
    store = call.store
    plan = str(store.settings["plan"]).capitalize()
    return answer(
        {
            "id": store.hash,
            "domain": "sandbox.example.com",
            "secure_url": "https://sandbox.example.com",
            "control_panel_base_url": store.origin,
            "country": "United States",
            "country_code": "US",
            "status": "live",
            "name": store.settings["store_name"],
            "timezone": _time_zone(store),
            "language": "en",
            "currency": "USD",
            "currency_symbol": "$",
            "decimal_places": 2,
            "weight_units": store.settings["weight_units"],
            "dimension_units": "Inches",
            "plan_name": plan,
            "plan_level": plan,
            "plan_is_trial": False,
            "is_price_entered_with_tax": store.settings["pricing"] == "inclusive",
            "default_channel_id": 1,
            "default_site_id": 1000,
        }
    )


def _time_zone(store: Store) -> Document:
    """Offsets in seconds: of winter, and of today."""
    name = store.settings["time_zone"]
    now = datetime.fromtimestamp(store.clock.second(), ZoneInfo(name))
    offset, saving = now.utcoffset(), now.dst()
    seconds = int(offset.total_seconds()) if offset else 0
    shift = int(saving.total_seconds()) if saving else 0
    display = {"display": "M jS Y", "export": "M jS Y", "extended_display": "M jS Y @ g:i A"}
    return {
        "name": name,
        "raw_offset": seconds - shift,
        "dst_offset": seconds,
        "dst_correction": bool(shift),
        "date_format": display,
    }


@route("GET", "/v2/order_statuses", ORDERS)
def order_statuses(call: Call) -> Answer:
    return answer([_status(call.store, status) | {"order": place} for place, status in _in_menu()])


@route("GET", "/v2/order_statuses/#", ORDERS)
def order_status(call: Call) -> Answer:
    status = STATUSES.get(call.ids[0])
    if status is None:
        raise not_found()
    return answer(_status(call.store, status) | {"order": MENU_PLACE[status.id]})


def _in_menu() -> list[tuple[int, Status]]:
    return sorted((MENU_PLACE[status.id], status) for status in STATUSES.values())


def _status(store: Store, status: Status) -> Document:
    return {
        "id": status.id,
        "name": status.label,
        "system_label": status.label,
        "custom_label": store.label(status.id),
        "system_description": status.description,
    }


@route("GET", "/v2/orders/count", ORDERS)
def count_orders(call: Call) -> Answer:
    counts = dict.fromkeys(STATUSES, 0)
    for order in order_list.selected(call.store, call.query):
        counts[order.status_id] += 1
    rows = [
        _status(call.store, status) | {"count": counts[status.id], "sort_order": place} for place, status in _in_menu()
    ]
    return answer({"statuses": rows, "count": sum(counts.values())})


@route("GET", "/v2/orders", ORDERS)
def list_orders(call: Call) -> Answer:
    expansion = Expansion.asked(call.query)
    orders = [order_bytes(call.store, order, expansion) for order in order_list.page(call.store, call.query)]
    return Answer(200, b"[" + b",".join(orders) + b"]") if orders else nothing()


@route("POST", "/v2/orders", ORDERS)
def create_order(call: Call) -> Answer:
    order = order_from_app(call.store, call.document())
    return Answer(201, order_bytes(call.store, order))


@route("DELETE", "/v2/orders", ORDERS)
def archive_orders(call: Call) -> Answer:
    for order in call.store.orders.values():
        edits.archive(call.store, order)
    return nothing()


@route("GET", "/v2/orders/#", ORDERS)
def get_order(call: Call) -> Answer:
    return Answer(200, order_bytes(call.store, call.order, Expansion.asked(call.query)))


@route("PUT", "/v2/orders/#", ORDERS)
def put_order(call: Call) -> Answer:
    order = call.order
    edits.put(call.store, order, call.document())
    return Answer(200, order_bytes(call.store, order))


@route("DELETE", "/v2/orders/#", ORDERS)
def archive_order(call: Call) -> Answer:
    edits.archive(call.store, call.order)
    return nothing()


@route("GET", "/v2/orders/#/products", ORDERS)
def order_products(call: Call) -> Answer:
    """As many a page as the settings allow: some stores give 50, whatever the limit."""
    return collection(
        order_list.cut(call.store, documents.lines(call.order), call.query, call.store.settings["products_page"])
    )


@route("GET", "/v2/orders/#/products/#", ORDERS)
def order_product(call: Call) -> Answer:
    line = call.order.line(call.ids[1])
    if line is None:
        raise not_found()
    return answer(odd_forms.written(call.order, "line", line))


# The links in orders say /shippingaddresses, the documented path is /shipping_addresses: both are served.
@route("GET", "/v2/orders/#/shipping_?addresses", ORDERS)
def shipping_addresses(call: Call) -> Answer:
    addresses = [_address(call, address) for address in call.order.addresses]
    return collection(order_list.cut(call.store, addresses, call.query))


@route("GET", "/v2/orders/#/shipping_?addresses/#", ORDERS)
def shipping_address(call: Call) -> Answer:
    address = call.order.address(call.ids[1])
    if address is None:
        raise not_found()
    return answer(_address(call, address))


def _address(call: Call, address: Document) -> Document:
    resource = f"/orders/{address['order_id']}/shippingaddresses/{address['id']}/shippingquotes"
    quotes = {"shipping_quotes": {"url": call.store.url(resource), "resource": resource}}
    return odd_forms.written(call.order, "address", address | quotes)


@route("GET", "/v2/orders/#/coupons", ORDERS)
def coupons(call: Call) -> Answer:
    found = [odd_forms.written(call.order, "coupon", coupon) for coupon in call.order.coupons]
    return collection(order_list.cut(call.store, found, call.query))


@route("GET", "/v2/orders/#/messages", ORDERS)
def messages(call: Call) -> Answer:
    return collection(order_list.cut(call.store, call.order.messages, call.query))


@route("GET", "/v2/orders/#/fees", ORDERS)
def fees(call: Call) -> Answer:
    return answer({"fees": documents.fees(call.order)})


@route("GET", "/v2/orders/#/consignments", ORDERS)
def order_consignments(call: Call) -> Answer:
    expand = call.query.get("include", "") == "consignments.line_items"
    return answer(consignments(call.store, call.order, expand_lines=expand))


@route("GET", "/v2/orders/#/taxes", ORDERS)
def taxes(call: Call) -> Answer:
    """Without ``details=true`` the rows do not say which line or part they belong to."""
    rows = call.order.taxes
    if call.query.get("details", "").casefold() != "true":
        rows = [{k: v for k, v in row.items() if k not in ("order_product_id", "line_item_type")} for row in rows]
    return collection(order_list.cut(call.store, rows, call.query))


@route("GET", "/v2/orders/#/shipments", ORDERS)
def order_shipments(call: Call) -> Answer:
    return collection(order_list.cut(call.store, call.order.shipments, call.query))


@route("GET", "/v2/orders/#/shipments/count", ORDERS)
def count_shipments(call: Call) -> Answer:
    return answer({"count": len(call.order.shipments)})


@route("POST", "/v2/orders/#/shipments", ORDERS)
def create_shipment(call: Call) -> Answer:
    return answer(shipments.create(call.store, call.order, call.document(), "app"), 201)


@route("DELETE", "/v2/orders/#/shipments", ORDERS)
def delete_shipments(call: Call) -> Answer:
    shipments.delete(call.store, call.order, list(call.order.shipments))
    return nothing()


@route("GET", "/v2/orders/#/shipments/#", ORDERS)
def get_shipment(call: Call) -> Answer:
    return answer(shipments.shipment_of(call.order, call.ids[1]))


@route("PUT", "/v2/orders/#/shipments/#", ORDERS)
def put_shipment(call: Call) -> Answer:
    order = call.order
    shipment = shipments.shipment_of(order, call.ids[1])
    return answer(shipments.correct(call.store, order, shipment, call.document()))


@route("DELETE", "/v2/orders/#/shipments/#", ORDERS)
def delete_shipment(call: Call) -> Answer:
    order = call.order
    shipments.delete(call.store, order, [shipments.shipment_of(order, call.ids[1])])
    return nothing()
