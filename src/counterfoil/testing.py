"""For the tests of custom scripts: convert a stored order with a script, without a database, and look at the result.

    from counterfoil.testing import convert_order, further_field

    result = convert_order("order.json", my_script, fields=[further_field("gift_note", "text")])
    assert result.fields.order["gift_note"] == "Happy birthday"

Importing this module sets Django up with the program's models, unless a project of yours has done so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import django
import msgspec
from django.conf import settings

if not settings.configured:
    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.postgres",
            "counterfoil.sales.apps.SalesConfig",
            "counterfoil.stores.apps.StoresConfig",
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()

from counterfoil.intake.conversion.converter import convert
from counterfoil.intake.conversion.document import read_document
from counterfoil.intake.conversion.method_names import Names, with_names
from counterfoil.intake.conversion.pipeline import check_fields
from counterfoil.intake.expressions.order_view import view_order
from counterfoil.intake.scripts import Refuse, ScriptFields, Scripts, empty_fields, loaded, scripts_of
from counterfoil.sales.models import FieldDefinition, FieldScope, FieldType

if TYPE_CHECKING:
    from counterfoil.sales.orders.drafts import OrderDraft

__all__ = ["Converted", "Refuse", "convert_order", "further_field"]

Document = Path | str | bytes | Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Converted:
    """What would be imported: the sales order, and the custom fields that the script filled."""

    draft: "OrderDraft"
    fields: ScriptFields


def further_field(
    name: str,
    type: Literal["text", "number", "date", "choice", "yes_no"] = "text",  # noqa: A002 (the word on the page)
    *,
    scope: Literal["order", "line", "client"] = "order",
    choices: Sequence[str] = (),
) -> FieldDefinition:
    """A custom field as the merchant defines it on the page; it stands in no database."""
    return FieldDefinition(name=name, label=name, type=FieldType(type), scope=FieldScope(scope), choices=list(choices))


def convert_order(
    order: Document,
    *scripts: object,
    fields: Sequence[FieldDefinition] = (),
    products: Document | None = None,
    coupons: Document | None = None,
    filled: Mapping[str, Any] | None = None,
) -> Converted:
    """Converts an order as BigCommerce sends it, and runs the scripts on it: those given, else those installed.

    `order` is a file, its bytes, or the document itself, with consignments and their line items included; `products`
    and `coupons` are the answers that were read apart, where there are any. `fields` are all custom fields that
    there are; `filled` what the field mapping filled of the order's own. Raises NeedsPerson for what would not be
    imported: the script's own sentence, an error in the script, a value that does not fit its field.
    """
    parts = (_bytes(order), _optional(products), _optional(coupons))
    draft = with_names(convert(read_document(*parts)).draft, Names())
    present = Scripts(scripts_of({_name(each): each for each in scripts})) if scripts else loaded()
    values = empty_fields(draft)
    values.order.update(filled or {})
    present.run(view_order(*parts).order, draft, values)
    check_fields(values, {(each.scope, each.name): each for each in fields})
    return Converted(draft, values)


def _name(script: object) -> str:
    return getattr(script, "__name__", type(script).__name__)


def _optional(document: Document | None) -> bytes | None:
    return None if document is None else _bytes(document)


def _bytes(document: Document) -> bytes:
    if isinstance(document, bytes):
        return document
    if isinstance(document, str | Path):
        return Path(document).read_bytes()
    return msgspec.json.encode(document)
