"""Fills the catalog: the fixed products that orders draw from, and as many more as are asked for."""

from collections.abc import Iterator
from itertools import product as combinations
from random import Random

from bigcommerce_sandbox.catalog.products import Catalog, CatalogProduct, Choice, Variant
from bigcommerce_sandbox.generator.fixed_catalog import ALL, Options, Product

MOST = 10_000
FIRST_MADE = 1001
_VARIANTS = (1, 1, 1, 1, 1, 1, 2, 3, 4, 5)  # of ten products in turn: 10,000 products have 20,000 variants
_SIZES = ("S", "M", "L", "XL", "XXL")
_COLOURS = ("Oat", "Slate")
_ADJECTIVES = ("Plain", "Ribbed", "Speckled", "Walnut", "Copper", "Blue", "Folding", "Small", "Märchen", "Sir’s & Co")
_NOUNS = ("Bowl", "Tray", "Lamp", "Cushion", "Jug", "Basket", "Vase", "Blanket", "Hook", "Stool", "Ladle", "Print")
_DAY, _YEAR = 86_400, 365


def stocked(count: int, seed: int, now: int) -> Catalog:
    """The fixed products and ``count`` made ones; the same count and seed make the same ones."""
    return Catalog((*_fixed(now), *_made(count, seed, now)), count, seed, now)


def _fixed(now: int) -> Iterator[CatalogProduct]:
    for known in sorted(ALL):
        since = now - (400 - known.id) * _DAY
        place = "" if known.type == "digital" else f"{'ABCDEF'[known.id % 6]}-{known.id % 40:02d}"
        yield _product(known, since, place)


def _made(count: int, seed: int, now: int) -> Iterator[CatalogProduct]:
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    for place in range(count):
        number = FIRST_MADE + place
        noun = rng.choice(_NOUNS)
        name = f"{rng.choice(_ADJECTIVES)} {noun.lower()} no. {place + 1}"
        kind = "digital" if rng.random() < 0.05 else "physical"
        drawn = Product(number, _sku(place, noun), name, rng.randrange(150, 30_000), rng.randrange(1, 90), kind)
        drawn = drawn._replace(options=_options(_VARIANTS[place % len(_VARIANTS)]))
        bin_number = f"{rng.choice('GHJK')}-{rng.randrange(1, 60):02d}" if rng.random() < 0.7 else ""
        product = _product(drawn, now - rng.randrange(_DAY, _YEAR * _DAY), bin_number)
        product.visible = rng.random() > 0.08
        yield product


def _sku(place: int, noun: str) -> str:
    """Mostly plain; some products have none, and some have one that a spreadsheet would spoil."""
    if place % 17 == 16:
        return ""
    if place % 97 == 5:
        return f"{place + 1:08d}"
    return f"{noun[:3].upper()}-{place + 1:05d}"


def _options(variants: int) -> Options:
    if variants == 1:
        return ()
    return (("Size", _SIZES[:2]), ("Color", _COLOURS)) if variants == 4 else (("Size", _SIZES[:variants]),)


def _product(drawn: Product, second: int, bin_number: str) -> CatalogProduct:
    return CatalogProduct(
        drawn.id, drawn.sku, drawn.name, drawn.type, drawn.price, drawn.weight, second, second, bin_number,
        variants=variants_of(drawn),
    )  # fmt: skip


def variants_of(drawn: Product) -> list[Variant]:
    """One for each combination of values; a product without options has its base variant alone."""
    names = [name for name, _ in drawn.options]
    made = []
    for place, values in enumerate(combinations(*(labels for _, labels in drawn.options))):
        choices = tuple(_choice(drawn, names[turn], value) for turn, value in enumerate(values))
        suffix = "".join(f"-{value.upper()}" for value in values)
        number = drawn.id * 100 + place
        upc = "" if drawn.type == "digital" else _upc(number)
        made.append(Variant(number, f"{drawn.sku}{suffix}" if drawn.sku else "", choices, upc=upc))
    return made


def _upc(number: int) -> str:
    """A UPC-A that is nobody's: number system 4 is for use within a store (GS1 US); its last digit is the check."""
    digits = f"4{number:010d}"
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _choice(drawn: Product, name: str, value: str) -> Choice:
    turn, labels = next((turn, labels) for turn, (own, labels) in enumerate(drawn.options) if own == name)
    option_id = drawn.id * 10 + turn
    return Choice(option_id, name, option_id * 100 + labels.index(value), value)
