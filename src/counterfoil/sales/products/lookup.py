"""Which of the merchant's products an item is: by its SKU, by the store's own ids, by what a person said it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from counterfoil.sales.db.raw_rows import select
from counterfoil.sales.models import OrderLine, Product, ProductAlias, ProductSource
from counterfoil.sales.models.products import made_up_part_number

__all__ = ["Item", "Variant", "known_products", "made_up_part_number"]
Variant = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Item:
    """What a store sold. `part_number` is its SKU, or, `has_sku` being false, a name made of what identifies it there.

    `variant`: the store's product id and variant id.
    """

    part_number: str
    has_sku: bool = True
    variant: Variant | None = None


def known_products(source: str, items: Sequence[Item]) -> dict[str, Product]:
    """For each part number that is known the product. One statement, three where a SKU is unknown or missing.

    `source`: the import source code. An SKU that is a part number goes before an alias, that is what a person said, and
    this before the store's ids, which a catalog taught. What has no SKU goes by an alias, by the ids, and then by the
    name made for it.
    """
    numbers = {item.part_number for item in items}
    same = select(Product, "WHERE row.part_number = ANY(%s)", [list(numbers)]) if numbers else []
    by_number = {product.part_number: product for product in same}
    found = {item.part_number: by_number[item.part_number] for item in items if item.part_number in by_number}
    others = [item for item in items if not item.has_sku or item.part_number not in by_number]
    if others:
        found |= _called_otherwise(source, others)
    return found


def _called_otherwise(source: str, items: Sequence[Item]) -> dict[str, Product]:
    ids = {item.variant[0] for item in items if item.variant}
    loaded = ProductSource.objects.filter(source=source, source_product_id__in=ids).select_related("product")
    by_variant = {(each.source_product_id, each.source_variant_id): each.product for each in loaded}
    named = Q(sku__in=[item.part_number for item in items]) | Q(sku="", source_product_id__in=ids)
    aliases = list(ProductAlias.objects.filter(named, source=source).select_related("product"))
    by_alias = {each.sku or (each.source_product_id, each.source_variant_id): each.product for each in aliases}
    found = {}
    for item in items:
        said = by_alias.get(item.part_number) or by_alias.get(item.variant or "")
        product = said or (by_variant.get(item.variant) if item.variant else None)
        if product is not None:
            found[item.part_number] = product
    return found


def newest_lines(product: Product, most: int) -> list[OrderLine]:
    """The lines of the product that came last, at most so many, with order, client and status. One statement.

    Lines get their ids as they come, so that those of a product in a million orders are found from the end.
    """
    lines = OrderLine.objects.filter(product=product).select_related("order__client", "order__status")
    return sorted(lines.order_by("-pk")[:most], key=lambda line: line.order.order_date, reverse=True)
