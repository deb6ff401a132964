"""The product list from a file: `read_product_rows`, a test run with `plan`, then `apply`; and the list as a file.

rows = read_product_rows(content)   # raises Refused: the file or its header cannot be used
answers = plan(rows)                # one result for each row, in their order; writes nothing
answers = apply(rows, by="Ada")     # the same results, and the rows that are not refused are in the product list
content = products_csv()            # the product list, in the same columns
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from counterfoil.sales.csv.rows import REFUSED, RowResult
from counterfoil.sales.csv.text import written_csv
from counterfoil.sales.models import Product, ProductAlias, ProductChange, ProductOrigin
from counterfoil.sales.products.csv_columns import COLUMNS, ProductRow, read_product_rows
from counterfoil.sales.products.edit import alias_words, changes_of, shown
from counterfoil.sales.products.order_lines import products_are_known

__all__ = [
    "COLUMNS",
    "ProductRow",
    "ProductRowOutcome",
    "ProductRowResult",
    "apply",
    "plan",
    "products_csv",
    "read_product_rows",
]
AT_ONCE = 2000  # rows a statement


class ProductRowOutcome(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = REFUSED

    @property
    def is_written(self) -> bool:
        """Whether it changes the product list."""
        return self in (ProductRowOutcome.ADDED, ProductRowOutcome.CHANGED)


@dataclass(frozen=True, slots=True)
class ProductRowResult(RowResult[ProductRow, ProductRowOutcome]):
    """What becomes of a row, and why."""


def plan(rows: Sequence[ProductRow]) -> list[ProductRowResult]:
    """What `apply` would answer now. Writes nothing."""
    return [
        _answer(row, known, aliases)
        for chunk in _chunks(rows)
        for known, aliases in [(_known(chunk), _aliases(chunk))]
        for row in chunk
    ]


def apply(rows: Sequence[ProductRow], *, by: str) -> list[ProductRowResult]:
    """Adds and changes products, all in one transaction; a row that is refused stops no other.

    A column that the file does not have is left as it is. Five statements for each 2,000 rows.
    """
    answers = []
    with transaction.atomic():
        for chunk in _chunks(rows):
            products, aliases = _known(chunk, lock=True), _aliases(chunk)
            said = [_answer(row, products, aliases) for row in chunk]
            _write(said, products, by=by)
            answers += said
        products_are_known([each.row.part_number for each in answers if each.outcome.is_written])
    return answers


def products_csv() -> str:
    """The product list, in the columns that `read_product_rows` reads."""
    return written_csv(_records())


def _records() -> Iterator[list[object]]:
    yield list(COLUMNS)
    for part_number, description, kind, place, active, upc in Product.objects.values_list(*COLUMNS).iterator():
        yield [part_number, description, kind, place, "yes" if active else "no", upc]


def _chunks(rows: Sequence[ProductRow]) -> Iterator[Sequence[ProductRow]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _known(rows: Sequence[ProductRow], *, lock: bool = False) -> dict[str, Product]:
    products = Product.objects.filter(part_number__in=[row.part_number for row in rows])
    return {product.part_number: product for product in (products.select_for_update() if lock else products)}


def _aliases(rows: Sequence[ProductRow]) -> dict[str, ProductAlias]:
    """What stores call another product by one of these part numbers."""
    aliases = ProductAlias.objects.filter(sku__in=[row.part_number for row in rows]).exclude(sku="")
    return {alias.sku: alias for alias in aliases.select_related("product")}


def _answer(row: ProductRow, products: Mapping[str, Product], aliases: Mapping[str, ProductAlias]) -> ProductRowResult:
    if row.trouble:
        return ProductRowResult(row, ProductRowOutcome.REFUSED, row.trouble, row.next_step)
    product = products.get(row.part_number)
    if product is None and row.part_number in aliases:
        return ProductRowResult(row, ProductRowOutcome.REFUSED, *alias_words(aliases[row.part_number]))
    if product is None:
        return ProductRowResult(row, ProductRowOutcome.ADDED, f"{row.part_number} is new.")
    changes = _changes(row, product)
    if not changes:
        return ProductRowResult(row, ProductRowOutcome.UNCHANGED, f"{row.part_number} is already like this.")
    return ProductRowResult(row, ProductRowOutcome.CHANGED, f"{row.part_number}: {', '.join(changes)}.")


def _changes(row: ProductRow, product: Product) -> list[str]:
    """Each value that differs, as in "bin A1 → B2"."""
    return [
        f"{name} {_shown(getattr(product, name))} → {_shown(value)}"
        for name, value in row.values.items()
        if getattr(product, name) != value
    ]


def _shown(value: object) -> str:
    return shown(value)[:40] or "(empty)"


def _write(answers: Sequence[ProductRowResult], products: Mapping[str, Product], *, by: str) -> None:
    added = [each.row for each in answers if each.outcome is ProductRowOutcome.ADDED]
    changed = [each.row for each in answers if each.outcome is ProductRowOutcome.CHANGED]
    made = [Product(part_number=row.part_number, origin=ProductOrigin.FILE, made_by=by, **row.values) for row in added]
    Product.objects.bulk_create(made, ignore_conflicts=True)  # one that someone added meanwhile stays as it is
    ProductChange.objects.bulk_create(
        change for row in changed for change in changes_of(products[row.part_number], row.values, by=by)
    )
    for row in changed:
        for name, value in row.values.items():
            setattr(products[row.part_number], name, value)
    if changed:
        Product.objects.bulk_update([products[row.part_number] for row in changed], list(COLUMNS[1:]))
