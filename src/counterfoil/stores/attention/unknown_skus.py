"""Orders that wait for a product: what is said of an SKU once is tried again for every order that it kept out."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Product, ProductAlias, ProductChange
from counterfoil.sales.products.edit import checked_part_number
from counterfoil.sales.products.lookup import Variant
from counterfoil.sales.products.order_lines import follow_alias
from counterfoil.stores.attention.actions import retry
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, WebIntegration, WebOrder


def retry_blocked(*, skus: Collection[str] | None = None, source: str | None = None) -> int:
    """Tries the orders again that these SKUs keep from being imported (None: any), of this store or all of them.

    Returns how many items are tried. `source`: the import source code.
    """
    blocked = WebOrder.objects.exclude(unknown_skus=[])
    if skus is not None:
        blocked = blocked.filter(unknown_skus__overlap=list(skus))
    if source is not None:
        blocked = blocked.filter(integration__code=source)
    import_ids = list(blocked.values_list("import_id", flat=True))
    return retry(import_ids) if import_ids else 0


def count_blocked(sku: str) -> int:
    """How many orders this SKU keeps from being imported."""
    return WebOrder.objects.filter(unknown_skus__contains=[sku]).count()


def add_alias(source: str, sku: str, part_number: str, *, by: str) -> int:
    """Says that the store's SKU is the merchant's product of this part number; what was said before is replaced.

    `sku` may also be the name that an item without an SKU was given, as *Needs attention* shows it. Orders that are in
    The sales orders follow. Those that the SKU kept out are tried again; returns how many. Raises Refused.
    """
    sku, part_number = checked_part_number(sku), checked_part_number(part_number)
    with transaction.atomic():
        integration = WebIntegration.objects.filter(code=source).first()
        if integration is None:
            raise Refused(f"There’s no web integration {source}.", "Use its import source code.")
        product = _product(part_number, sku)
        _tell(ProductAlias.objects.filter(source=source, sku=sku).first(), by=by, before=True)
        alias, _ = ProductAlias.objects.update_or_create(source=source, sku=sku, defaults={"product": product})
        _tell(alias, by=by)
        follow_alias(alias)
        log(integration, LogKind.SETTINGS, f"{by} matched the SKU {sku} to the product {product.part_number}.")
        return retry_blocked(skus=[sku], source=source)


def add_variant_alias(source: str, product_id: int, variant_id: int | None, part_number: str, *, by: str) -> int:
    """As `add_alias`, by the store's own product and variant id, whatever SKU an order names. Raises Refused."""
    with transaction.atomic():
        integration = WebIntegration.objects.filter(code=source).first()
        if integration is None:
            raise Refused(f"There’s no web integration {source}.", "Use its import source code.")
        named: dict[str, Any] = {
            "source": source,
            "sku": "",
            "source_product_id": product_id,
            "source_variant_id": variant_id,
        }
        former = ProductAlias.objects.filter(**named).first()
        _tell(former, by=by, before=True)
        product = _product(checked_part_number(part_number), "")
        alias, _ = ProductAlias.objects.update_or_create(**named, defaults={"product": product})
        _tell(alias, by=by)
        follow_alias(alias, formerly=former.product_id if former else None)
        text = f"{by} matched the store's product {alias} to the product {alias.product.part_number}."
        log(integration, LogKind.SETTINGS, text)
        return retry_blocked(source=source)


def say_what_it_is(
    sources: Iterable[str], sku: str, part_number: str, *, by: str, variant: Variant | None = None
) -> int:
    """`add_alias` in each of these stores; `add_variant_alias` where the item came without an SKU. Raises Refused.

    All or none; returns how many orders are tried again.
    """
    with transaction.atomic():
        if variant is not None:
            return sum(add_variant_alias(source, *variant, part_number, by=by) for source in sources)
        return sum(add_alias(source, sku, part_number, by=by) for source in sources)


def alias_of(source: str, sku: str) -> ProductAlias:
    """What a person said that the store's SKU is. Raises Refused where nobody said anything."""
    alias = ProductAlias.objects.select_related("product").filter(source=source, sku=sku).first()
    if alias is None:
        raise Refused(f"{sku} isn’t an alias in {source}.", "Check the product's page.")
    return alias


def remove_alias(alias_id: int, *, by: str) -> None:
    """Takes an alias back; imported orders follow, and go by what else is known. Raises Refused."""
    with transaction.atomic():
        alias = ProductAlias.objects.select_related("product").filter(pk=alias_id).first()
        if alias is None:
            raise Refused("This alias no longer exists.")
        _tell(alias, by=by, before=True)
        alias.delete()
        follow_alias(alias)
        integration = WebIntegration.objects.filter(code=alias.source).first()
        if integration is not None:
            text = f"{by} removed the match of {alias} to the product {alias.product.part_number}."
            log(integration, LogKind.SETTINGS, text)


def _tell(alias: ProductAlias | None, *, by: str, before: bool = False) -> None:
    """The history of the product that gets the alias, or had it until now."""
    if alias is not None:
        sides = {"before": str(alias)} if before else {"after": str(alias)}
        ProductChange.objects.create(product_id=alias.product_id, by=by, what=f"alias in {alias.source}", **sides)


def _product(part_number: str, sku: str) -> Product:
    product = Product.objects.filter(part_number=part_number).first()
    if product is None:
        raise Refused(f"There’s no product {part_number}.", "Choose one from the product list, or add it first.")
    if product.part_number == sku:
        raise Refused(f"{sku} is a product itself.", "A SKU that is a part number needs no alias.")
    if Product.objects.filter(part_number=sku).exists():
        next_step = f"If {sku} should mean {part_number}, change that product's part number first."
        raise Refused(f"{sku} is a product itself.", next_step)
    return product


def on_products_added(part_numbers: Collection[str], **_said: Any) -> None:
    """Products came into the list, by whatever way: orders that lacked them are tried again."""
    if part_numbers:
        retry_blocked(skus=part_numbers)
