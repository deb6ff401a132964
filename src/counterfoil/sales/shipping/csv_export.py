"""The file of what is open, in the columns that a file of parcels has: to fill in, and to give in again."""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from counterfoil.sales.csv.text import written_csv
from counterfoil.sales.models import AddressKind, LineKind, OrderAddress, OrderLine, SalesOrder, StatusRole
from counterfoil.sales.orders.lookup import hand_made_name
from counterfoil.sales.shipping.csv_columns import COLUMNS
from counterfoil.sales.shipping.ship_to import address_names

WHERE_NEEDED = ("ship_to", "shipped_before")


def open_orders_csv() -> str:
    """What can be shipped now, a row for each SKU and address, to fill in and to read again. Safe to open anywhere.

    Orders on hold are left out. Where an order goes to several addresses, each of its rows names its own; where some of
    an item has left, its row says how many: given back, it is not taken for an equal row of an earlier export. These
    two columns are there where one is needed. An address with an open item that has no SKU is one row: all that is
    open there.
    """
    rows = list(open_rows())
    kept = [at for at, name in enumerate(COLUMNS) if name not in WHERE_NEEDED or any(row[at] for row in rows)]
    return written_csv([row[at] for at in kept] for row in ([*COLUMNS], *rows))


@dataclass(frozen=True, slots=True)
class OpenAddress:
    """What is open of one order at one address. `name`: by which the order is found again.

    `goes_to`: the address as the column `ship_to` names it; "" where the order has one only.
    """

    name: str
    goes_to: str
    lines: Sequence[OrderLine]

    @property
    def order(self) -> SalesOrder:
        """The order."""
        return self.lines[0].order

    @property
    def ship_to(self) -> OrderAddress:
        """The address."""
        return self.lines[0].ship_to or OrderAddress()

    @property
    def service(self) -> str:
        """The shipping method: the address's own, else the order's."""
        return self.ship_to.shipping_method or self.order.ship_via


def open_rows() -> Iterator[list[str]]:
    """The rows of `open_orders_csv`, the oldest order first: a cell for each of COLUMNS."""
    for each in open_addresses():
        yield from _rows_of_address(each)


def open_addresses() -> Iterator[OpenAddress]:
    """What can be shipped now, address by address, the oldest order first; orders on hold are left out."""
    lines = (
        OrderLine.objects.filter(
            Q(order__hold_reason="") | ~Q(order__hold_overridden_by=""),
            quantity__gt=F("shipped") + F("cancelled"),
            kind=LineKind.PHYSICAL,
            ship_to__kind=AddressKind.SHIP_TO,
        )
        .exclude(order__status__role=StatusRole.CANCELLED)
        .select_related("order", "ship_to")
        .prefetch_related("order__addresses")
        .order_by("order__order_date", "order_id", "ship_to__position", "position")
    )
    taken = _numbers_of_stores()
    for _, theirs in groupby(lines.iterator(chunk_size=2000), key=lambda line: line.order_id):
        yield from _addresses_of_order(list(theirs), taken)


def _numbers_of_stores() -> set[str]:
    """The numbers of orders made by hand that are an order's number in a store too."""
    by_hand = SalesOrder.objects.filter(import_id=None).annotate(text=Cast("number", TextField()))
    stores = SalesOrder.objects.exclude(import_id=None)
    return set(stores.filter(web_order_number__in=by_hand.values("text")).values_list("web_order_number", flat=True))


def _addresses_of_order(lines: Sequence[OrderLine], taken: Container[str]) -> Iterator[OpenAddress]:
    order, addresses = lines[0].order, address_names(lines)
    name = hand_made_name(order.number) if not order.import_id and order.name in taken else order.name
    for ship_to_id, group in groupby(lines, key=lambda line: line.ship_to_id):
        yield OpenAddress(name, addresses.get(ship_to_id or 0, ""), list(group))


def _rows_of_address(each: OpenAddress) -> Iterator[list[str]]:
    open_now: Counter[str] = Counter()
    shipped: Counter[str] = Counter()
    names: dict[str, str] = {}  # a row that is read again does not tell SKUs apart by their case
    for line in each.lines:
        sku = line.our_part_number.casefold()
        open_now[sku] += line.open
        shipped[sku] += line.shipped
        names.setdefault(sku, line.our_part_number)
    if "" in names:
        names, open_now, shipped = {"": ""}, Counter(), Counter()
    for sku, part_number in names.items():
        counts = (str(open_now[sku] or ""), each.goes_to, str(shipped[sku] or ""))
        yield [each.name, "", each.service, "", "", part_number, *counts]
