"""Finds the products of an order's lines, and does as the web integration says with those it does not know."""

import re
import unicodedata
from dataclasses import replace

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.sales.drafts import LineDraft, OrderDraft
from counterfoil.sales.models import LineKind, Product
from counterfoil.stores.models import UnknownProduct, WebIntegration

GIFT_CERTIFICATE = "GIFT-CERTIFICATE"
SHOWN = 5


def name_parts(draft: OrderDraft) -> OrderDraft:
    """The draft with a part number on every line that comes without an SKU, made of what identifies it in the store."""
    lines = tuple(line if line.part_number else replace(line, part_number=_part_number(line)) for line in draft.lines)
    return replace(draft, lines=lines)


def _part_number(line: LineDraft) -> str:
    if line.kind is LineKind.GIFT_CERTIFICATE:
        return GIFT_CERTIFICATE
    if line.source_product_id:
        variant = f"-{line.source_variant_id}" if line.source_variant_id else ""
        return f"PRODUCT-{line.source_product_id}{variant}"
    plain = unicodedata.normalize("NFKC", line.description).upper()
    return "CUSTOM-" + (re.sub(r"[\W_]+", "-", plain).strip("-")[:40] or "ITEM")


def find_products(integration: WebIntegration, draft: OrderDraft) -> dict[str, Product]:
    """The products of the draft's part numbers; raises NeedsPerson where one is unknown and may not be made.

    A gift certificate is no product. One statement; two more where products are made.
    """
    wanted = {line.part_number: line for line in draft.lines if line.kind is not LineKind.GIFT_CERTIFICATE}
    found = Product.objects.in_bulk(list(wanted), field_name="part_number") if wanted else {}
    unknown = [line for part_number, line in wanted.items() if part_number not in found]
    if unknown and integration.unknown_product == UnknownProduct.REFUSE:
        raise _refusal(unknown)
    if unknown and integration.unknown_product == UnknownProduct.CREATE:
        made = [Product(part_number=line.part_number, description=line.description) for line in unknown]
        Product.objects.bulk_create(made, ignore_conflicts=True)
        found |= Product.objects.in_bulk([line.part_number for line in unknown], field_name="part_number")
    return found


def _refusal(unknown: list[LineDraft]) -> NeedsPerson:
    names = [f"{line.part_number} ({line.description[:60]})" for line in unknown[:SHOWN]]
    if len(unknown) > SHOWN:
        names.append(f"{len(unknown) - SHOWN} more")
    products = "The product" if len(unknown) == 1 else "The products"
    are = "is" if len(unknown) == 1 else "are"
    return NeedsPerson(
        "unknown_product",
        f"{products} {', '.join(names)} {are} not in the product list.",
        "Add the product with this part number, or correct the SKU in BigCommerce, then retry.",
    )
