"""Which products keep an order out of the books, so that a person can say which they are, or add them."""

from collections.abc import Iterable
from dataclasses import dataclass

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.conversion.converter import convert
from counterfoil.intake.conversion.document import read_document
from counterfoil.intake.matching.products import variant_without_sku
from counterfoil.sales.products.lookup import Variant
from counterfoil.stores.models import WebOrder


@dataclass(frozen=True, slots=True)
class MissingProduct:
    """A product that the books do not know, as the store's order describes it.

    `variant`: the store's product and variant id, of an item that came without an SKU.
    """

    part_number: str
    description: str
    variant: Variant | None = None


def missing_products(web_order_ids: Iterable[int]) -> dict[int, dict[str, MissingProduct]]:
    """For each of these web orders what kept it out, by part number. One statement."""
    web_orders = WebOrder.objects.filter(pk__in=list(web_order_ids), payload__isnull=False).select_related("payload")
    return {web_order.pk: _products(web_order) for web_order in web_orders}


def _products(web_order: WebOrder) -> dict[str, MissingProduct]:
    """By part number what kept the order out; none for an order that cannot be read."""
    assert web_order.payload is not None
    try:
        draft = convert(read_document(*web_order.payload.parts)).draft
    except NeedsPerson:
        return {}
    kept_out = set(web_order.unknown_skus)
    return {
        line.part_number: MissingProduct(line.part_number, line.description, variant_without_sku(line))
        for line in draft.lines
        if line.part_number in kept_out
    }
