"""The catalog as the store keeps it: products, and the variants that are bought."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bigcommerce_sandbox.answers import Document, Refused, not_found

MOST_VARIANTS = 100  # a variant's number is its product's, followed by two digits
FIRST_ADDED = 90_001


class Choice(NamedTuple):
    """One option of a product and the value that a variant stands for."""

    option_id: int
    option: str
    value_id: int
    label: str


@dataclass(slots=True)
class Variant:
    """What is bought. A text that is empty is the product's own; without choices it is the base variant."""

    id: int
    sku: str
    choices: tuple[Choice, ...] = ()
    bin: str = ""
    upc: str = ""

    @property
    def product_id(self) -> int:
        return self.id // MOST_VARIANTS


@dataclass(slots=True)
class CatalogProduct:
    """``price`` in cents, ``weight`` in ounces, ``created`` and ``modified`` in store seconds."""

    id: int
    sku: str
    name: str
    type: str
    price: int
    weight: int
    created: int
    modified: int
    bin: str = ""
    visible: bool = True
    variants: list[Variant] = field(default_factory=list)

    def variant(self, variant_id: int) -> Variant:
        """Raises Refused with 404."""
        for variant in self.variants:
            if variant.id == variant_id:
                return variant
        raise not_found()

    def variant_with(self, options: dict[str, str]) -> Variant:
        """The variant with these labels by option; an option that is not named has its first value."""
        for variant in self.variants:
            if all(options.get(choice.option, choice.label) == choice.label for choice in variant.choices):
                return variant
        return self.variants[0]


class Catalog:
    """Products by number. What a person changed is remembered, since all else can be made again from the seed."""

    def __init__(self, products: Iterable[CatalogProduct], made: int, seed: int, began: int) -> None:
        self.products = {product.id: product for product in products}
        self.made, self.seed, self.began = made, seed, began
        self.changed: set[int] = set()
        self.gone: set[int] = set()

    def product(self, product_id: int) -> CatalogProduct:
        """Raises Refused with 404."""
        if product_id not in self.products:
            raise not_found()
        return self.products[product_id]

    def variants(self) -> Iterator[tuple[CatalogProduct, Variant]]:
        """Every variant with its product, by number."""
        return ((product, variant) for product in self.products.values() for variant in product.variants)

    def add(self, product: CatalogProduct) -> CatalogProduct:
        self.products[product.id] = product
        self.changed.add(product.id)
        return product

    def forget(self, product_id: int) -> None:
        """Deleted for good. Raises Refused with 404."""
        self.product(product_id)
        del self.products[product_id]
        self.changed.discard(product_id)
        self.gone.add(product_id)

    def next_id(self) -> int:
        return max(FIRST_ADDED, *(number + 1 for number in (*self.products, *self.gone)))


_FIELDS: dict[str, tuple[str, type]] = {
    "sku": ("sku", str), "name": ("name", str), "type": ("type", str), "bin_picking_number": ("bin", str),
    "is_visible": ("visible", bool),
}  # fmt: skip


def edit(product: CatalogProduct, changes: Document, second: int) -> None:
    """A person's edit: name, sku, type, price, weight, bin_picking_number, is_visible, variants by id.

    Raises Refused with 400, and then nothing has changed.
    """
    own = {name: value for name, value in changes.items() if name not in ("variants", "price", "weight")}
    _check(own)
    amounts = {name: _amount(name, changes[name]) for name in ("price", "weight") if name in changes}
    edited = [(product.variant(int(change["id"])), _texts(change)) for change in changes.get("variants", [])]
    for name, value in own.items():
        setattr(product, _FIELDS[name][0], value)
    for name, amount in amounts.items():
        setattr(product, name, amount)
    for variant, texts in edited:
        for name, text in texts.items():
            setattr(variant, name, text)
    if "sku" in own and len(product.variants) == 1:
        product.variants[0].sku = product.sku
    product.modified = max(product.modified, second)


def _check(own: Document) -> None:
    for name, value in own.items():
        if name not in _FIELDS or not isinstance(value, _FIELDS[name][1]):
            raise Refused(400, f"A product's “{name}” cannot be {value!r}.")
    if own.get("type", "physical") not in ("physical", "digital"):
        raise Refused(400, "A product's “type” is physical or digital.")


def _amount(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise Refused(400, f"A product's “{name}” is a number, not below zero.")
    return round(value * 100) if name == "price" else round(value)


def _texts(change: Document) -> dict[str, str]:
    """What a variant is to have, by the names of `Variant`."""
    named = {"sku": "sku", "bin": "bin_picking_number", "upc": "upc"}
    texts = {name: change[theirs] for name, theirs in named.items() if change.get(theirs) is not None}
    if not all(isinstance(text, str) for text in texts.values()):
        raise Refused(400, "A variant's “sku”, “bin_picking_number” and “upc” are texts.")
    return texts
