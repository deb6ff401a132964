"""A store's products with their variants (V3 catalog), typed; one bad product never spoils its page."""

from collections.abc import Iterable

from msgspec import Raw, Struct

from counterfoil.bigcommerce.decoding import decoder
from counterfoil.bigcommerce.documents import Count, Document, Flag, Many, Nullable, PartNumber, Text
from counterfoil.bigcommerce.errors import TryAgain

FIELDS = "name,type,sku,bin_picking_number,is_visible,upc,gtin"


class OptionValue(Document, frozen=True):
    """What makes this variant another than its neighbors: "Size", "XL"."""

    option_display_name: Text = ""
    label: Text = ""


class CatalogVariant(Document, frozen=True):
    """What is bought. A product without options has one, the base variant."""

    id: int
    sku: PartNumber = ""
    upc: Text = ""
    gtin: Text = ""
    bin_picking_number: Text = ""
    option_values: Many[OptionValue] = ()


class CatalogProduct(Document, frozen=True):
    """A product; every product has at least one variant."""

    id: int
    name: Text = ""
    type: Text = "physical"
    sku: PartNumber = ""
    upc: Text = ""
    gtin: Text = ""
    bin_picking_number: Text = ""
    is_visible: Flag = True
    variants: Many[CatalogVariant] = ()


class _Pagination(Struct, frozen=True):
    total: int = 0


class _Meta(Struct, frozen=True):
    pagination: Nullable[_Pagination] = _Pagination()


class _Envelope(Struct, frozen=True):
    data: tuple[Raw, ...]
    meta: _Meta = _Meta()


class _Numbered(Struct, frozen=True):
    id: int


class CatalogPage(Struct, frozen=True):
    """Products by ascending id. `listed` are the ids of all that came, `total` how many there are from here on.

    `unreadable`: the ids of those that could not be read.
    """

    products: tuple[CatalogProduct, ...]
    listed: tuple[int, ...]
    unreadable: tuple[int, ...]
    total: Count


_WRONG = (ValueError, TypeError, RecursionError, OverflowError, ArithmeticError)


def read_catalog(raw: bytes) -> CatalogPage:
    """A page of products; raises TryAgain when it is no such page, or was cut."""
    try:
        envelope = decoder(_Envelope).decode(raw)
        listed = tuple(decoder(_Numbered).decode(each).id for each in envelope.data)
    except _WRONG:
        raise TryAgain("BigCommerce's product list couldn’t be read.", smaller=True) from None
    found = dict(_readable(zip(listed, envelope.data, strict=True)))
    pagination = envelope.meta.pagination
    return CatalogPage(
        products=tuple(found.values()),
        listed=listed,
        unreadable=tuple(product_id for product_id in listed if product_id not in found),
        total=pagination.total if pagination else 0,
    )


def _readable(raw: Iterable[tuple[int, Raw]]) -> Iterable[tuple[int, CatalogProduct]]:
    for product_id, document in raw:
        try:
            yield product_id, decoder(CatalogProduct).decode(document)
        except _WRONG:
            continue
