"""Brings the lines and amounts of a sales order up to date: all of it or nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from counterfoil.intake.updating.addresses import parcels_went_to
from counterfoil.intake.updating.changes import LINES_AND_MONEY, ChangeSet
from counterfoil.sales.models import OrderAddress, OrderLine, ParcelItem, Product, SalesOrder, TenderKind
from counterfoil.sales.orders.addresses import Key, address_rows, key_of
from counterfoil.sales.orders.create import address_values, line_values, money_values, place_tenders
from counterfoil.sales.orders.drafts import LineDraft, OrderDraft, TenderDraft

MADE_HERE_TOO = {"refunded", "bin"}
"""Columns of a line that differ without anybody's doing: refunds are read apart, and lines of old have no bin."""

Rows = Mapping[int | None, OrderLine]


@dataclass(frozen=True, slots=True)
class Packed:
    """Which lines (by their row's id) lie in parcels: in any, also voided ones, and in such as ship something."""

    ever: Collection[int]
    now: Collection[int]


def merge_lines_and_money(
    merge: ChangeSet, before: OrderDraft, after: OrderDraft, products: Mapping[str, Product]
) -> set[str]:
    """All of it or nothing; returns the columns of the sales order that were set."""
    if _money_part(before) == _money_part(after):
        return set()
    order = merge.order
    rows: Rows = {row.source_id: row for row in order.lines.all()}
    if _is_here(order, rows, after):
        _write_tenders(merge, after)
        merge.agree(LINES_AND_MONEY)
        return set()
    contradiction = _changed_here(order, rows, before, after) or what_contradicts(order, rows, after)
    if contradiction:
        names = {row.part_number: row.our_part_number for row in rows.values()}
        names |= {part_number: product.part_number for part_number, product in products.items()}
        merge.conflict(LINES_AND_MONEY, f"{_summary(before, names)}. {contradiction}", _summary(after, names))
        return set()
    written = replace_lines_and_money(merge, after, products)
    merge.agree(LINES_AND_MONEY)
    return written


def _money_part(draft: OrderDraft) -> tuple[object, ...]:
    places = tuple(key_of(address) for address in draft.addresses)
    lines = tuple({**line_values(line), "ship_to": line.ship_to, "parent": line.parent} for line in draft.lines)
    return (money_values(draft), lines, draft.tenders, places)


def _is_here(order: SalesOrder, rows: Rows, after: OrderDraft) -> bool:
    """Whether the order has these lines, places and amounts already, as after a change that was taken back."""
    if rows.keys() != {line.source_id for line in after.lines}:
        return False
    places = _places(order)
    return (
        not _differ(order, money_values(after))
        and not any(_differ(rows[line.source_id], _own_values(line)) for line in after.lines)
        and all(places.get(rows[line.source_id].ship_to_id or 0) == _place(after, line) for line in after.lines)
    )


def _own_values(line: LineDraft) -> dict[str, object]:
    return {name: value for name, value in line_values(line).items() if name not in MADE_HERE_TOO}


def _entered_values(line: LineDraft) -> dict[str, object]:
    """What a person can change of a line: the names of its discounts are the store's alone."""
    return {name: value for name, value in _own_values(line).items() if name != "discounts"}


def _differ(row: OrderLine | SalesOrder, values: Mapping[str, object]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _places(order: SalesOrder) -> dict[int, Key]:
    """By what each of the order's addresses (by its row's id) is known."""
    return {row.pk: key_of(row) for row in order.addresses.all()}


def _place(draft: OrderDraft, line: LineDraft) -> Key | None:
    return None if line.ship_to is None else key_of(draft.addresses[line.ship_to])


def _changed_here(order: SalesOrder, rows: Rows, before: OrderDraft, after: OrderDraft) -> str:
    """What a person changed of what changed in the store too; "" when nothing."""
    old = {line.source_id: line for line in before.lines}
    for row in rows.values():
        line = old.get(row.source_id or 0)
        if line is None or _differ(row, _entered_values(line)):
            return "The lines were changed here."
    if _differ(order, money_values(before)):
        return "The amounts were changed here."
    new = {line.source_id: line.quantity for line in after.lines}
    for row in rows.values():
        by_people = row.cancelled - min(row.refunded, row.quantity - row.shipped)
        if by_people > 0 and new.get(row.source_id or 0, 0) != row.quantity:
            return f"{by_people} × {row.name} cancelled here."
    return ""


def what_contradicts(order: SalesOrder, rows: Rows, after: OrderDraft) -> str:
    """What of the parcels that were processed contradicts these lines; "" when nothing does."""
    wanted = {line.source_id: line for line in after.lines}
    why = never_less_than_shipped(rows, after)
    if why:
        return why
    packed, places = _packed(order), _places(order)
    for row in rows.values():
        line = wanted.get(row.source_id or 0)
        if line is None and row.pk in packed.ever:
            return f"{row.name} was in a parcel."
        if line is not None and row.pk in packed.now and places.get(row.ship_to_id or 0) != _place(after, line):
            return f"{row.name} already went to {row.ship_to}."
    gone = parcels_went_to(order) & (places.keys() - _rows_that_stay(places, after))
    address = order.addresses.filter(pk__in=gone).first()
    return f"A parcel already went to {address}." if address else ""


def _rows_that_stay(places: Mapping[int, Key], after: OrderDraft) -> set[int]:
    keys = {key_of(address) for address in after.addresses}
    return {pk for pk, key in places.items() if key in keys}


def _packed(order: SalesOrder) -> Packed:
    items = list(ParcelItem.objects.filter(line__order=order).values_list("line_id", "parcel__voided_at"))
    return Packed(ever={pk for pk, _ in items}, now={pk for pk, voided_at in items if voided_at is None})


def never_less_than_shipped(rows: Rows, after: OrderDraft) -> str:
    """Which line has more shipped than these lines order, as a sentence; "" when none has."""
    quantities = {line.source_id: line.quantity for line in after.lines}
    row = next((row for row in rows.values() if row.shipped > quantities.get(row.source_id or 0, 0)), None)
    return f"{row.shipped} × {row.name} already shipped." if row else ""


def why_never(order: SalesOrder, after: OrderDraft) -> str:
    """Why not even a person may choose these lines; "" when one may. What lies in a parcel stays in the sales data."""
    rows: Rows = {row.source_id: row for row in order.lines.all()}
    wanted = {line.source_id for line in after.lines}
    packed = _packed(order)
    gone = next((row for source, row in rows.items() if source not in wanted and row.pk in packed.now), None)
    return never_less_than_shipped(rows, after) or (f"{gone.name} is in a parcel." if gone else "")


def replace_lines_and_money(merge: ChangeSet, after: OrderDraft, products: Mapping[str, Product]) -> set[str]:
    """Makes the order's lines and amounts those of `after`; returns the columns of the sales order that were set.

    The caller has seen to it that nothing of what lies in a parcel goes.
    """
    order = merge.order
    written = merge.columns(order, {name: getattr(order, name) for name in money_values(after)}, money_values(after))
    rows: Rows = {row.source_id: row for row in order.lines.all()}
    stay = {line.source_id for line in after.lines}
    _remove_lines(merge, [row for source, row in rows.items() if source not in stay])
    _write_lines(merge, rows, after, products)
    _remove_addresses(order, after)
    _write_tenders(merge, after)
    return written


def _write_tenders(merge: ChangeSet, after: OrderDraft) -> None:
    """How the order was paid changes also where nothing else does, as when store credit was used later."""
    rows = [TenderDraft(TenderKind(row.kind), row.description, row.amount) for row in merge.order.tenders.all()]
    if rows == list(after.tenders):
        return
    merge.changed("tenders", _tenders(rows), _tenders(after.tenders))
    merge.order.tenders.all().delete()
    place_tenders(merge.order, after)


def _remove_lines(merge: ChangeSet, gone: Collection[OrderLine]) -> None:
    """A line that lay in voided parcels only goes with that; the history keeps what it was."""
    ParcelItem.objects.filter(line__in=gone, parcel__voided_at__isnull=False).delete()
    for row in gone:
        merge.changed(f"line {row.our_part_number}", row, None)
        row.delete()


def _write_lines(merge: ChangeSet, rows: Rows, after: OrderDraft, products: Mapping[str, Product]) -> None:
    """Makes the order's lines those of `after`. A line keeps its position; new ones come behind the others."""
    order = merge.order
    addresses = _addresses_of(order, after)
    position_after = max((row.position for row in rows.values()), default=-1) + 1
    positions = [
        rows[line.source_id].position if line.source_id in rows else position_after + index
        for index, line in enumerate(after.lines)
    ]
    for line, position in zip(after.lines, positions, strict=True):
        row = rows.get(line.source_id) or OrderLine(order=order, position=position, source_id=line.source_id)
        row.set_product(line.part_number, products.get(line.part_number))
        _set_line(merge, row, line)
        row.ship_to = None if line.ship_to is None else addresses[line.ship_to]
        row.parent_position = None if line.parent is None else positions[line.parent]
        row.save()


def _set_line(merge: ChangeSet, row: OrderLine, line: LineDraft) -> None:
    """What is shipped stays; what is cancelled or waits for stock stays as far as there is room for it."""
    values = line_values(line) | {"refunded": min(max(row.refunded, line.refunded), line.quantity)}
    if row.pk is None:
        for name, value in values.items():
            setattr(row, name, value)
        row.fields = dict(line.fields)
        merge.changed(f"line {row.our_part_number}", None, row)
    else:
        called = f"line {row.product_number or line.part_number} "
        merge.columns(row, {name: getattr(row, name) for name in values}, values, called=called)
    row.cancelled = min(max(row.cancelled, row.refunded), row.quantity - row.shipped)
    row.backordered = min(row.backordered, row.open)


def _addresses_of(order: SalesOrder, after: OrderDraft) -> list[OrderAddress]:
    """The rows of the draft's addresses, made where they are new."""
    rows = address_rows(order)
    position = max((row.position for row in order.addresses.all()), default=-1)
    found = []
    for address in after.addresses:
        row = rows.get(key_of(address))
        if row is None:
            position += 1
            row = OrderAddress.objects.create(order=order, position=position, **address_values(address))
        found.append(row)
    return found


def _remove_addresses(order: SalesOrder, after: OrderDraft) -> None:
    """Addresses that nothing goes to any more; one that a parcel went to, voided or not, stays with the parcel."""
    kept = {key_of(address) for address in after.addresses}
    gone = [pk for key, pk in ((key_of(row), row.pk) for row in order.addresses.all()) if key not in kept]
    order.addresses.filter(pk__in=gone, parcels=None, order_lines=None).delete()


def _summary(draft: OrderDraft, names: Mapping[str, str]) -> str:
    lines = ", ".join(f"{line.quantity} × {names.get(line.part_number, line.part_number)}" for line in draft.lines)
    return f"{lines}: {draft.totals.total} {draft.currency}"


def _tenders(tenders: Iterable[TenderDraft]) -> str:
    return ", ".join(f"{tender.description} {tender.amount}" for tender in tenders)
