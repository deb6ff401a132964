"""Addresses that were changed in the store after import: a person chooses, and until then nothing is shipped there.

    refuse_changed_address(lines)                     # raises AddressChanged; whoever ships calls it, see `ship_locked`
    choose_address(address.pk, ours=False, by="Ada")  # the store's address is used from now on

Nothing is taken over by itself (design, rule 8). Who keeps ours is not asked again for the same address of the store,
but for a newer one. A parcel that went somewhere keeps the address that it went to.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderAddress, OrderChange, OrderLine, Parcel, SalesOrder
from counterfoil.sales.models.orders import WHO_AND_WHERE
from counterfoil.sales.orders.addresses import (
    WhoAndWhere,
    as_lines,
    changed_there,
    in_one_line,
    is_same_place,
    key_of,
    mark_decided,
    names_of,
    who_and_where,
)
from counterfoil.sales.orders.status import lock_order

TAKEN = "The store’s address was chosen"
KEPT = "Ours was kept; the store has: "
NEXT_STEP = "On the order’s page, choose “Use the store’s address” or “Keep ours”. Then ship it."
ONCE_MORE = "The address was changed in the store again, or someone has already chosen."


class AddressChanged(Refused):
    """The address was changed in the store after import, and nobody has said yet which one is right.

    `addresses`: those that something was to go to.
    """

    def __init__(self, addresses: Sequence[OrderAddress]) -> None:
        first = addresses[0]
        sentence = (
            "The ship-to address was changed in the store after import. "
            f"Ours: {', '.join(as_lines(who_and_where(first)))}. "
            f"The store’s: {', '.join(as_lines(first.source_address or {}))}."
        )
        super().__init__(sentence, NEXT_STEP)
        self.addresses = tuple(addresses)


def refuse_changed_address(lines: Iterable[OrderLine]) -> None:
    """Raises AddressChanged where one of the lines, addresses loaded along, goes to such an address. No statement."""
    changed = changed_there(line.ship_to for line in lines)
    if changed:
        raise AddressChanged(changed)


def version_of(address: OrderAddress) -> str:
    """Tells the store's address that a person saw when choosing from a newer one; "" where there is none."""
    return "" if address.source_changed_at is None else f"{address.source_changed_at:%Y%m%d%H%M%S%f}"


def note_source_address(address: OrderAddress, theirs: WhoAndWhere, imported: WhoAndWhere | None) -> bool | None:
    """Notes what an address of a locked order is in the store now: True where a person is to choose since then.

    `imported`: what it was there when it was imported; None where that is not known. False where nobody has to choose
    any more, None where nothing is new. Saved.
    """
    asked, ours = address.source_changed_at, who_and_where(address)
    before = (address.source_address, asked, address.agreed_address)
    same = is_same_place(theirs, ours)
    if same or is_same_place(theirs, address.agreed_address or imported or ours):
        address.source_address = address.source_changed_at = None
        if same and (asked or address.agreed_address):
            address.agreed_address = dict(theirs)
    elif address.source_address is None or not is_same_place(theirs, address.source_address):
        address.source_address, address.source_changed_at = dict(theirs), timezone.now()
        address.agreed_address = address.agreed_address or (None if imported is None else dict(imported))
    if before != (address.source_address, address.source_changed_at, address.agreed_address):
        address.save(update_fields=["source_address", "source_changed_at", "agreed_address"])
    return None if asked == address.source_changed_at else address.source_changed_at is not None


def choose_address(address_id: int, *, ours: bool, by: str, seen: str = "") -> str:
    """Keeps our address, or uses the store's from now on; returns what it is called ("Ship to", "Bill to").

    `seen`: the version (`version_of`) that the person saw. Raises Refused where another one has come since, and where
    there is nothing to choose (any more).
    """
    with transaction.atomic():
        order = lock_order(OrderAddress.objects.values_list("order", flat=True).get(pk=address_id))
        address = OrderAddress.objects.get(pk=address_id)
        if address.source_address is None or (seen and seen != version_of(address)):
            raise Refused(ONCE_MORE, "Check the order again.")
        theirs: Mapping[str, str] = address.source_address
        called = names_of(order)[key_of(address)].strip()
        before = in_one_line(who_and_where(address))
        kept = (before, KEPT + in_one_line(theirs))
        after, why = kept if ours else (in_one_line(theirs), TAKEN)
        mark_decided(address)
        if not ours:
            _use(order, address, theirs)
        OrderChange.objects.create(order=order, by=by, field=f"{called} address", before=before, after=after, why=why)
    return called


def _use(order: SalesOrder, address: OrderAddress, theirs: WhoAndWhere) -> None:
    """What a parcel went to stays with that parcel; the lines that are still open go to the new one."""
    values = {name: theirs.get(name, "") for name in WHO_AND_WHERE}
    if not Parcel.objects.filter(ship_to=address, voided_at=None).exists():
        for name, value in values.items():
            setattr(address, name, value)
        address.save(update_fields=list(values))
        return
    still_open = [line.pk for line in order.lines.filter(ship_to=address) if line.open]
    new = OrderAddress.objects.get(pk=address.pk)
    new.pk, new.position = None, max(order.addresses.values_list("position", flat=True)) + 1
    for name, value in values.items():
        setattr(new, name, value)
    new.save(force_insert=True)
    order.lines.filter(pk__in=still_open).update(ship_to=new)


def follow_newer_address(order: SalesOrder, lines: Iterable[OrderLine]) -> None:
    """What is open again goes where the rest of it goes by now: its address may have changed since the parcel did."""
    wanted = [line for line in lines if line.open and line.ship_to_id]
    if not wanted:
        return
    addresses = list(order.addresses.all())
    newest = {key_of(each): each for each in addresses}
    by_id = {each.pk: newest[key_of(each)] for each in addresses}
    for line in wanted:
        newer = by_id.get(line.ship_to_id or 0)
        if newer is not None and newer.pk != line.ship_to_id:
            line.ship_to = newer
            line.save(update_fields=["ship_to"])
