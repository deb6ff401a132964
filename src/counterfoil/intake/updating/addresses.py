"""Brings the addresses of a sales order up to date; one that a parcel went to stays what it was."""

from collections.abc import Mapping

from counterfoil.intake.updating.changes import ChangeSet
from counterfoil.sales.models import OrderAddress, Parcel, SalesOrder
from counterfoil.sales.models.orders import WHO_AND_WHERE
from counterfoil.sales.orders.addresses import address_rows, key_of, names_of
from counterfoil.sales.orders.addresses import in_one_line as envelope
from counterfoil.sales.orders.create import address_values
from counterfoil.sales.orders.drafts import OrderDraft

ENVELOPE = WHO_AND_WHERE
"""Who and where: what a parcel that is under way depends on."""


def parcels_went_to(order: SalesOrder) -> set[int]:
    """The ids of the addresses that a parcel went to which was not voided."""
    parcels = Parcel.objects.filter(shipment__order=order, voided_at=None, ship_to__isnull=False)
    return {pk for pk in parcels.values_list("ship_to", flat=True) if pk is not None}


def merge_addresses(merge: ChangeSet, before: OrderDraft, after: OrderDraft) -> None:
    """Addresses that stay are changed field by field; new ones and those that go belong to the lines.

    Where a parcel went to an address whose name or place changed, both versions are kept for a person to pick.
    """
    old = {key_of(address): address for address in before.addresses}
    changed = [each for each in after.addresses if key_of(each) in old and old[key_of(each)] != each]
    if not changed:
        return
    rows, names, used = address_rows(merge.order), names_of(merge.order), parcels_went_to(merge.order)
    for address in changed:
        key = key_of(address)
        if key not in rows:
            continue
        row, before_values, after_values = rows[key], address_values(old[key]), address_values(address)
        stays = row.pk in used and envelope(before_values) != envelope(after_values)
        if stays:
            _ask(merge, row, names[key], after_values)
        skip = ENVELOPE if stays else ()
        written = merge.columns(row, before_values, after_values, called=names[key], skip=skip)
        if written:
            row.save(update_fields=written)


def _ask(merge: ChangeSet, row: OrderAddress, called: str, theirs: Mapping[str, object]) -> None:
    here = envelope({name: getattr(row, name) for name in ENVELOPE})
    if here == envelope(theirs):
        merge.agree(whole_address(called))
    else:
        merge.conflict(whole_address(called), f"{here} (a parcel went there)", envelope(theirs))


def whole_address(called: str) -> str:
    """The name of the conflict over a whole address."""
    return f"{called}address"


def take_address(merge: ChangeSet, row: OrderAddress, theirs: Mapping[str, object], called: str) -> None:
    """The store's values for an address are chosen.

    What a parcel went to stays with that parcel; the lines that are still open go to the new one.
    """
    if row.pk not in parcels_went_to(merge.order) or not set(theirs) & set(ENVELOPE):
        written = merge.columns(row, {name: getattr(row, name) for name in theirs}, theirs, called=called)
        row.save(update_fields=written)
        return
    new = OrderAddress.objects.get(pk=row.pk)
    new.pk, new.position = None, max(merge.order.addresses.values_list("position", flat=True)) + 1
    for name, value in theirs.items():
        setattr(new, name, value)
    new.save(force_insert=True)
    still_open = [line.pk for line in merge.order.lines.filter(ship_to=row) if line.open]
    merge.order.lines.filter(pk__in=still_open).update(ship_to=new)
    merge.changed(whole_address(called), row, new)
