"""The product list by hand: add, edit, take out of use. What changes about a product is kept in its history."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from counterfoil.sales.csv.numbers import is_rounded
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Product, ProductAlias, ProductChange, ProductOrigin, ProductType
from counterfoil.sales.products.order_lines import products_are_known
from counterfoil.storable import without_nulls

LONGEST_PART_NUMBER = 300
LONGEST_DESCRIPTION = 2000
LONGEST_BIN = 100
LONGEST_UPC = 50
AS_TEXT = "Format the column as text, enter the UPC again, and save the file again."
WORDS = {
    "part_number": "part number",
    "description": "description",
    "type": "type",
    "bin": "bin",
    "upc": "upc",
    "active": "in use",
}
"""What the columns of a product are called in its history."""


def add_product(
    part_number: str,
    *,
    by: str,
    description: str = "",
    kind: str = ProductType.PHYSICAL,
    bin_name: str = "",
    upc: str = "",
) -> Product:
    """A new product, in use. Raises Refused where the part number is taken or no value fits."""
    values = checked({"description": description, "type": kind, "bin": bin_name, "upc": upc})
    part_number = checked_part_number(part_number)
    refuse_alias(part_number)
    try:
        with transaction.atomic():
            product = Product.objects.create(part_number=part_number, origin=ProductOrigin.HAND, made_by=by, **values)
            products_are_known([part_number])
    except IntegrityError:
        raise Refused(f"There’s already a product {part_number}.", "Edit that one.") from None
    return product


def edit_product(product_id: int, *, by: str, **changes: object) -> Product:
    """Changes part_number, description, type, bin, upc or active, those given; each is recorded. Raises Refused.

    Imported orders keep their product, and show its new part number next to the one that they came with.
    """
    values = checked(changes)
    if "part_number" in changes:
        values["part_number"] = checked_part_number(str(changes["part_number"]))
    try:
        with transaction.atomic():
            product = _locked(product_id)
            if values.get("part_number", product.part_number) != product.part_number:
                refuse_alias(str(values["part_number"]))
            ProductChange.objects.bulk_create(changes_of(product, values, by=by))
            for name, value in values.items():
                setattr(product, name, value)
            product.save(update_fields=list(values))
            products_are_known([product.part_number])
    except IntegrityError:
        raise Refused(
            f"There’s already a product {values['part_number']}.", "Choose a different part number."
        ) from None
    return product


def changes_of(product: Product, values: Mapping[str, object], *, by: str) -> list[ProductChange]:
    """What the history is to say when the product takes these values; not saved yet."""
    return [
        ProductChange(
            product=product, by=by, what=WORDS[name], before=shown(getattr(product, name)), after=shown(value)
        )
        for name, value in values.items()
        if getattr(product, name) != value
    ]


def shown(value: object) -> str:
    """A value of a product as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _locked(product_id: int) -> Product:
    product = Product.objects.select_for_update().filter(pk=product_id).first()
    if product is None:
        raise Refused("This product doesn’t exist.", "Check the product list.")
    return product


def checked_part_number(text: str) -> str:
    """The part number, trimmed; raises Refused where it cannot be one."""
    part_number = text.strip()
    if not part_number:
        raise Refused("A product needs a part number.", "Enter the SKU the store uses.")
    if len(part_number) > LONGEST_PART_NUMBER or not part_number.isprintable():
        raise Refused(
            f"“{_printable(part_number)}” isn’t a part number.",
            f"Use at most {LONGEST_PART_NUMBER} characters, on one line.",
        )
    return part_number


def refuse_alias(part_number: str) -> None:
    """Raises Refused where a store's SKU of this name is another product: it cannot be both."""
    alias = ProductAlias.objects.select_related("product").filter(sku=part_number).first()
    if alias is not None:
        raise Refused(*alias_words(alias))


def alias_words(alias: ProductAlias) -> tuple[str, str]:
    """That an alias is no part number, and what to do. Needs the product loaded along."""
    return f"{alias.sku} is what {alias.source} calls {alias.product}.", "Remove that alias first."


def checked(changes: dict[str, object]) -> dict[str, object]:
    """The values of description, type, bin, upc and active as they are kept; raises Refused where one does not fit."""
    values: dict[str, object] = {}
    for name, longest in (("description", LONGEST_DESCRIPTION), ("bin", LONGEST_BIN), ("upc", LONGEST_UPC)):
        if name in changes:
            text = without_nulls(str(changes[name])).strip()
            if len(text) > longest:
                raise Refused(f"The {name} has {len(text)} characters; {longest} are allowed.", "Shorten it.")
            values[name] = text
    if is_rounded(str(values.get("upc", ""))):
        raise Refused(f"A spreadsheet has rounded the UPC: {values['upc']}.", AS_TEXT)
    if "type" in changes:
        if changes["type"] not in ProductType.values:
            raise Refused(f"“{_printable(str(changes['type']))}” isn’t a product type.", "Enter physical or digital.")
        values["type"] = str(changes["type"])
    if "active" in changes:
        values["active"] = bool(changes["active"])
    return values


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in text[:60])
