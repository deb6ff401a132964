"""Changes to an order: by an app through the API, and by a person in the control panel."""

from typing import Any

from bigcommerce_sandbox.answers import Document, Refused, invalid, read_only
from bigcommerce_sandbox.orders import edit_amounts, totals
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.orders.statuses import STATUSES
from bigcommerce_sandbox.store import Store

_ADDRESS_FIELDS = {
    "first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip", "country",
    "country_iso2", "phone", "email", "form_fields",
}  # fmt: skip
_TEXTS = {"staff_notes": 65_535, "customer_message": 65_535, "external_order_id": 255, "external_source": 255}
_WRITABLE = {"status_id", "billing_address", "is_deleted", *_TEXTS}
# The real store takes these in a PUT (facts, section 3); here only a person changes them.
_NOT_SIMULATED = {
    "shipping_addresses", "consignments", "customer_id", "payment_method",
    "payment_provider_id", "date_created", "items_total", "items_shipped", "refunded_amount", "order_is_digital",
    "ip_address", "channel_id", "customer_locale", "tax_provider_id", "ebay_order_id", "base_shipping_cost",
    "base_handling_cost", "base_wrapping_cost", "wrapping_cost_ex_tax", "wrapping_cost_inc_tax",
}  # fmt: skip


def put(store: Store, order: Order, body: Document) -> None:
    """PUT /orders/{id}. Raises Refused with 400, and then nothing has changed."""
    for name in body:
        if name in _NOT_SIMULATED:
            raise Refused(400, f"The sandbox store does not take the field '{name}' in a PUT; the real one does.")
        if name not in _WRITABLE | edit_amounts.FIELDS:
            raise read_only(name)
    _check(body)
    edit_amounts.check(store, order, body)
    edit_amounts.put(store, order, body)
    _write(store, order, body, "app")


def _check(body: Document) -> None:
    if "status_id" in body and status_of(body["status_id"]) is None:
        raise invalid("status_id", "There is no such order status.")
    for name, longest in _TEXTS.items():
        value = body.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > longest):
            raise invalid(name, f"The value must be a text of at most {longest} characters.")
    if not isinstance(body.get("is_deleted", False), bool):
        raise invalid("is_deleted", "The value must be true or false.")
    _check_address(body.get("billing_address", {}))


def _check_address(address: Any) -> None:
    if not isinstance(address, dict):
        raise invalid("billing_address", "The value must be an object.")
    for name in address:
        if name not in _ADDRESS_FIELDS:
            raise read_only(f"billing_address.{name}")


def status_of(value: object) -> int | None:
    """The status as a number, also from a text as some clients send it; None when there is no such status."""
    try:
        number = int(str(value)) if not isinstance(value, bool) else -1
    except ValueError:
        return None
    return number if number in STATUSES else None


def _write(store: Store, order: Order, body: Document, who: str) -> None:
    order.header.update({name: body[name] for name in _TEXTS if name in body})
    order.header["billing_address"] = order.header["billing_address"] | body.get("billing_address", {})
    was_archived, order.archived = order.archived, body.get("is_deleted", order.archived)
    status = status_of(body.get("status_id", order.status_id))
    store.set_status(order, order.status_id if status is None else status, who)
    if order.archived and not was_archived:
        store.tell(order, "archived")


def archive(store: Store, order: Order) -> None:
    _write(store, order, {"is_deleted": True}, "app")


def by_person(store: Store, order: Order, changes: Document) -> None:
    """An edit in the control panel: any header field, parts of addresses, lines, fees, discounts.

    ``lines`` by id, new ones without; ``discounts`` as in ``edit_money.set_discounts``; ``fees`` as in a PUT. With any
    of these all amounts are worked out anew, unless ``raw`` is true. ``replace``: see below. Raises Refused with 400.
    """
    replace(store, order, changes.pop("replace", []), addresses=changes.pop("replace_addresses", False))
    lines, raw, addresses = changes.pop("lines", []), changes.pop("raw", False), changes.pop("addresses", [])
    parts: Document = {name: changes.pop(name) for name in ("discounts", "fees") if name in changes and not raw}
    own = {name: changes.pop(name) for name in list(changes) if name in _WRITABLE}
    _check(own)
    for change in lines:
        _edit_line(store, order, change, raw=raw)
    for change in addresses:
        _edit_address(order, change)
    order.header.update(changes)
    if (lines or parts) and not raw:
        _edit_parts(store, order, parts)
    _write(store, order, own, "person")
    store.customers.meet(order)


def _edit_parts(store: Store, order: Order, parts: Document) -> None:
    if "discounts" in parts:
        edit_amounts.set_discounts(store, order, parts["discounts"])
    if parts:
        edit_amounts.check(store, order, {"fees": parts.get("fees", [])})
        edit_amounts.put(store, order, {"fees": parts.get("fees", order.fees)})
    else:
        edit_amounts.settle_coupons(order)
        totals.sum_up(order)


def replace(store: Store, order: Order, line_ids: list[int], *, addresses: bool) -> None:
    """Takes lines off the order and puts equal ones on it, which have new ids; so do its addresses where asked."""
    for address in order.addresses if addresses else ():
        old, address["id"] = address["id"], store.number("address")
        for line in order.lines:
            if line["order_address_id"] == old:
                line["order_address_id"] = address["id"]
    for line_id in line_ids:
        old_line = order.line(line_id)
        if old_line is None:
            raise Refused(400, f"The order has no line {line_id}.")
        order.lines.remove(old_line)
        number = store.number("line")
        for child in order.lines:
            if child["parent_order_product_id"] == line_id:
                child["parent_order_product_id"] = number
        order.lines.append(old_line | {"id": number, "quantity_shipped": 0})


def _edit_address(order: Order, change: Document) -> None:
    address = order.address(change.get("id"))
    if address is None:
        raise Refused(400, f"The order has no shipping address {change.get('id')}.")
    _check_address({name: value for name, value in change.items() if name != "id"})
    address.update(change)


def _edit_line(store: Store, order: Order, change: Document, *, raw: bool) -> None:
    if not raw:
        edit_amounts.change_line(store, order, change)
        return
    line = order.line(change.get("id"))
    if line is None:
        raise Refused(400, f"The order has no line {change.get('id')}.")
    line.update(change)
