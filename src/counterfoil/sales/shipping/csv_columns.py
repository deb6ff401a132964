"""The rows of a CSV of parcels: which columns there are, and what may stand in their cells."""

import unicodedata
from dataclasses import dataclass

from counterfoil.sales.csv.numbers import is_rounded, whole_number
from counterfoil.sales.csv.rows import FileRow
from counterfoil.sales.csv.table import Columns, Record
from counterfoil.sales.errors import Refused
from counterfoil.sales.shipping.tracking_numbers import AS_TEXT, bare, checked_number, read_tracking_numbers
from counterfoil.storable import number_of

COLUMNS = (
    *("order", "carrier", "service", "tracking_number", "tracking_link", "sku", "quantity"),
    *("ship_to", "shipped_before"),
)
LARGEST_QUANTITY = 1_000_000
PASSED_OVER = (
    # What our own file of open orders says of an order, beside what is filled in.
    *("items", "recipient", "company", "street1", "street2", "city", "state", "postcode", "country", "countrycode"),
    *("email", "phone", "orderdate", "customermessage"),
    # The other columns of ShipStation's file of shipments. Its headings are a group and a name, as in "Ship To - City".
    *("orderstatus", "ordersource", "ordertotal", "dateorderdate", "dateshippeddate", "dateshipdate"),
    *("shiptoname", "shiptocompany", "shiptoaddress1", "shiptoaddress2", "shiptoaddress3", "shiptocity"),
    *("shiptostate", "shiptopostalcode", "shiptocountry", "shiptophone", "customeremail", "customername"),
    *("shipmentshipdate", "shipmentid", "shipmentnumber", "shipmentweight", "shippingcost", "shippingpaid"),
    *("carriername", "carrierfee", "carriershippingcost", "serviceconfirmationtype", "servicepackagetype"),
    *("itemname", "itemoptions", "itemweightoz", "marketstorename", "amountordertotal", "amountshippingcost"),
    *("customfield1", "customfield2", "customfield3", "notesinternal", "notesfrombuyer"),
    # And of Pirate Ship's.
    *("name", "address", "address1", "address2", "addressline1", "addressline2", "zip", "zipcode"),
    *("shipdate", "cost", "labelcost", "weightoz", "rubberstamp1", "rubberstamp2", "rubberstamp3"),
)
"""Headings without case, spaces and signs that a file of shipments may have, whose cells are not read."""

_TABLE = Columns(
    COLUMNS,
    needed="order",
    synonyms={
        "order": "importid xmlimportid orderid orderno ordernumber weborder webordernumber salesorder "
        "bigcommerceorderid",
        "carrier": "shippingcarrier shippingprovider provider shipmentcarrier",
        "service": "shippingservice shippingmethod method shipvia shipmentservice",
        "tracking_number": "tracking trackingno trackingid trackingcode shipmenttrackingnumber",
        "tracking_link": "trackingurl link url",
        "sku": "partnumber part item itemnumber productsku itemsku",
        "quantity": "qty count shipped quantityshipped qtyshipped itemqty itemquantity",
        "ship_to": "shiptoaddress addressnumber",
        "shipped_before": "alreadyshipped shippedalready",
    },
    passed_over=PASSED_OVER,
    words={"sku": "SKU", "order": "order number", "ship_to": "address to ship to"},
)


@dataclass(frozen=True, slots=True)
class ShipmentRow(FileRow):
    """One row of the file.

    Without a `sku` it means all that is open of the order, without a `quantity` all that is open of the SKU.
    `further_numbers` stood in one cell with the `tracking_number`: more boxes of its parcel. `ship_to` names one of
    several addresses, as the export does; `shipped_before`, how many of the SKU had left when it was exported, tells a
    row from an equal one of an earlier export.
    """

    order: str = ""
    carrier: str = ""
    service: str = ""
    tracking_number: str = ""
    tracking_link: str = ""
    sku: str = ""
    quantity: int | None = None
    ship_to: str = ""
    shipped_before: str = ""
    further_numbers: tuple[str, ...] = ()

    def said(self, column: str) -> str:
        """What the cell of a column says."""
        return str(getattr(self, column))

    @property
    def numbers(self) -> list[str]:
        """All tracking numbers of the row."""
        return [self.tracking_number, *self.further_numbers] if self.tracking_number else []


def read_rows(content: bytes | str) -> list[ShipmentRow]:
    """The rows of a CSV, see `Columns.read`. Raises Refused for a file, or a header, that cannot be used."""
    return [_row(record) for record in _TABLE.read(content)]


def _row(record: Record) -> ShipmentRow:
    cells = record.cells
    texts = {name: text for name, text in cells.items() if name not in ("quantity", "tracking_number")}
    numbers: list[str] = []
    quantity = None
    try:
        record.refuse_beyond()
        texts["order"], address = _order_and_address(_order(texts.get("order", "")))
        texts["ship_to"] = texts.get("ship_to", "") or address
        texts["shipped_before"] = whole_number(texts.get("shipped_before", "")).lstrip("0")
        numbers = read_tracking_numbers(cells.get("tracking_number", ""))
        quantity = _checked(texts, cells.get("quantity", ""))
    except Refused as refused:
        texts |= {"trouble": refused.sentence, "next_step": refused.next_step}
    first, *further = numbers or [cells.get("tracking_number", "") if "trouble" in texts else ""]
    return ShipmentRow(record.number, quantity=quantity, tracking_number=first, further_numbers=tuple(further), **texts)


def _order(text: str) -> str:
    """What names the order in its cell; raises Refused for what is no name of one."""
    name = checked_number(bare(text), _TABLE.word("order")).removeprefix("#").strip()
    return whole_number("".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in name))


def _order_and_address(name: str) -> tuple[str, str]:
    """Files for other programs name one of several addresses with the order, as in WEB-10234#2."""
    order, sign, address = name.rpartition("#")
    return (order, address) if sign and order and address.isdecimal() else (name, "")


def _checked(texts: dict[str, str], quantity: str) -> int | None:
    """The quantity of a row; raises Refused for what is missing, and for what a spreadsheet has lost."""
    sku = texts.get("sku", "")
    if not texts["order"]:
        raise Refused("The order is missing.", "Enter its import ID or the store's order number.")
    if is_rounded(sku):
        raise Refused(f"A spreadsheet rounded the SKU: {sku}.", AS_TEXT.format(what="SKU"))
    whole = _quantity(quantity)
    if whole is not None and not sku:
        raise Refused(
            "There’s a quantity without a SKU.", "Enter the SKU, or leave out the quantity to ship everything."
        )
    return whole


def _quantity(text: str) -> int | None:
    if not text:
        return None
    quantity = number_of(whole_number(bare(text)), LARGEST_QUANTITY)
    if not quantity:
        raise Refused(f"The quantity “{text}” isn’t a whole number of 1 or more.", "Correct it, or leave out the row.")
    return quantity
