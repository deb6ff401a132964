"""The rows of a CSV of parcels: which columns there are, and what may stand in their cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from counterfoil.sales.csv.table import Columns
from counterfoil.sales.csv.text import is_rounded
from counterfoil.sales.errors import Refused

COLUMNS = ("order", "carrier", "service", "tracking_number", "tracking_link", "sku", "quantity")
LARGEST_QUANTITY = 1_000_000

_TABLE = Columns(
    COLUMNS,
    needed="order",
    synonyms={
        "order": "importid xmlimportid orderid orderno ordernumber weborder webordernumber salesorder "
        "bigcommerceorderid",
        "carrier": "shippingcarrier shippingprovider provider",
        "service": "shippingservice shippingmethod method shipvia",
        "tracking_number": "tracking trackingno trackingid trackingcode",
        "tracking_link": "trackingurl link url",
        "sku": "partnumber part item itemnumber productsku",
        "quantity": "qty count shipped quantityshipped qtyshipped",
    },
    words={"sku": "SKU", "order": "order number"},
)
_WITH_ZERO_DECIMALS = re.compile(r"(\d+)[.,]0{1,2}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file. `number` counts as the spreadsheet does: the header is row 1.

    Without a `sku` it means all that is open of the order, without a `quantity` all that is open of the SKU.
    `trouble` says what is wrong with its cells, `next_step` what to do about it.
    """

    number: int
    order: str = ""
    carrier: str = ""
    service: str = ""
    tracking_number: str = ""
    tracking_link: str = ""
    sku: str = ""
    quantity: int | None = None
    trouble: str = ""
    next_step: str = ""


def read_rows(content: bytes | str) -> list[Row]:
    """The rows of a CSV, see `Columns.read`. Raises Refused for a file, or a header, that cannot be used."""
    names, records = _TABLE.read(content)
    return [_row(number, record, names) for number, record in records]


def _row(number: int, record: Sequence[str], names: Sequence[str]) -> Row:
    cells = dict(zip(names, record, strict=False))
    beyond = [text for name, text in zip([*names, *[""] * len(record)], record, strict=False) if text and not name]
    cells.pop("", None)
    texts = {name: text for name, text in cells.items() if name != "quantity"}
    try:
        if beyond:
            raise Refused(f"“{beyond[0]}” stands under no heading.", "Look for a delimiter too many.")
        for name, text in texts.items():
            texts[name] = _checked(name, text)
        quantity = _quantity(cells.get("quantity", ""))
        if not texts["order"]:
            raise Refused("The order is missing.", "Enter its import ID, or the store's order number.")
        if quantity is not None and not texts.get("sku"):
            raise Refused("A quantity stands without a SKU.", "Name the SKU, or leave the quantity out for all.")
    except Refused as refused:
        texts |= {"trouble": refused.sentence, "next_step": refused.next_step}
        quantity = None
    return Row(number, quantity=quantity, **texts)


def _checked(name: str, text: str) -> str:
    """The text of a cell; raises Refused where a spreadsheet has made a number of it and lost what it was."""
    if name in ("order", "tracking_number", "sku"):
        what = _TABLE.word(name)
        if is_rounded(text):
            raise Refused(
                f"A spreadsheet has rounded the {what}: {text}.",
                f"Format the column as text, enter the {what} again, and save the file once more.",
            )
    if name == "order":
        text = text.removeprefix("#")
    if name in ("order", "tracking_number"):
        whole = _WITH_ZERO_DECIMALS.fullmatch(text)
        return whole.group(1) if whole else text
    return text


def _quantity(text: str) -> int | None:
    if not text:
        return None
    whole = _WITH_ZERO_DECIMALS.fullmatch(text)
    digits = whole.group(1) if whole else text
    if not (digits.isascii() and digits.isdecimal()) or not 1 <= int(digits[:12]) <= LARGEST_QUANTITY:
        raise Refused(f"The quantity “{text}” is no whole number from 1.", "Correct it, or leave the row out.")
    return int(digits)
