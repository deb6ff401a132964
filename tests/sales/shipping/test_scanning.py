"""What is scanned: how codes are read, what they count, and what has to be scanned before a parcel goes."""

from dataclasses import replace

import pytest

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderChange, OrderLine, ParcelItem, Product, SalesOrder
from counterfoil.sales.shipping.scanning import ItemCodes, item_code, scanned_text
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, process_shipment
from tests.sales.factories import draft, line, placed

pytestmark = pytest.mark.django_db
EAN = "0012345678905"


def codes_of(order: SalesOrder, **aliases: list[str]) -> ItemCodes:
    """The codes of all its lines; aliases by part number."""
    lines = list(order.lines.select_related("ship_to", "product"))
    by_product = {line.product_id: aliases.get(line.our_part_number, []) for line in lines if line.product_id}
    return ItemCodes(lines, by_product)


def lines_of(order: SalesOrder) -> dict[str, OrderLine]:
    """By part number."""
    return {each.part_number: each for each in order.lines.all()}


def counted(order: SalesOrder, *scans: str) -> dict[str, int]:
    """How many of each line these scans count, of a parcel with all of the order."""
    names = {each.pk: each.part_number for each in order.lines.all()}
    open_now = {each.pk: each.open for each in order.lines.all()}
    return {names[pk]: count for pk, count in codes_of(order).count(scans, open_now).items()}


@pytest.mark.parametrize("scanned", ["10234", " 10234\n", "]C110234", "*10234*", "]A0*10234*"])
def test_what_a_scanner_adds_to_a_code_is_left_out(scanned: str) -> None:
    """Its symbology and the asterisks of a Code 39."""
    assert scanned_text(scanned) == "10234"


@pytest.mark.parametrize(
    "scanned",
    ["012345678905", "0012345678905", "00012345678905", "12345678905", "]E00012345678905", "]C10100012345678905",
     "(01)00012345678905", "]C101000123456789051725123110LOT7", "0100012345678905"],
)  # fmt: skip
def test_upc_ean_and_gtin_are_one_number(scanned: str) -> None:
    """A UPC of 12 digits is the EAN with a zero before it, and the GTIN-14 with two; so is a GS1 barcode's."""
    assert item_code(scanned) == item_code(EAN)


def test_codes_of_other_items_stay_others() -> None:
    """A longer number, another digit, a SKU of letters."""
    assert len({item_code(code) for code in (EAN, "012345678906", "00112345678905", "MUG-01", "101000123456789")}) == 5


def test_an_item_counts_by_part_number_sku_upc_and_alias() -> None:
    """Whatever is on its label; case does not matter."""
    product = Product.objects.create(part_number="MUG-01", upc="012345678905")
    order = placed(draft(line(quantity=4, extended=line().extended * 2)))
    OrderLine.objects.update(product=product)
    found = codes_of(order, **{"MUG-01": ["CUP-OLD"]})
    (mug,) = order.lines.all()
    assert found.count(["mug-01", "MUG", EAN, "cup-old"], {mug.pk: 4}) == {mug.pk: 4}


@pytest.mark.parametrize(
    ("scans", "sentence"),
    [(["PEN"], "“PEN” is not on this order."), (["MUG"] * 3, "All of MUG is already in the parcel.")],
)
def test_a_wrong_item_and_a_surplus_one_are_refused(scans: list[str], sentence: str) -> None:
    """By name."""
    order = placed()
    with pytest.raises(Refused, match=sentence):
        counted(order, *scans)


def a_kit() -> SalesOrder:
    """Two sets of two cups and a plate each, and a plate by itself."""
    nothing = {"unit_price": line().tax, "extended": line().tax}
    return placed(
        draft(
            line(1, part_number="SET", quantity=2),
            replace(line(2, part_number="CUP", quantity=4, parent=0), **nothing),
            replace(line(3, part_number="PLATE", quantity=2, parent=0), **nothing),
            line(4, part_number="PLATE-BIG", quantity=1, unit_price=line().extended, extended=line().extended),
        )
    )


@pytest.mark.parametrize(
    ("scans", "count"),
    [
        (["SET", "SET"], {"SET": 2, "CUP": 4, "PLATE": 2, "PLATE-BIG": 0}),
        (["CUP", "CUP", "PLATE"], {"SET": 1, "CUP": 2, "PLATE": 1, "PLATE-BIG": 0}),
        (["SET", "CUP", "CUP", "PLATE", "PLATE-BIG"], {"SET": 2, "CUP": 4, "PLATE": 2, "PLATE-BIG": 1}),
    ],
)
def test_a_kit_counts_by_its_own_code_and_by_its_parts(scans: list[str], count: dict[str, int]) -> None:
    """One scan of the kit's code is all parts of one kit."""
    assert counted(a_kit(), *scans) == count


def test_a_kit_of_which_a_part_is_in_already_is_surplus() -> None:
    """Nothing is counted twice."""
    with pytest.raises(Refused, match="already in the parcel"):
        counted(a_kit(), "CUP", "SET", "SET")


def test_what_was_scanned_is_kept_with_the_parcel() -> None:
    """For whoever asks who checked it."""
    order = placed()
    (mug,) = order.lines.all()
    process_shipment(order.pk, [ParcelDraft(Tracking(), {mug.pk: 2}, {mug.pk: 2})], by="Ada")
    assert ParcelItem.objects.get().scanned == 2


def test_a_parcel_of_which_something_is_not_scanned_waits_for_the_rest_or_for_a_reason() -> None:
    """Once scanning has begun; the reason stands in the history."""
    order = placed()
    (mug,) = order.lines.all()
    half = [ParcelDraft(Tracking(), {mug.pk: 2}, {mug.pk: 1})]
    with pytest.raises(Refused, match="Not scanned yet: 1 × MUG"):
        process_shipment(order.pk, half, by="Ada")
    process_shipment(order.pk, half, by="Ada", unscanned="Its label is torn")
    assert OrderChange.objects.get(field="scanning").why == "Its label is torn"
