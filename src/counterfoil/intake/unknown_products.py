"""Which products keep an order out of the books, so that a person can add them."""

from collections.abc import Iterable
from dataclasses import dataclass

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.convert import convert
from counterfoil.intake.documents import read_document
from counterfoil.sales.models import Product, ProductAlias
from counterfoil.stores.models import WebOrder


@dataclass(frozen=True, slots=True)
class MissingProduct:
    """A product that the books do not know, as the store's order describes it."""

    part_number: str
    description: str


def missing_products(web_order_ids: Iterable[int]) -> dict[int, list[MissingProduct]]:
    """For each of these web orders the products that are missing. Three statements, whatever the number of orders."""
    web_orders = WebOrder.objects.filter(pk__in=list(web_order_ids), payload__isnull=False).select_related(
        "payload", "integration"
    )
    wanted = {web_order.pk: (web_order.integration.code, _products(web_order)) for web_order in web_orders}
    numbers = {part_number for _, products in wanted.values() for part_number in products}
    known = set(Product.objects.filter(part_number__in=numbers).values_list("part_number", flat=True))
    aliases = set(ProductAlias.objects.filter(sku__in=numbers).values_list("source", "sku"))
    return {
        pk: [
            MissingProduct(number, text)
            for number, text in products.items()
            if number not in known and (source, number) not in aliases
        ]
        for pk, (source, products) in wanted.items()
    }


def _products(web_order: WebOrder) -> dict[str, str]:
    """Part number → description of what kept the order out; none for an order that cannot be read."""
    assert web_order.payload is not None
    try:
        draft = convert(read_document(*web_order.payload.parts)).draft
    except NeedsPerson:
        return {}
    kept_out = set(web_order.unknown_skus)
    return {line.part_number: line.description for line in draft.lines if line.part_number in kept_out}
