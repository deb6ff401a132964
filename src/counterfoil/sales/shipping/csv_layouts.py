"""The file of what is open in several layouts: for people, for *Ship from CSV*, and for two shipping programs.

    content = open_orders_in(OpenLayout.ORDERS)

ShipStation takes any headings and asks which is which; those it guesses by itself are used here. Rows with the same
order number become one order with several items ("Import Orders via CSV",
help.shipstation.com/hc/en-us/articles/360036323571; dates as in its "ODBC Data Mapping"). Pirate Ship takes a row for
each parcel, and asks which column is which as well.

Weights are in ounces, and the headings say so. "Unit Weight" of an item is a decimal with two places to ShipStation
(help.shipstation.ca/hc/en-ca/articles/11229107872411, "ODBC Data Mapping"); "Item Weight (oz)" is what other programs
call it in files for ShipStation. Pirate Ship publishes no list. Where a parcel's weight is known in part only, its cell
is empty: a label for too little weight costs more than typing it.

All of them come back: an order number, and with several addresses the address after a #, is what a file of shipments
is read by.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from itertools import chain

from counterfoil.sales.csv.text import written_csv
from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, SalesOrder
from counterfoil.sales.shipping.csv_export import OpenAddress, open_addresses, open_orders_csv
from counterfoil.sales.text.postal_addresses import country_code_of, state_code
from counterfoil.sales.weights import OUNCE, in_unit, weighed_lines, weight_of_open, written


class OpenLayout(StrEnum):
    """What a row is, and what its columns are called."""

    ORDERS = "orders"
    ITEMS = "items"
    SHIPSTATION = "shipstation"
    PIRATE_SHIP = "pirateship"


LAYOUT_LABELS = {
    OpenLayout.ORDERS: "One row per order",
    OpenLayout.ITEMS: "One row per item",
    OpenLayout.SHIPSTATION: "For ShipStation",
    OpenLayout.PIRATE_SHIP: "For Pirate Ship",
}
ORDER_COLUMNS = (
    *("order", "carrier", "service", "tracking_number", "tracking_link", "ship_to", "items", "recipient", "company"),
    *("street_1", "street_2", "city", "state", "postcode", "country", "country_code", "email", "phone", "order_date"),
)
SHIPSTATION_COLUMNS = (
    *("Order Number", "Order Date", "Recipient Name", "Company", "Address Line 1", "Address Line 2", "City", "State"),
    *("Postal Code", "Country Code", "Phone", "Email", "Requested Service", "Customer Notes"),
    *("Item SKU", "Item Name", "Item Options", "Item Quantity", "Item Unit Price", "Item Weight (oz)"),
)
PIRATE_SHIP_COLUMNS = (
    *("Order ID", "Name", "Company", "Address 1", "Address 2", "City", "State", "Zipcode", "Country", "Phone"),
    *("Email", "Items", "Weight (oz)"),
)


def open_orders_in(layout: OpenLayout) -> str:
    """What can be shipped now as CSV, no cell of it a formula."""
    if layout == OpenLayout.ITEMS:
        return open_orders_csv()
    header, *rows = layout_rows(layout)
    if layout == OpenLayout.ORDERS and not any(row[ORDER_COLUMNS.index("ship_to")] for row in rows):
        at = ORDER_COLUMNS.index("ship_to")
        return written_csv([*row[:at], *row[at + 1 :]] for row in (header, *rows))
    return written_csv([header, *rows])


def layout_rows(layout: OpenLayout) -> Iterator[list[str]]:
    """The header and the rows, for the layouts that name recipients."""
    if layout == OpenLayout.SHIPSTATION:
        return chain([[*SHIPSTATION_COLUMNS]], (row for each in open_addresses() for row in _for_shipstation(each)))
    if layout == OpenLayout.PIRATE_SHIP:
        return chain([[*PIRATE_SHIP_COLUMNS]], map(_for_pirate_ship, open_addresses()))
    return chain([[*ORDER_COLUMNS]], map(_one_row, open_addresses()))


def items_text(lines: list[OrderLine]) -> str:
    """What is open, equal items as one: "2 × MUG, 1 × BOOK"."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line.name] += line.open
    return ", ".join(f"{count} × {name}" for name, count in counts.items())


def _one_row(each: OpenAddress) -> list[str]:
    there = each.ship_to
    return [
        *(each.name, "", each.service, "", "", each.goes_to, items_text(list(each.lines)), there.name, there.company),
        *(there.street_1, there.street_2, there.city, there.state, there.postcode, there.country),
        *(_country(there), _reached(each, "email"), _reached(each, "phone"), f"{each.order.order_date:%Y-%m-%d}"),
    ]


def _for_shipstation(each: OpenAddress) -> Iterator[list[str]]:
    """A row for each item; whatever is the same order has the same number."""
    there, order = each.ship_to, each.order
    head = [
        *(_number(each), f"{order.order_date:%m/%d/%Y %H:%M:%S}", there.name or there.company, there.company),
        *(there.street_1, there.street_2, there.city, _state(there), there.postcode, _country(there)),
        *(_phone(each), _reached(each, "email"), each.service, order.customer_message),
    ]
    weighed = weighed_lines(each.lines)
    for line in each.lines:
        item = (line.our_part_number, line.description, ", ".join(line.options.splitlines()), str(line.open))
        yield [*head, *item, f"{line.unit_price:.2f}", _ounces(order, line.weight if line.pk in weighed else None)]


def _for_pirate_ship(each: OpenAddress) -> list[str]:
    there = each.ship_to
    return [
        *(_number(each), there.name or there.company, there.company, there.street_1, there.street_2, there.city),
        *(_state(there), there.postcode, _country(there), _phone(each), _reached(each, "email")),
        *(items_text(list(each.lines)), _ounces(each.order, _weight_of_parcel(each))),
    ]


def _weight_of_parcel(each: OpenAddress) -> Decimal | None:
    weight = weight_of_open(each.lines, each.order.weight_unit)
    return weight.amount if weight and weight.is_all else None


def _ounces(order: SalesOrder, weight: Decimal | None) -> str:
    ounces = None if weight is None else in_unit(weight, order.weight_unit, OUNCE)
    return "" if ounces is None else written(ounces)


def _number(each: OpenAddress) -> str:
    """The order's number; with the place of the address in the order where it has several."""
    return f"{each.name}#{each.ship_to.position}" if each.goes_to else each.name


def _country(address: OrderAddress) -> str:
    return country_code_of(address.country_code, address.country) or address.country


def _state(address: OrderAddress) -> str:
    return state_code(address.state, country_code_of(address.country_code, address.country))


def _phone(each: OpenAddress) -> str:
    """Without the plus sign in front: it would get an apostrophe, which carriers refuse in a phone number."""
    return _reached(each, "phone").strip().removeprefix("+")


def _reached(each: OpenAddress, how: str) -> str:
    """The e-mail or phone of the address, else of whoever pays."""
    bill_to = [address for address in each.order.addresses.all() if address.kind == AddressKind.BILL_TO]
    return next((text for address in (each.ship_to, *bill_to) if (text := str(getattr(address, how)))), "")
