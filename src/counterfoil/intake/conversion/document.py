"""A web order as it was read: the order with its lines and coupons, wherever they came from."""

from dataclasses import dataclass

from counterfoil.bigcommerce import (
    Coupon,
    LineItem,
    Order,
    coupons_on_lines,
    read_coupons,
    read_line_items,
    read_order,
)


@dataclass(frozen=True, slots=True)
class WebOrderDocument:
    """The typed documents of one order. `line_items` are complete, also when the consignments' were cut."""

    order: Order
    line_items: tuple[LineItem, ...]
    coupons: tuple[Coupon, ...]


def read_document(order: bytes, products: bytes | None = None, coupons: bytes | None = None) -> WebOrderDocument:
    """The stored bytes of an order as documents; raises NeedsPerson when they cannot be read."""
    document = read_order(order)
    lines = document.line_items
    if products is not None:
        lines = tuple(read_line_items(products)) or lines  # a list that is empty takes none of them away
    told = coupons_on_lines(document, lines)
    if told is None:
        told = () if coupons is None else tuple(read_coupons(coupons))
    return WebOrderDocument(order=document, line_items=lines, coupons=told)
