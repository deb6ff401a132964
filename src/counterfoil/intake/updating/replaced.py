"""Lines and addresses that were taken off an order in the store and put on it again: the sales order keeps its own.

They have new ids there, and are the same to whoever packs them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from counterfoil.sales.models import AddressKind, OrderAddress, SalesOrder
from counterfoil.sales.orders.addresses import Key, key_of
from counterfoil.sales.orders.drafts import AddressDraft, LineDraft, OrderDraft
from counterfoil.sales.orders.line_matching import LineLike, Place, like_draft, like_row, match_lines, place_of
from counterfoil.sales.orders.replaced_lines import renumber


def follow_replaced(order: SalesOrder, before: OrderDraft, after: OrderDraft) -> OrderDraft:
    """Gives the lines and addresses of a locked order the ids that they have in `after`; returns `before` with them.

    Matched one to one by what they are; what has no equal keeps its id.
    """
    if _ids(before) == _ids(after) and not _has_other_ids(order, after):
        return before
    rows = [row for row in order.lines.select_related("ship_to") if row.source_id is not None]
    addresses = _new_addresses(order.addresses.all(), after.addresses)
    lines = match_lines([like_row(row, place_of(row.ship_to)) for row in rows], _likes(after))
    renumber(rows, lines, addresses)
    old_addresses = _new_addresses(before.addresses, after.addresses)
    return replace(
        before,
        lines=_renumbered(before, after, lines),
        addresses=tuple(_with_id(each, old_addresses) for each in before.addresses),
    )


def _ids(draft: OrderDraft) -> tuple[set[int | None], set[Key]]:
    return {line.source_id for line in draft.lines}, {key_of(address) for address in draft.addresses}


def _has_other_ids(order: SalesOrder, draft: OrderDraft) -> bool:
    return set(order.lines.values_list("source_id", flat=True)) != {line.source_id for line in draft.lines}


def _likes(draft: OrderDraft) -> list[LineLike]:
    return [like_draft(line, _place(draft, line)) for line in draft.lines if line.source_id is not None]


def _place(draft: OrderDraft, line: LineDraft) -> Place | None:
    return None if line.ship_to is None else place_of(draft.addresses[line.ship_to])


def _renumbered(before: OrderDraft, after: OrderDraft, lines: dict[int, int]) -> tuple[LineDraft, ...]:
    """The lines of `before`: as the sales order's lines were renumbered, those that were so before by what they are."""
    taken = {lines[line.source_id] for line in before.lines if line.source_id in lines}
    left = [line for line in _likes(before) if line.id not in lines]
    new = lines | match_lines(left, [line for line in _likes(after) if line.id not in taken])
    return tuple(replace(line, source_id=new.get(line.source_id or 0, line.source_id)) for line in before.lines)


def _new_addresses(old: Iterable[AddressDraft | OrderAddress], new: Sequence[AddressDraft]) -> dict[int, int]:
    """Which ship-to address each that is gone has become: an equal one that is new."""
    gone = [each for each in old if each.kind == AddressKind.SHIP_TO]
    kept = {each.source_id for each in gone}
    there = {each.source_id for each in new if each.kind == AddressKind.SHIP_TO}
    come = {place_of(each): each.source_id for each in new if each.source_id in there - kept}
    found: dict[int, int] = {}
    for address in gone:
        if address.source_id is None or address.source_id in there or address.source_id in found:
            continue
        after = come.pop(place_of(address), None)
        if after is not None:
            found[address.source_id] = after
    return found


def _with_id(address: AddressDraft, new: Mapping[int, int]) -> AddressDraft:
    if address.kind != AddressKind.SHIP_TO or address.source_id is None:
        return address
    return replace(address, source_id=new.get(address.source_id, address.source_id))
