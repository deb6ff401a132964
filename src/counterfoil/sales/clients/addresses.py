"""The addresses that a client's orders went to: what is known of where it is, for its next order and its page."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from django.db.models import Q

from counterfoil.sales.models import AddressKind, OrderAddress, SalesOrder
from counterfoil.sales.text.postal_addresses import PostalAddress, address_lines

MOST_ORDERS = 500
CLIENT_S = (AddressKind.BILL_TO, AddressKind.SHIP_TO)  # a place of pickup is the store's own
_TELLING = ~Q(street_1="") | ~Q(city="") | ~Q(postcode="")


@dataclass(frozen=True, slots=True)
class LastAddresses:
    """The bill-to address of an order, and the first that it was shipped to; None where it has none."""

    order: SalesOrder
    bill_to: OrderAddress | None
    ship_to: OrderAddress | None


def last_addresses(client_id: int) -> LastAddresses | None:
    """Those of the client's latest order that has an address. Two statements."""
    known = OrderAddress.objects.filter(_TELLING, order__client=client_id, kind__in=CLIENT_S)
    latest = known.order_by("-order__order_date", "-order").select_related("order").first()
    if latest is None:
        return None
    rows = list(OrderAddress.objects.filter(order=latest.order_id, kind__in=CLIENT_S))
    return LastAddresses(latest.order, _last(rows, AddressKind.BILL_TO), _last(rows, AddressKind.SHIP_TO))


def _last(rows: Iterable[OrderAddress], kind: AddressKind) -> OrderAddress | None:
    """The first of its kind, as it is now: one that changed after a parcel went there stands twice."""
    now = {row.source_id: row for row in rows if row.kind == kind}
    return next(iter(now.values()), None)


@dataclass
class UsedAddress:
    """An address, what it was used for, by how many orders, and the latest of them."""

    address: OrderAddress
    kinds: list[str]
    orders: set[int]

    @property
    def latest(self) -> SalesOrder:
        """The latest order that used it."""
        return self.address.order


@dataclass
class _Use:
    latest: int
    """The row of the latest order."""
    kinds: list[str]
    orders: set[int]


def used_addresses(client_id: int, most: int) -> tuple[list[UsedAddress], int]:
    """Each address of the client's newest 500 orders once, the latest used first: so many of them, and how many there
    are. Two statements.
    """
    uses = list(_uses(client_id))
    rows = OrderAddress.objects.select_related("order").in_bulk([each.latest for each in uses[:most]])
    shown = [UsedAddress(rows[each.latest], each.kinds, each.orders) for each in uses[:most] if each.latest in rows]
    return shown, len(uses)


def _uses(client_id: int) -> Iterable[_Use]:
    """Most orders of a client go to the same places: each way to write one is looked at once."""
    newest = SalesOrder.objects.filter(client=client_id).order_by("-order_date", "-pk").values("pk")[:MOST_ORDERS]
    rows = OrderAddress.objects.filter(_TELLING, order__in=newest, kind__in=CLIENT_S)
    rows = rows.order_by("-order__order_date", "-order", "position")
    names = [field.name for field in fields(PostalAddress)]
    written: dict[tuple[str, ...], _Use] = {}
    uses: dict[tuple[str, ...], _Use] = {}
    for pk, order, kind, *place in rows.values_list("pk", "order", "kind", *names):
        use = written.get(tuple(place))
        if use is None:
            lines = address_lines(PostalAddress(**dict(zip(names, place, strict=True))), home="")
            spelled = tuple("".join(line.casefold().split()) for line in lines)
            use = written[tuple(place)] = uses.setdefault(spelled, _Use(pk, [], set()))
        use.orders.add(order)
        label = str(AddressKind(kind).label)
        if label not in use.kinds:
            use.kinds.append(label)
    return uses.values()
