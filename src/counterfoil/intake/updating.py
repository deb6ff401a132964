"""Brings a sales order up to date with a newer version of its web order (design, rule 8).

Only what differs between the version imported last and the new one is written. A field that a person has changed
here too, and lines that contradict what was shipped, are not: both values are kept for a person to pick. Lines and
money change together or not at all.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from counterfoil.intake.clients import settle_contact
from counterfoil.intake.convert import Converted
from counterfoil.intake.outcomes import Updated
from counterfoil.sales.drafts import AddressDraft, LineDraft, OrderDraft
from counterfoil.sales.models import OrderAddress, OrderChange, OrderLine, Product, SalesOrder
from counterfoil.sales.placing import address_values, header_values, line_values, money_values, place_tenders
from counterfoil.stores.models import Conflict, WebOrder

BY = "BigCommerce"
WHY = "Changed in the store after import"
LINES_AND_MONEY = "lines and amounts"
STORE_KEEPS = {"staff_notes"}


def update_order(
    web_order: WebOrder,
    *,
    before: Converted,
    after: Converted,
    products: Mapping[str, Product],
) -> Updated:
    """Takes over what changed in the store between `before` (in the books) and `after`; each field is recorded."""
    assert web_order.sales_order_id is not None
    order = SalesOrder.objects.select_for_update(of=("self",)).get(pk=web_order.sales_order_id)
    merge = Merge(order)
    header = merge.columns(order, header_values(before.draft), header_values(after.draft), skip=STORE_KEEPS)
    _merge_addresses(merge, before.draft, after.draft)
    header |= _merge_lines_and_money(merge, before.draft, after.draft, products)
    if before.buyer != after.buyer:
        contact = settle_contact(order.client_id, after.buyer)
        if contact.pk != order.contact_id:
            merge.changed("contact", order.contact, contact)
            order.contact = contact
            header.add("contact")
    if header:
        order.save(update_fields=header)
    merge.record(web_order)
    return Updated(changes=len(merge.changes), conflicts=len(merge.conflicts))


class Merge:
    """Collects what is taken over and what is not."""

    def __init__(self, order: SalesOrder, *, by: str = BY, why: str = WHY) -> None:
        self.order = order
        self.by = by
        self.why = why
        self.changes: list[OrderChange] = []
        self.conflicts: list[Conflict] = []

    def columns(
        self,
        row: Any,
        before: Mapping[str, object],
        after: Mapping[str, object],
        *,
        skip: Iterable[str] = (),
        called: str = "",
    ) -> set[str]:
        """Sets on `row` each column that differs between the versions, unless a person changed it; says which."""
        written = set()
        for name, new in after.items():
            if name in skip or before.get(name) == new or getattr(row, name) == new:
                continue
            if getattr(row, name) != before.get(name):
                self.conflict(called + name, getattr(row, name), new)
                continue
            self.changed(called + name, getattr(row, name), new)
            setattr(row, name, new)
            written.add(name)
        return written

    def changed(self, field: str, before: object, after: object) -> None:
        """Notes a field that is taken over."""
        self.changes.append(
            OrderChange(
                order=self.order,
                by=self.by,
                field=words(field),
                before=as_text(before),
                after=as_text(after),
                why=self.why,
            )
        )

    def conflict(self, field: str, ours: object, theirs: object) -> None:
        """Notes a field that is not taken over: a person picks."""
        self.conflicts.append(Conflict(field=words(field), ours=as_text(ours), theirs=as_text(theirs)))

    def record(self, web_order: WebOrder) -> None:
        """Writes the history and the open conflicts."""
        OrderChange.objects.bulk_create(self.changes)
        for conflict in self.conflicts:
            conflict.web_order = web_order
        Conflict.objects.bulk_create(
            self.conflicts,
            update_conflicts=True,
            unique_fields=["web_order", "field"],
            update_fields=["ours", "theirs"],
        )


def words(field: str) -> str:
    """A column's name as people read it."""
    return field.replace("_", " ")


def as_text(value: object) -> str:
    """A value as a person reads it in the history."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _merge_addresses(merge: Merge, before: OrderDraft, after: OrderDraft) -> None:
    """Addresses that stay are changed field by field; new ones and those that go belong to the lines."""
    old = {_address_key(address): address for address in before.addresses}
    rows = {(row.kind, row.source_id): row for row in merge.order.addresses.all()}
    for address in after.addresses:
        key = _address_key(address)
        if key in old and key in rows and old[key] != address:
            row = rows[key]
            written = merge.columns(
                row, address_values(old[key]), address_values(address), called=f"{row.get_kind_display()} "
            )
            if written:
                row.save(update_fields=written)


def _address_key(address: AddressDraft) -> tuple[str, int | None]:
    return address.kind, address.source_id


def _merge_lines_and_money(
    merge: Merge, before: OrderDraft, after: OrderDraft, products: Mapping[str, Product]
) -> set[str]:
    """All of it or nothing; returns the columns of the sales order that were set."""
    if _money_part(before) == _money_part(after):
        return set()
    order = merge.order
    rows = {row.source_id: row for row in order.lines.all()}
    contradiction = _contradiction(order, rows, before, after)
    if contradiction:
        merge.conflict(LINES_AND_MONEY, f"{_summary(before)}. {contradiction}", _summary(after))
        return set()
    written = replace_lines_and_money(merge, after, products)
    if before.tenders != after.tenders:
        merge.changed("tenders", _tenders(before), _tenders(after))
        order.tenders.all().delete()
        place_tenders(order, after)
    return written


def replace_lines_and_money(merge: Merge, after: OrderDraft, products: Mapping[str, Product]) -> set[str]:
    """Makes the order's lines and amounts those of `after`; returns the columns of the sales order that were set."""
    order = merge.order
    written = merge.columns(order, {name: getattr(order, name) for name in money_values(after)}, money_values(after))
    _write_lines(merge, {row.source_id: row for row in order.lines.all()}, after, products)
    return written


def _money_part(draft: OrderDraft) -> tuple[object, ...]:
    places = tuple(_address_key(address) for address in draft.addresses)
    lines = tuple({**line_values(line), "ship_to": line.ship_to, "parent": line.parent} for line in draft.lines)
    return (money_values(draft), lines, draft.tenders, places)


def _contradiction(
    order: SalesOrder, rows: Mapping[int | None, OrderLine], before: OrderDraft, after: OrderDraft
) -> str:
    """Why the new lines cannot be taken over; "" when they can."""
    old = {line.source_id: line for line in before.lines}
    for row in rows.values():
        line = old.get(row.source_id or 0)
        if line is None or any(getattr(row, name) != value for name, value in line_values(line).items()):
            return "The lines were changed here."
    if any(getattr(order, name) != value for name, value in money_values(before).items()):
        return "The amounts were changed here."
    shipped = over_shipped(rows.values(), after)
    return f"{shipped.shipped} of {shipped.part_number} are shipped already." if shipped else ""


def over_shipped(rows: Iterable[OrderLine], draft: OrderDraft) -> OrderLine | None:
    """A line of which more is shipped than the draft orders; None when there is none."""
    quantities = {line.source_id: line.quantity for line in draft.lines}
    return next((row for row in rows if row.shipped > quantities.get(row.source_id or 0, 0)), None)


def _write_lines(
    merge: Merge, rows: Mapping[int | None, OrderLine], after: OrderDraft, products: Mapping[str, Product]
) -> None:
    """Makes the order's lines those of `after`. A line keeps its position; new ones come behind the others."""
    order = merge.order
    addresses = _addresses_of(order, after)
    position_after = max((row.position for row in rows.values()), default=-1) + 1
    positions = [
        rows[line.source_id].position if line.source_id in rows else position_after + index
        for index, line in enumerate(after.lines)
    ]
    gone = [row for source_id, row in rows.items() if source_id not in {line.source_id for line in after.lines}]
    for row in gone:
        merge.changed(f"line {row.part_number}", row, None)
        row.delete()
    for line, position in zip(after.lines, positions, strict=True):
        row = rows.get(line.source_id) or OrderLine(order=order, position=position, source_id=line.source_id)
        _set_line(merge, row, line)
        row.ship_to = None if line.ship_to is None else addresses[line.ship_to]
        row.parent_position = None if line.parent is None else positions[line.parent]
        row.product = products.get(line.part_number)
        row.save()
    unused = {address.pk for address in addresses}
    order.addresses.exclude(pk__in=unused).delete()


def _set_line(merge: Merge, row: OrderLine, line: LineDraft) -> None:
    values = line_values(line)
    if row.pk is None:
        for name, value in values.items():
            setattr(row, name, value)
        merge.changed(f"line {line.part_number}", None, row)
    else:
        merge.columns(row, {name: getattr(row, name) for name in values}, values, called=f"line {line.part_number} ")
    row.shipped = max(row.shipped, min(line.shipped, row.quantity))
    row.cancelled = min(line.refunded, row.quantity - row.shipped)


def _addresses_of(order: SalesOrder, after: OrderDraft) -> list[OrderAddress]:
    """The rows of the draft's addresses, made where they are new."""
    rows = {(row.kind, row.source_id): row for row in order.addresses.all()}
    position = max((row.position for row in rows.values()), default=-1)
    found = []
    for address in after.addresses:
        row = rows.get(_address_key(address))
        if row is None:
            position += 1
            row = OrderAddress.objects.create(order=order, position=position, **address_values(address))
        found.append(row)
    return found


def take_over_shipped(sales_order_id: int, lines: Sequence[LineDraft]) -> None:
    """Raises the shipped quantities to what the store says was shipped."""
    rows = {row.source_id: row for row in OrderLine.objects.select_for_update().filter(order=sales_order_id)}
    for line in lines:
        row = rows.get(line.source_id)
        if row is not None and row.shipped < line.shipped <= row.quantity:
            row.shipped = line.shipped
            row.cancelled = min(row.cancelled, row.quantity - row.shipped)
            row.save(update_fields=["shipped", "cancelled"])


def _summary(draft: OrderDraft) -> str:
    lines = ", ".join(f"{line.quantity} × {line.part_number}" for line in draft.lines)
    return f"{lines}: {draft.totals.total} {draft.currency}"


def _tenders(draft: OrderDraft) -> str:
    return ", ".join(f"{tender.description} {tender.amount}" for tender in draft.tenders)
