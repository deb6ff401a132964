"""Puts the variants of a store's catalog into the product list, and notes which product is which variant there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from counterfoil.sales.models import Product, ProductAlias, ProductOrigin, ProductSource
from counterfoil.sales.products.lookup import made_up_part_number


@dataclass(frozen=True, slots=True)
class CatalogItem:
    """A variant of a store's catalog. `alone`: its product has no other, so that the product id alone means it too."""

    product_id: int
    variant_id: int
    sku: str
    description: str
    type: str
    bin: str
    active: bool
    alone: bool = False
    upc: str = ""

    @property
    def part_number(self) -> str:
        """Its SKU; one without is called after its product and variant."""
        return self.sku or made_up_part_number(self.product_id, self.variant_id)


@dataclass(frozen=True, slots=True)
class ImportedVariants:
    """How many products are new, and how many of those that were there took a description, bin or UPC they lacked."""

    added: int
    completed: int


def import_variants(source: str, items: Sequence[CatalogItem]) -> ImportedVariants:
    """Adds what is not known yet. What the merchant has written is never written over: only empty cells are filled.

    A variant that is known by its ids, or whose SKU a person gave an alias, stays what it is. `source`: the import
    source code. Eight statements at most, whatever the number of items.
    """
    with transaction.atomic():
        products = _products(source, items)
        new = {item.part_number: item for item in items if _key(item) not in products}
        Product.objects.bulk_create([_product(source, item) for item in new.values()], ignore_conflicts=True)
        made = dict(Product.objects.filter(part_number__in=list(new)).values_list("part_number", "pk")) if new else {}
        products |= {_key(item): made[item.part_number] for item in items if _key(item) not in products}
        completed = _complete(source, {products[_key(item)]: item for item in items if item.part_number not in made})
        _link(source, items, products)
    return ImportedVariants(len(new), completed)


def _key(item: CatalogItem) -> tuple[int, int]:
    return item.product_id, item.variant_id


def _products(source: str, items: Sequence[CatalogItem]) -> dict[tuple[int, int], int]:
    """The product of each variant that is known: by its part number, an alias, or its ids. Three statements."""
    numbers = [item.part_number for item in items]
    by_number = dict(Product.objects.filter(part_number__in=numbers).values_list("part_number", "pk"))
    linked = ProductSource.objects.filter(
        source=source, source_product_id__in={item.product_id for item in items}, source_variant_id__isnull=False
    )
    by_ids = {
        (product_id, variant_id): pk
        for product_id, variant_id, pk in linked.values_list("source_product_id", "source_variant_id", "product")
    }
    aliases = ProductAlias.objects.filter(source=source, sku__in=numbers)
    by_alias = dict(aliases.values_list("sku", "product"))
    found = {
        _key(item): by_number.get(item.part_number) or by_alias.get(item.part_number) or by_ids.get(_key(item))
        for item in items
    }
    return {key: pk for key, pk in found.items() if pk is not None}


def _product(source: str, item: CatalogItem) -> Product:
    return Product(
        part_number=item.part_number,
        description=item.description,
        type=item.type,
        bin=item.bin,
        upc=item.upc,
        active=item.active,
        origin=ProductOrigin.CATALOG,
        made_by=source,
    )


_ITEMS = """
    unnest(%(ids)s::bigint[], %(descriptions)s::text[], %(bins)s::text[], %(upcs)s::text[])
    AS item (id, description, bin, upc)
"""
_TELL = f"""
    INSERT INTO sales_productchange (product_id, by, what, before, after)
    SELECT product.id, %(by)s, lacked.what, '', lacked.taken
    FROM sales_product AS product JOIN {_ITEMS} ON item.id = product.id
    CROSS JOIN LATERAL (VALUES
        ('description', product.description, item.description), ('bin', product.bin, item.bin),
        ('upc', product.upc, item.upc)
    ) AS lacked (what, kept, taken)
    WHERE lacked.kept = '' AND lacked.taken <> ''
"""  # noqa: S608 (our own)
_COMPLETE = f"""
    UPDATE sales_product AS product SET
        description = CASE WHEN product.description = '' THEN item.description ELSE product.description END,
        bin = CASE WHEN product.bin = '' THEN item.bin ELSE product.bin END,
        upc = CASE WHEN product.upc = '' THEN item.upc ELSE product.upc END
    FROM {_ITEMS}
    WHERE product.id = item.id
        AND (product.description = '' AND item.description <> '' OR product.bin = '' AND item.bin <> ''
            OR product.upc = '' AND item.upc <> '')
"""  # noqa: S608 (our own)


def _complete(source: str, items: dict[int, CatalogItem]) -> int:
    if not items:
        return 0
    asked: dict[str, str | list[int] | list[str]] = {
        "ids": list(items),
        "descriptions": [item.description for item in items.values()],
        "bins": [item.bin for item in items.values()],
        "upcs": [item.upc for item in items.values()],
        "by": f"The catalog of {source}",
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL, asked)
        cursor.execute(_COMPLETE, asked)
        completed: int = cursor.rowcount
    return completed


_LINK = """
    INSERT INTO sales_productsource (source, source_product_id, source_variant_id, product_id)
    SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
    ON CONFLICT (source, source_product_id, source_variant_id) DO UPDATE SET product_id = EXCLUDED.product_id
    WHERE sales_productsource.product_id <> EXCLUDED.product_id
"""


def _link(source: str, items: Sequence[CatalogItem], products: dict[tuple[int, int], int]) -> None:
    links: dict[tuple[int, int | None], int] = {_key(item): products[_key(item)] for item in items}
    links |= {(item.product_id, None): products[_key(item)] for item in items if item.alone}
    with connection.cursor() as cursor:
        cursor.execute(_LINK, [source, [p for p, _ in links], [v for _, v in links], list(links.values())])
