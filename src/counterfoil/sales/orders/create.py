"""Writes a new sales order: the order, its addresses, lines and tenders, each kind in one statement."""

from collections.abc import Mapping, Sequence

from counterfoil.sales.db.dry_run import rehearsed_number
from counterfoil.sales.db.raw_rows import insert, insert_one
from counterfoil.sales.models import (
    Contact,
    MatchRule,
    OrderAddress,
    OrderLine,
    Product,
    SalesOrder,
    StatusRole,
    Tender,
)
from counterfoil.sales.orders.drafts import AddressDraft, DiscountDraft, LineDraft, OrderDraft

INITIAL_STATUS = (("status_id", f"(SELECT id FROM sales_orderstatus WHERE role = '{StatusRole.INITIAL}')"),)  # noqa: S608


def create_order(
    draft: OrderDraft,
    *,
    client_id: int,
    contact: Contact | None,
    matched_by: MatchRule | None,
    products: Mapping[str, Product],
    source: str = "",
    import_id: str | None = None,
    weight_unit: str = "",
    how_matched: Mapping[str, object] | None = None,
) -> SalesOrder:
    """The new sales order, in the initial order status.

    `weight_unit`: what the weights of its lines are in; "" where that is not known.

    `products` holds the products of the draft's part numbers; a line without one stands for itself. `matched_by`: None
    where a person chose the client; `how_matched`: the other columns that tell how it was found. What the total exceeds
    its parts by becomes the rounding: the caller has decided whether that is accepted.
    """
    number = rehearsed_number()
    order = insert_one(
        SalesOrder,
        {
            **({} if number is None else {"number": number}),
            "import_id": import_id,
            "source": source,
            "client_id": client_id,
            "contact_id": contact.pk if contact else None,
            "matched_by": matched_by or "",
            **(how_matched or {}),
            "tax_override": import_id is not None,
            "weight_unit": weight_unit,
            **header_values(draft),
            **money_values(draft),
            "fields": dict(draft.fields),
        },
        computed=INITIAL_STATUS,
    )
    addresses = insert(
        OrderAddress,
        [
            {"order_id": order.pk, "position": position, **address_values(address)}
            for position, address in enumerate(draft.addresses)
        ],
    )
    _place_lines(order, draft.lines, addresses, products)
    place_tenders(order, draft)
    return order


def _place_lines(
    order: SalesOrder, lines: Sequence[LineDraft], addresses: Sequence[int], products: Mapping[str, Product]
) -> None:
    product_ids = {part_number: product.pk for part_number, product in products.items()}
    rows = [
        {
            "order_id": order.pk,
            "position": position,
            "parent_position": line.parent,
            "product_id": product_ids.get(line.part_number),
            "ship_to_id": None if line.ship_to is None else addresses[line.ship_to],
            "shipped": line.shipped,
            "cancelled": line.cancelled,
            **line_values(line),
            "weight": line.weight,
            "fields": dict(line.fields),
        }
        for position, line in enumerate(lines)
    ]
    insert(OrderLine, rows)


def place_tenders(order: SalesOrder, draft: OrderDraft) -> None:
    """Writes how the order was paid."""
    insert(
        Tender,
        [
            {"order_id": order.pk, "kind": tender.kind, "description": tender.description, "amount": tender.amount}
            for tender in draft.tenders
        ],
    )


def header_values(draft: OrderDraft) -> dict[str, object]:
    """The columns of the sales order that are no money."""
    return {
        "web_order_number": draft.web_order_number,
        "channel": draft.channel,
        "po_number": draft.po_number,
        "order_date": draft.order_date,
        "ship_via": draft.ship_via,
        "payment_method": draft.payment_method,
        "payment_status": draft.payment_status,
        "customer_message": draft.customer_message,
        "staff_notes": draft.staff_notes,
    }


def money_values(draft: OrderDraft) -> dict[str, object]:
    """The money columns of the sales order, its currency, coupons and fees among them."""
    totals = draft.totals
    return {
        "currency": draft.currency,
        "subtotal": totals.subtotal,
        "discount": totals.discount,
        "shipping": totals.shipping,
        "handling": totals.handling,
        "wrapping": totals.wrapping,
        "fees": totals.fees,
        "rounding": totals.difference,
        "total": totals.total,
        "tax": totals.tax,
        "tax_included": totals.tax_included,
        "coupons": discount_values(draft.coupons),
        "fee_names": list(draft.fee_names),
    }


def address_values(address: AddressDraft) -> dict[str, object]:
    """The columns of an address."""
    values: dict[str, object] = {name: getattr(address, name) for name in AddressDraft.__slots__}
    values["form_fields"] = [{"name": name, "value": value} for name, value in address.form_fields]
    return values


def line_values(line: LineDraft) -> dict[str, object]:
    """The columns of a line, without what depends on the rest of the order and on what was shipped, and without
    custom fields and the weight, which is nobody's to change and no change of the order."""
    elsewhere = ("parent", "ship_to", "shipped", "discounts", "weight", "fields")
    values: dict[str, object] = {name: getattr(line, name) for name in LineDraft.__slots__ if name not in elsewhere}
    values["total"] = line.total
    values["discounts"] = discount_values(line.discounts)
    return values


def discount_values(discounts: Sequence[DiscountDraft]) -> list[dict[str, str]]:
    """Discounts as they are kept with a line or an order: money as text."""
    return [{"code": each.code, "name": each.name, "amount": str(each.amount)} for each in discounts]
