"""Brings a sales order up to date with a newer version of its web order (design, rule 8).

Only what differs between the version imported last and the new one is written. A field that a person has changed
here too, and what contradicts parcels that were processed, are not: both values are kept for a person to pick. Lines
and money change together or not at all. Lines that were replaced by equal ones have new ids, and that is all.
"""

from collections.abc import Mapping
from dataclasses import replace

from counterfoil.intake.conversion.converter import Converted
from counterfoil.intake.matching.buyers import settle_contact
from counterfoil.intake.outcomes import Updated
from counterfoil.intake.updating.addresses import merge_addresses
from counterfoil.intake.updating.changes import Merge
from counterfoil.intake.updating.contact import merge_contact
from counterfoil.intake.updating.custom_fields import fill_client, merge_fields
from counterfoil.intake.updating.lines import merge_lines_and_money
from counterfoil.intake.updating.replaced import follow_replaced
from counterfoil.sales.models import Product, SalesOrder
from counterfoil.sales.orders.create import header_values
from counterfoil.stores.models import WebOrder

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
    merge = Merge(order, digest=after.digest)
    before = replace(before, draft=follow_replaced(order, before.draft, after.draft))
    header = merge.columns(order, header_values(before.draft), header_values(after.draft), skip=STORE_KEEPS)
    merge_addresses(merge, before.draft, after.draft)
    header |= merge_lines_and_money(merge, before.draft, after.draft, products)
    merge_fields(merge, before.draft, after.draft)
    why = f"From the order {web_order.import_id}"
    fill_client(order.client_id, after.client_fields, before=before.client_fields, why=why)
    if before.buyer != after.buyer:
        header |= merge_contact(merge, settle_contact(order.client_id, after.buyer))
    if header:
        order.save(update_fields=header)
    merge.record(web_order)
    return Updated(changes=len(merge.changes), conflicts=len(merge.conflicts))
