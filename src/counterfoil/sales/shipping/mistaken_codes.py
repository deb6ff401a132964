"""What a scanner read into the field of a tracking number, and that is another code: a slip's, or an item's.

The number would go out with the store's mail to the shopper, so a person is asked first.
"""

from collections.abc import Collection

from django.db.models import Q

from counterfoil.sales.models import Product, ProductAlias, SalesOrder
from counterfoil.sales.shipping.carrier_detection import detect_carrier
from counterfoil.sales.shipping.scanning import GTIN_DIGITS, item_code
from counterfoil.sales.shipping.symbology import scanned_text
from counterfoil.sales.shipping.used_numbers import NumberUsed
from counterfoil.storable import number_of

_GTIN_LENGTHS = (8, 12, 13, GTIN_DIGITS)
_LEAST_DOUBLED = 8  # signs: a shorter number may well repeat itself
SCAN_THE_LABEL = "Scan the label of the parcel."


class OtherCode(NumberUsed):
    """A tracking number is the number of an order, or the code of an item; a person may allow it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, SCAN_THE_LABEL)

    @property
    def question(self) -> str:
        """As a person is asked."""
        return "Is this a tracking number? Use it anyway?"


def refuse_other_codes(numbers: Collection[str]) -> None:
    """Raises OtherCode for the number of an order, the SKU or UPC of an item, a label read twice, and a word.

    No statement for what is a carrier's beyond doubt; else three for each number.
    """
    for number in numbers:
        code = scanned_text(number).removeprefix("#").strip()
        found = detect_carrier(code)
        if not code or (found and found.certain):
            continue
        if _is_order(code):
            raise OtherCode(f"{number} is an order number.")
        sku = _item_called(code)
        if sku:
            what = f"{number} is an item" if sku.casefold() == code.casefold() else f"{number} is the code of {sku}"
            raise OtherCode(f"{what}, not a label.")
        if _is_doubled(code):
            raise OtherCode(f"{number} is one number twice.")
        if not any(character.isdigit() for character in code):  # no carrier has such numbers; codes of shelves do
            raise OtherCode(f"{number} has no digits.")


def _is_doubled(code: str) -> bool:
    """Whether a scanner read a label twice into one field."""
    half, rest = divmod(len(code), 2)
    return not rest and half >= _LEAST_DOUBLED and code[:half] == code[half:]


def _is_order(code: str) -> bool:
    called = Q(import_id__in=[code, code.upper()]) | Q(web_order_number=code)
    number = number_of(code)
    if number is not None:
        called |= Q(number=number)
    return SalesOrder.objects.filter(called).exists()


def _item_called(code: str) -> str:
    """The part number of the product with this code; "" for none."""
    called = Q(part_number__in=[code, code.upper()])
    gtin = item_code(code)
    if gtin.isdecimal():
        called |= Q(upc__in=[gtin[-length:] for length in _GTIN_LENGTHS if not gtin[:-length].strip("0")])
    sku = Product.objects.filter(called).values_list("part_number", flat=True).first()
    aliases = ProductAlias.objects.filter(sku__in=[code, code.upper()]).exclude(sku="")
    return sku or aliases.values_list("product__part_number", flat=True).first() or ""
