"""When the store refuses a shipment: whether its lines were taken off the order there and put on it again.

Then they have new ids (vendor: Update an order). The sales orders follow: lines are matched by what they are, and what
is shipped goes out on the new ids.
"""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import LineItem, NeedsPerson, Order, read_line_items, read_order
from counterfoil.bigcommerce.client import StoreApi
from counterfoil.sales.models import OrderLine, ParcelItem
from counterfoil.sales.orders.line_matching import LineLike, Place, like_row, match_lines, place, place_of
from counterfoil.sales.orders.replaced_lines import renumber
from counterfoil.sales.orders.status import lock_order
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, StoreUpdate
from counterfoil.stores.weborders.changes import note_read_alone
from counterfoil.stores.weborders.reused_numbers import refuse_another

GONE_NEXT_STEP = (
    "Void the parcel and set the order back to a new order status in BigCommerce. If asked, use the "
    "store's lines and amounts. Then process the shipment again."
)


def follow_replaced_lines(api: StoreApi, update: StoreUpdate) -> bool:
    """Whether lines (or addresses) of the order have new ids in the store, which the sales order has now too.

    Reads the order. Raises NeedsPerson where the store has no such order, or none of its lines is what an item of the
    parcel is.
    """
    order, items = _read(api, update)
    refuse_another(update.web_order, order.date_created)
    with transaction.atomic():
        assert update.web_order.sales_order_id is not None
        lock_order(update.web_order.sales_order_id)
        rows = list(OrderLine.objects.filter(order=update.web_order.sales_order_id).select_related("ship_to"))
        rows = [row for row in rows if row.source_id is not None]
        matched = match_lines([like_row(row, place_of(row.ship_to)) for row in rows], store_lines(order, items))
        gone = _gone(update, matched.keys())
        if gone:
            are = "is" if len(gone) == 1 else "are"
            sentence = f"{' and '.join(gone)} {are} no longer on the order in BigCommerce."
            raise NeedsPerson("no_item", sentence, GONE_NEXT_STEP)
        renumbered = renumber(rows, matched, _addresses(order, items, rows, matched))
    if renumbered:
        text = f"Replaced in BigCommerce by identical items, and updated here: {', '.join(renumbered)}."
        log(update.web_order.integration, LogKind.UPDATED, text, import_id=update.web_order.import_id)
    return bool(renumbered)


def _read(api: StoreApi, update: StoreUpdate) -> tuple[Order, Sequence[LineItem]]:
    at, order_id = timezone.now(), update.web_order.bigcommerce_order_id
    body = api.order(order_id)
    note_read_alone(update.web_order.integration, body, at)
    order = read_order(body)
    if order.needs_products_call:
        return order, read_line_items(api.order_products(order_id))
    return order, order.line_items


def store_lines(order: Order, items: Sequence[LineItem]) -> list[LineLike]:
    """What the lines of a store's order are, in ascending order of their ids."""
    places = _places(order)
    by_item = _addresses_of_items(order, items)
    return [
        LineLike(
            id=item.id,
            sku=item.sku.strip(),
            product=(item.product_id, item.variant_id or 0) if item.product_id else None,
            name=item.name,
            options="\n".join(f"{option.display_name}: {option.display_value}" for option in item.product_options),
            quantity=item.quantity,
            place=places.get(by_item.get(item.id, 0)),
        )
        for item in sorted(items, key=lambda item: item.id)
    ]


def _places(order: Order) -> dict[int, Place]:
    shipping = order.consignments.shipping if order.consignments is not None else ()
    return {
        each.id: place(
            (
                each.first_name,
                each.last_name,
                each.company,
                each.street_1,
                each.street_2,
                each.city,
                each.zip,
                each.country_iso2,
            )
        )
        for each in shipping
    }


def _addresses_of_items(order: Order, items: Sequence[LineItem]) -> dict[int, int]:
    """The address that each line is shipped to, by their ids in the store."""
    found = {item.id: item.order_address_id for item in items if item.order_address_id}
    for each in order.consignments.shipping if order.consignments is not None else ():
        found |= {item.id: each.id for item in each.line_items}
    return found


def _addresses(
    order: Order, items: Sequence[LineItem], rows: Sequence[OrderLine], matched: Mapping[int, int]
) -> dict[int, int]:
    """Which address each of our addresses that the store has no more has become, by their ids there."""
    there, by_item = _places(order).keys(), _addresses_of_items(order, items)
    found: dict[int, int] = {}
    for row in rows:
        old = row.ship_to.source_id if row.ship_to is not None else None
        new = by_item.get(matched.get(row.source_id or 0, 0))
        if old is not None and new is not None and old not in there:
            found.setdefault(old, new)
    return found


def _gone(update: StoreUpdate, known: Collection[int]) -> list[str]:
    """The parcel's items that the store's order has no line for."""
    items = ParcelItem.objects.filter(parcel=update.parcel_id).select_related("line")
    return [item.line.name for item in items if item.line.source_id not in known]
