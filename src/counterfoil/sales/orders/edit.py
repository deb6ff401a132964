"""What a person may change on a sales order: its addresses, how it is shipped, and the notes written here.

Each changed field is recorded with who changed it. Money and lines are not edited.
"""

from collections.abc import Mapping

from django.db import models, transaction

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, OrderAddress, OrderChange, Parcel, SalesOrder
from counterfoil.sales.models.orders import WHO_AND_WHERE
from counterfoil.sales.orders.addresses import decide_where_same
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.shown import Shown, refuse_changed

ADDRESS_FIELDS = (*WHO_AND_WHERE, "shipping_method")
LONGEST_FIELD = 300
LONGEST_NOTES = 20_000


def edit_order(
    order_id: int, *, by: str, ship_via: str | None = None, notes: str | None = None, shown: Shown | None = None
) -> list[str]:
    """Changes how an order is shipped and its own notes; None leaves a field. Returns the names of what changed.

    Raises Refused for what is too long, and ChangedSinceShown. The notes stay here, the store's own are another field.
    """
    values = {"ship_via": _line(ship_via), "notes": None if notes is None else notes.replace("\r\n", "\n").strip()}
    given = {name: value for name, value in values.items() if value is not None}
    _check_length("ship via", given.get("ship_via", ""), LONGEST_FIELD)
    _check_length("notes", given.get("notes", ""), LONGEST_NOTES)
    with transaction.atomic():
        order = lock_order(order_id)
        refuse_changed(order, shown)
        return _change(order, order, given, by=by)


def edit_address(address_id: int, values: Mapping[str, str], *, by: str, shown: Shown | None = None) -> list[str]:
    """Changes an address that things are shipped to; `values`: some of ADDRESS_FIELDS. Returns what changed.

    Raises Refused for another kind of address, for one that a parcel went to, and where nothing of it would be left;
    ChangedSinceShown.
    """
    given = {name: _line(values[name]) or "" for name in ADDRESS_FIELDS if name in values}
    for name, value in given.items():
        _check_length(name.replace("_", " "), value, LONGEST_FIELD)
    with transaction.atomic():
        order_id = OrderAddress.objects.values_list("order", flat=True).get(pk=address_id)
        order = lock_order(order_id)
        address = OrderAddress.objects.get(pk=address_id)
        why = why_address_stays(address)
        if why is not None:
            raise why
        refuse_changed(address, shown)
        if "street_1" in given and not (given["street_1"] or given.get("street_2")):
            raise Refused("An address needs a street.", "Enter the street and number.")
        changed = _change(order, address, given, by=by, called=f"{address.get_kind_display()} ")
        decide_where_same(address)
        return changed


def why_address_stays(address: OrderAddress) -> Refused | None:
    """Why an address cannot be edited; None when it can."""
    if address.kind != AddressKind.SHIP_TO:
        return Refused(f"The {address.get_kind_display().lower()} address can’t be edited here.")
    if Parcel.objects.filter(ship_to=address, voided_at=None).exists():
        return Refused("A parcel already went to this address.", "Void the parcel first if it hasn’t left.")
    return None


def _line(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def _check_length(what: str, value: str, longest: int) -> None:
    if len(value) > longest:
        raise Refused(f"{longest} characters are allowed for {what}; there are {len(value)}.", "Shorten it.")


def _change(order: SalesOrder, row: models.Model, values: Mapping[str, str], *, by: str, called: str = "") -> list[str]:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return []
    OrderChange.objects.bulk_create(
        OrderChange(
            order=order,
            by=by,
            field=called + name.replace("_", " "),
            before=getattr(row, name),
            after=values[name],
        )
        for name in changed
    )
    for name in changed:
        setattr(row, name, values[name])
    row.save(update_fields=changed)
    return changed


__all__ = ["ADDRESS_FIELDS", "edit_address", "edit_order", "why_address_stays"]
