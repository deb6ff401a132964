"""Finds the products of an order's lines, and does as the web integration says with those it does not know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.conversion.converter import convert
from counterfoil.intake.conversion.document import read_document
from counterfoil.intake.conversion.part_numbers import _part_number
from counterfoil.sales.models import LineKind, Product, ProductOrigin, ProductType
from counterfoil.sales.orders.drafts import LineDraft, OrderDraft
from counterfoil.sales.products.lookup import Item, Variant, known_products
from counterfoil.sales.products.order_lines import give_products
from counterfoil.stores.models import UnknownProduct, WebIntegration, WebOrder

SHOWN = 5


class UnknownProducts(NeedsPerson):
    """Unknown products keep the order out; `part_numbers` are theirs."""

    def __init__(self, lines: Sequence[LineDraft]) -> None:
        names = [f"{line.part_number} ({line.description[:60]})" for line in lines[:SHOWN]]
        if len(lines) > SHOWN:
            names.append(f"{len(lines) - SHOWN} more")
        these, are = ("The product", "is") if len(lines) == 1 else ("The products", "are")
        super().__init__(
            "unknown_product",
            f"{these} {', '.join(names)} {are} not in the product list.",
            "Add the product with this part number, or correct the SKU in BigCommerce, then retry.",
        )
        self.part_numbers = tuple(line.part_number for line in lines)


def missing_of(trouble: NeedsPerson) -> tuple[str, ...]:
    """The part numbers that keep an order out, where that is the trouble."""
    return trouble.part_numbers if isinstance(trouble, UnknownProducts) else ()


def find_products(integration: WebIntegration, draft: OrderDraft) -> dict[str, Product]:
    """The products of the draft's part numbers; raises UnknownProducts where one is unknown and may not be made.

    A gift certificate is no product. One statement; two more where an SKU is unknown or missing, and three where
    products are made.
    """
    wanted = {line.part_number: line for line in draft.lines if line.kind is not LineKind.GIFT_CERTIFICATE}
    found = known_products(integration.code, [_item(line) for line in wanted.values()])
    unknown = [line for part_number, line in wanted.items() if part_number not in found]
    if unknown and integration.unknown_product == UnknownProduct.REFUSE:
        raise UnknownProducts(unknown)
    if unknown and integration.unknown_product == UnknownProduct.CREATE:
        Product.objects.bulk_create([_product(integration, line) for line in unknown], ignore_conflicts=True)
        found |= Product.objects.in_bulk([line.part_number for line in unknown], field_name="part_number")
        give_products([line.part_number for line in unknown])
    return found


def variant_without_sku(line: LineDraft) -> Variant | None:
    """What an item is known by that came without an SKU; None where it has one, or is no product of the store."""
    item = _item(line)
    return None if item.has_sku else item.variant


def _item(line: LineDraft) -> Item:
    variant = (line.source_product_id, line.source_variant_id or None) if line.source_product_id else None
    return Item(line.part_number, has_sku=line.part_number != _part_number(line), variant=variant)


def _product(integration: WebIntegration, line: LineDraft) -> Product:
    kind = ProductType.DIGITAL if line.kind is LineKind.DIGITAL else ProductType.PHYSICAL
    return Product(
        part_number=line.part_number,
        description=line.description,
        type=kind,
        origin=ProductOrigin.IMPORT,
        made_by=integration.code,
    )


@dataclass(frozen=True, slots=True)
class MissingProduct:
    """An unknown product, as the store's order describes it.

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
