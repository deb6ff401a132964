"""Brings a sales order up to date with a newer version of its web order (design, rule 8).

Only what differs between the version imported last and the new one is written. A field that a person has changed
here too, and what contradicts parcels that were processed, are not: both values are kept for a person to pick. Lines
and money change together or not at all. Lines that were replaced by equal ones have new ids, and that is all.
"""

from collections.abc import Mapping
from dataclasses import replace

from counterfoil.intake.conversion.converter import ConvertedOrder
from counterfoil.intake.outcomes import Updated
from counterfoil.intake.updating.addresses import merge_addresses
from counterfoil.intake.updating.changes import WHY as CHANGED_IN_STORE
from counterfoil.intake.updating.changes import ChangeSet
from counterfoil.intake.updating.client import merge_buyer
from counterfoil.intake.updating.custom_fields import fill_client, merge_fields
from counterfoil.intake.updating.lines import merge_lines_and_money
from counterfoil.intake.updating.replaced import follow_replaced
from counterfoil.sales.clients.match_keys import join_matching
from counterfoil.sales.models import Product, SalesOrder
from counterfoil.sales.orders.create import header_values
from counterfoil.stores.models import WebOrder

STORE_KEEPS = {"staff_notes"}


def update_order(
    web_order: WebOrder,
    *,
    before: ConvertedOrder,
    after: ConvertedOrder,
    products: Mapping[str, Product],
    why: str = CHANGED_IN_STORE,
) -> Updated:
    """Takes over what changed between `before` (imported) and `after`; each field is recorded, with `why`."""
    assert web_order.sales_order_id is not None
    if before.buyer != after.buyer:
        join_matching()
    order = SalesOrder.objects.select_for_update(of=("self",)).get(pk=web_order.sales_order_id)
    merge = ChangeSet(order, why=why, digest=after.digest)
    before = replace(before, draft=follow_replaced(order, before.draft, after.draft))
    header = merge.columns(order, header_values(before.draft), header_values(after.draft), skip=STORE_KEEPS)
    merge_addresses(merge, before.draft, after.draft)
    header |= merge_lines_and_money(merge, before.draft, after.draft, products)
    merge_fields(merge, before.draft, after.draft)
    if before.buyer != after.buyer:
        header |= merge_buyer(merge, web_order.integration, before=before, after=after)
    else:
        source = f"From the order {web_order.import_id}"
        fill_client(order.client_id, after.client_fields, before=before.client_fields, why=source)
    if header:
        order.save(update_fields=header)
    merge.record(web_order)
    return Updated(changes=len(merge.changes), conflicts=len(merge.conflicts))
