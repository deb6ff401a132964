"""The part number of a line that comes without an SKU."""

import re
import unicodedata
from dataclasses import replace

from counterfoil.sales.models import LineKind
from counterfoil.sales.orders.drafts import LineDraft, OrderDraft
from counterfoil.sales.products.lookup import made_up_part_number

GIFT_CERTIFICATE = "GIFT-CERTIFICATE"


def name_parts(draft: OrderDraft) -> OrderDraft:
    """The draft with a part number on every line that comes without an SKU, made of what identifies it in the store."""
    lines = tuple(line if line.part_number else replace(line, part_number=_part_number(line)) for line in draft.lines)
    return replace(draft, lines=lines)


def _part_number(line: LineDraft) -> str:
    if line.kind is LineKind.GIFT_CERTIFICATE:
        return GIFT_CERTIFICATE
    if line.source_product_id:
        return made_up_part_number(line.source_product_id, line.source_variant_id)
    plain = unicodedata.normalize("NFKC", line.description).upper()
    return "CUSTOM-" + (re.sub(r"[\W_]+", "-", plain).strip("-")[:40] or "ITEM")
