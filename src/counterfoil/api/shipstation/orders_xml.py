"""A page of orders as ShipStation reads it.

Names, lengths and formats are those of its reference (shipstation.com/docs/custom-store/v1/reference/orders). Where the
reference and the published schema differ, the shorter length is kept.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from counterfoil.api.shipstation.xml import DECLARATION, element, text_element, value_element
from counterfoil.sales.models import OrderAddress, OrderLine
from counterfoil.sales.text.postal_addresses import country_code_of, state_code
from counterfoil.sales.weights import GRAM, OUNCE, POUND, in_unit, weighed_lines, written
from counterfoil.stores.models import ShipStationStatus
from counterfoil.stores.shipstation.export import ExportPage, OutgoingOrder
from counterfoil.stores.shipstation.notices import DISCOUNT
from counterfoil.stores.shipstation.parts import CENT

COUNTRIES_WITH_STATE_CODES = ("US", "CA")
MOST_OPTIONS = 10
WEIGHT_UNITS = {"lb": ("Pounds", POUND), "oz": ("Ounces", OUNCE)}
LARGEST_WEIGHT = 9_999_999  # nine digits, two of them decimals
NO_NAME = "–"  # a name is required there; an order may come without one


def orders_xml(page: ExportPage) -> bytes:
    """The document, in UTF-8."""
    orders = "\n".join(element("Order", _order(outgoing)) for outgoing in page.orders)
    return f'{DECLARATION}<Orders pages="{page.pages}">\n{orders}\n</Orders>\n'.encode()


def _order(outgoing: OutgoingOrder) -> Iterator[str]:
    order, part = outgoing.order, outgoing.part
    yield text_element("OrderID", outgoing.ref, 50)
    yield text_element("OrderNumber", order.name, 50)
    yield value_element("OrderDate", _moment(order.order_date))
    yield value_element("OrderStatus", outgoing.status)
    yield value_element("LastModified", _moment(order.updated_at))
    yield text_element("ShippingMethod", part.address.shipping_method or order.ship_via, 100)
    yield text_element("PaymentMethod", order.payment_method, 50)
    yield value_element("CurrencyCode", order.currency)
    yield value_element("OrderTotal", _money(part.total))
    yield value_element("TaxAmount", _money(part.tax))
    yield value_element("ShippingAmount", _money(part.shipping))
    yield text_element("CustomerNotes", order.customer_message, 1000)
    yield text_element("InternalNotes", outgoing.why, 1000)
    yield from _gift(outgoing)
    yield text_element("CustomField1", order.web_order_number, 100)
    yield text_element("CustomField2", order.po_number, 100)
    yield text_element("Source", order.source, 50)
    yield element("Customer", _customer(outgoing))
    yield element("Items", _items(outgoing))


def _gift(outgoing: OutgoingOrder) -> Iterator[str]:
    wrapped = [line for line, _ in outgoing.lines if line.wrapping or line.wrapping_message]
    messages = dict.fromkeys(line.wrapping_message for line in wrapped if line.wrapping_message)
    yield value_element("Gift", "true" if wrapped else "false")
    yield text_element("GiftMessage", "\n".join(messages), 1000)


def _customer(outgoing: OutgoingOrder) -> Iterator[str]:
    bill_to, ship_to = outgoing.bill_to or outgoing.part.address, outgoing.part.address
    email = bill_to.email or ship_to.email
    yield text_element("CustomerCode", email or str(outgoing.order.client_id), 50)
    billing = [_name(bill_to), text_element("Company", bill_to.company, 100), text_element("Phone", bill_to.phone, 50)]
    yield element("BillTo", [*billing, text_element("Email", email, 100)])
    yield element("ShipTo", _ship_to(ship_to))


def _name(address: OrderAddress) -> str:
    return text_element("Name", address.name or address.company, 100, instead=NO_NAME)


def _ship_to(address: OrderAddress) -> Iterator[str]:
    country = country_code_of(address.country_code, address.country)
    coded = country in COUNTRIES_WITH_STATE_CODES
    yield _name(address)
    yield text_element("Company", address.company, 100)
    yield text_element("Address1", address.street_1, 200)
    yield text_element("Address2", address.street_2, 200)
    yield text_element("City", address.city, 100)
    yield text_element("State", state_code(address.state, country) if coded else address.state, 100)
    yield text_element("PostalCode", address.postcode, 50)
    yield value_element("Country", country)
    yield text_element("Phone", address.phone, 50)


def _items(outgoing: OutgoingOrder) -> Iterator[str]:
    weighed = weighed_lines([line for line, _ in outgoing.lines])
    for line, quantity in outgoing.lines:
        yield element("Item", _item(line, quantity, outgoing.order.weight_unit if line.pk in weighed else ""))
    discount = outgoing.part.discount
    if discount > 0 and outgoing.lines and outgoing.status != ShipStationStatus.CANCELLED:
        yield element(
            "Item",
            (
                value_element("LineItemID", DISCOUNT),
                text_element("SKU", "", 50),
                text_element("Name", "Discount", 200),
                value_element("Quantity", 1),
                value_element("UnitPrice", _money(-discount)),
                value_element("Adjustment", "true"),
            ),
        )


def _item(line: OrderLine, quantity: int, unit: str) -> Iterator[str]:
    yield value_element("LineItemID", line.pk)
    yield text_element("SKU", line.our_part_number, 50)
    yield text_element("Name", line.description or line.name, 200, instead=NO_NAME)
    yield from _weight(line, unit)
    yield value_element("Quantity", quantity)
    yield value_element("UnitPrice", _money(line.unit_price))
    yield text_element("Location", line.bin or (line.product.bin if line.product else ""), 100)
    options = [_option(text) for text in line.options.splitlines() if text.strip()]
    if options:
        yield element("Options", options[:MOST_OPTIONS])


def _weight(line: OrderLine, unit: str) -> Iterator[str]:
    """Of one, in a unit that there is there; nothing where it is not known, or counts with its kit (unit "")."""
    name, wanted = WEIGHT_UNITS.get(unit, ("Grams", GRAM))
    weight = None if line.weight is None else in_unit(line.weight, unit, wanted)
    if weight is not None and weight <= LARGEST_WEIGHT:
        yield value_element("Weight", written(weight))
        yield value_element("WeightUnits", name)


def _option(text: str) -> str:
    """One of an item's options, as in "Size: Large"."""
    name, _, value = text.partition(":")
    named, chosen = (name, value) if value.strip() else ("Option", text)
    return element("Option", (text_element("Name", named, 100, instead="Option"), text_element("Value", chosen, 100)))


def _money(amount: Decimal) -> str:
    return f"{amount.quantize(CENT):f}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%m/%d/%Y %H:%M}"
