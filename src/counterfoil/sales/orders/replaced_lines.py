"""Lines and addresses that were replaced where the order came from: the sales order keeps its own, with the new ids."""

from collections.abc import Mapping, Sequence

from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine


def renumber(rows: Sequence[OrderLine], lines: Mapping[int, int], addresses: Mapping[int, int]) -> list[str]:
    """Gives lines (all of one locked order) and their addresses the ids that they have by now: old id → new id.

    `lines` may hold those that kept theirs. Returns the names of the lines that changed.
    """
    changed = []
    for row in rows:
        old = row.source_id or 0
        new = lines.get(old, old)
        moved = row.ship_to is not None and row.ship_to.source_id in addresses
        if new != old:
            row.source_id = new
            row.save(update_fields=["source_id"])
        if new != old or moved:
            changed.append(row.name)
    for before, after in addresses.items():
        order = rows[0].order_id if rows else None
        OrderAddress.objects.filter(order=order, kind=AddressKind.SHIP_TO, source_id=before).update(source_id=after)
    return changed
