"""Which product the lines of imported orders are: they follow when an alias or a product comes, changes or goes.

The rule is that of an import (`known_products`). Only the link to the product is written; our part number and the words
that an order is searched by follow in the database itself.
"""

from collections.abc import Collection

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from counterfoil.sales.models import LineKind, OrderLine, Product, ProductAlias, ProductSource
from counterfoil.sales.models.orders import LINE_NUMBER_INDEXED
from counterfoil.sales.models.products import made_up_part_number
from counterfoil.sales.products.lookup import Item, known_products
from counterfoil.sales.signals import products_added

# A line that was imported without its product gets it when it is there; one that has a product keeps it.
_GIVE = f"""
    UPDATE sales_orderline AS line SET product_id = product.id FROM sales_product AS product
    WHERE product.part_number = ANY (%s) AND line.product_id IS NULL AND line.kind <> %s
        AND "left"(line.part_number, {LINE_NUMBER_INDEXED}) = "left"(product.part_number, {LINE_NUMBER_INDEXED})
        AND line.part_number = product.part_number
"""  # noqa: S608 (a number of ours)
_GIVE_LOADED_BY_NUMBER = """
    UPDATE sales_orderline AS line SET product_id = product.id
    FROM sales_salesorder AS sold, sales_product AS product
    WHERE sold.id = line.order_id AND sold.source = %s AND line.product_id IS NULL AND line.kind <> %s
        AND product.part_number = line.part_number
"""
_GIVE_LOADED = """
    UPDATE sales_orderline AS line SET product_id = known.product_id
    FROM sales_salesorder AS sold, sales_productsource AS known
    WHERE sold.id = line.order_id AND sold.source = %s AND known.source = sold.source
        AND line.product_id IS NULL AND line.kind <> %s AND known.source_product_id = line.source_product_id
        AND known.source_variant_id IS NOT DISTINCT FROM line.source_variant_id
"""


def products_are_known(part_numbers: Collection[str]) -> None:
    """Products were added, or got these part numbers: lines that lack them get them, and who listens is told."""
    give_products(part_numbers)
    products_added.send(Product, part_numbers=part_numbers)


def give_products(part_numbers: Collection[str]) -> None:
    """Gives the products of these part numbers to the lines that came with the number and without a product."""
    if part_numbers:
        with connection.cursor() as cursor:
            cursor.execute(_GIVE, [list(part_numbers), LineKind.GIFT_CERTIFICATE])


def give_loaded_products(source: str) -> None:
    """As `give_products`, after the catalog of a store was loaded: by number, then by the store's own ids.

    `source`: the import source code.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_LOADED_BY_NUMBER, [source, LineKind.GIFT_CERTIFICATE])
        cursor.execute(_GIVE_LOADED, [source, LineKind.GIFT_CERTIFICATE])


def follow_alias(alias: ProductAlias, *, formerly: int | None = None) -> None:
    """Links the lines again that the alias speaks for, or spoke for until now, when it was deleted.

    `formerly`: the id of the product that it stood for before. A few statements for each product and variant under
    which the lines came.
    """
    products = {pk for pk in (alias.product_id, formerly) if pk is not None}
    lines = OrderLine.objects.filter(_spoken_for(alias, products), order__source=alias.source)
    lines = lines.exclude(kind=LineKind.GIFT_CERTIFICATE).order_by()
    came_as = lines.values_list("part_number", "source_product_id", "source_variant_id").distinct()
    for part_number, product_id, variant_id in list(came_as):
        named = part_number != made_up_part_number(product_id or 0, variant_id)
        item = Item(part_number, has_sku=named, variant=(product_id, variant_id) if product_id else None)
        product = known_products(alias.source, [item]).get(part_number)
        these = lines.filter(part_number=part_number, source_product_id=product_id, source_variant_id=variant_id)
        _link(these, product)


def _spoken_for(alias: ProductAlias, products: Collection[int]) -> Q:
    """The lines of this SKU; or of this product and variant, where their SKU is no part number."""
    if alias.sku:
        return _came_as(alias.sku)
    product_id = alias.source_product_id or 0
    variant = Q(source_product_id=product_id, source_variant_id=alias.source_variant_id)
    unnamed = _came_as(made_up_part_number(product_id, alias.source_variant_id))
    loaded = ProductSource.objects.filter(source=alias.source, source_product_id=product_id)
    return unnamed | variant & (Q(product=None) | Q(product__in=products) | Q(product__in=loaded.values("product")))


def _came_as(part_number: str) -> Q:
    lines = OrderLine.objects.alias(beginning=Left("part_number", LINE_NUMBER_INDEXED))
    by_index = lines.filter(beginning=part_number[:LINE_NUMBER_INDEXED]).order_by().values("pk")
    return Q(pk__in=by_index, part_number=part_number)


def _link(lines: QuerySet[OrderLine], product: Product | None) -> None:
    if product is None:
        lines.filter(product__isnull=False).update(product=None)
    else:
        lines.exclude(product=product).update(product=product)
