"""The product list: by hand, from a file, from a store's catalog; and by what else a store calls a product."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Product, ProductAlias, ProductSource
from counterfoil.sales.products.catalog_import import CatalogItem, import_variants
from counterfoil.sales.products.csv_import import apply, plan, products_csv, read_product_rows
from counterfoil.sales.products.edit import add_product, edit_product
from counterfoil.sales.products.lookup import Item, known_products, made_up_part_number

pytestmark = pytest.mark.django_db


def item(number: int = 1, sku: str = "", **changes: Any) -> CatalogItem:
    """The variant 100·number + 1 of the store's product `number`."""
    plain = {"description": f"Thing {number}", "type": "physical", "bin": "", "active": True}
    return CatalogItem(**{"product_id": number, "variant_id": 100 * number + 1, "sku": sku, **plain, **changes})


def listed() -> list[tuple[str, str]]:
    """Part number and description of each product."""
    return list(Product.objects.values_list("part_number", "description"))


def test_a_product_is_added_edited_and_taken_out_of_use_by_hand() -> None:
    """What is not given stays as it is."""
    product = add_product(" MUG ", by="Ada", description="Mug", kind="physical", bin_name="A1")
    edit_product(product.pk, by="Ada", bin="B2", type="digital")
    edit_product(product.pk, by="Ada", active=False)
    product.refresh_from_db()
    assert (product.part_number, product.description, product.bin, product.type, product.active) == (
        "MUG", "Mug", "B2", "digital", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("part_number", "values", "words"),
    [
        ("", {}, "needs a part number"),
        ("  ", {}, "needs a part number"),
        ("A" * 301, {}, "isn’t a part number"),
        ("A\nB", {}, "isn’t a part number"),
        ("MUG", {}, "There’s already a product MUG"),
        ("CUP", {"kind": "liquid"}, "“liquid” isn’t a product type"),
        ("CUP", {"description": "x" * 2001}, "description has 2001 characters"),
    ],
)
def test_what_cannot_be_a_product_is_refused_with_its_own_sentence(
    part_number: str, values: dict[str, str], words: str
) -> None:
    """And nothing is added."""
    add_product("MUG", by="Ada")
    with pytest.raises(Refused, match=words):
        add_product(part_number, by="Ada", **values)
    assert Product.objects.count() == 1


def test_an_edit_is_refused_where_another_product_has_the_part_number() -> None:
    """A part number is one product's."""
    add_product("MUG", by="Ada")
    cup = add_product("CUP", by="Ada")
    with pytest.raises(Refused, match="already a product MUG"):
        edit_product(cup.pk, by="Ada", part_number="MUG")
    with pytest.raises(Refused, match="doesn’t exist"):
        edit_product(999_999, by="Ada", bin="A")


FILE = """SKU;Name;Type;Bin;In use
MUG;Mug;physical;A1;yes
EBOOK;E-book;Digital;;no
MUG;Mug again;;;
;Nameless;;;
CUP;Cup;liquid;;
BOWL;Bowl;;;perhaps
4.00638E+12;Rounded;;;
"""


def test_each_row_of_a_file_is_answered_and_the_good_ones_are_taken() -> None:
    """A row that is refused says why and stops no other; a test run writes nothing."""
    rows = read_product_rows(FILE)
    planned = plan(rows)
    assert not Product.objects.exists()
    answers = apply(rows, by="Ada")
    assert planned == answers
    assert [(each.row.number, each.outcome.value, each.sentence) for each in answers] == [
        (2, "added", "MUG is new."),
        (3, "added", "EBOOK is new."),
        (4, "refused", "MUG is already in row 2."),
        (5, "refused", "A product needs a part number."),
        (6, "refused", "“liquid” isn’t a product type."),
        (7, "refused", "“perhaps” is neither yes nor no."),
        (8, "refused", "A spreadsheet rounded the part number: 4.00638E+12."),
    ]
    assert all(each.next_step for each in answers if each.outcome.value == "refused")
    assert list(Product.objects.values_list("part_number", "type", "bin", "active")) == [
        ("EBOOK", "digital", "", False),
        ("MUG", "physical", "A1", True),
    ]


def test_a_file_changes_only_the_columns_it_has() -> None:
    """And says what changes; what stands like this already is left alone."""
    add_product("MUG", by="Ada", description="Mug", bin_name="A1")
    add_product("CUP", by="Ada", description="Cup", bin_name="A2")
    answers = apply(read_product_rows("part_number,bin\nMUG,B7\nCUP,A2\n"), by="Ada")
    assert [each.sentence for each in answers] == ["MUG: bin A1 → B7.", "CUP is already like this."]
    assert listed() == [("CUP", "Cup"), ("MUG", "Mug")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "The file is empty"),
        ("name,bin\nMug,A1\n", "“part_number” is missing"),
        ("sku,colour\nMUG,red\n", "no column “colour”"),
        ("sku,part_number\nMUG,MUG\n", "Two columns mean the part number"),
        (b"PK\x03\x04 a workbook", "The file is a spreadsheet, not CSV"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_as_a_whole(content: str | bytes, words: str) -> None:
    """Before any row is looked at."""
    with pytest.raises(Refused, match=words):
        read_product_rows(content)


@pytest.mark.parametrize("row", ["MUG,red,", "MUG,,red", "MUG,,,red"])
def test_a_text_under_no_heading_refuses_its_row(row: str) -> None:
    """Whichever of several columns without a heading it stands in, or beyond the last."""
    (read,) = read_product_rows(f"sku,,\n{row}\n")
    assert (read.part_number, read.trouble) == ("MUG", "“red” has no column heading.")


def test_a_row_that_ends_early_leaves_what_it_does_not_have() -> None:
    """An empty cell clears the bin, one that is not there tells nothing."""
    short, empty = read_product_rows("sku,name,bin\nMUG,Mug\nCUP,Cup,\n")
    assert (short.values, empty.values) == ({"description": "Mug"}, {"description": "Cup", "bin": ""})


def test_the_product_list_comes_out_as_a_file_that_can_be_read_back() -> None:
    """In the same columns, with nothing that a spreadsheet takes for a formula."""
    add_product("=MUG", by="Ada", description='Mug, "large"', bin_name="A1")
    edit_product(add_product("CUP", by="Ada").pk, by="Ada", active=False)
    assert {each.outcome.value for each in plan(read_product_rows(products_csv()))} == {"unchanged"}


def test_ten_thousand_rows_take_a_few_statements() -> None:
    """Three for each two thousand."""
    rows = read_product_rows("sku,name\n" + "".join(f"P-{number},Thing {number}\n" for number in range(10_000)))
    with CaptureQueriesContext(connection) as queries:
        apply(rows, by="Ada")
    assert len(queries) <= 3 * 5 + 4
    assert Product.objects.count() == 10_000


def test_a_catalog_s_variants_become_products_and_are_known_by_their_ids() -> None:
    """One without an SKU is called after its ids, as an order's line without one is."""
    stocked = import_variants("WEB-", [item(1, "MUG", alone=True, bin="A1"), item(2), item(3, "DVD", type="digital")])
    assert (stocked.added, stocked.completed) == (3, 0)
    assert listed() == [("DVD", "Thing 3"), ("MUG", "Thing 1"), ("PRODUCT-2-201", "Thing 2")]
    assert Product.objects.get(part_number="MUG").bin == "A1"
    assert {(each.source_product_id, each.source_variant_id) for each in ProductSource.objects.all()} == {
        (1, 101), (1, None), (2, 201), (3, 301),
    }  # fmt: skip


def test_what_the_merchant_wrote_is_not_written_over_by_the_catalog() -> None:
    """Only what was empty is filled."""
    add_product("MUG", by="Ada", description="Our mug")
    stocked = import_variants("WEB-", [item(1, "MUG", bin="A1", type="digital")])
    product = Product.objects.get()
    assert (product.description, product.bin, product.type) == ("Our mug", "A1", "physical")
    assert (stocked.added, stocked.completed) == (0, 1)
    assert import_variants("WEB-", [item(1, "MUG", bin="A9")]).completed == 0
    (change,) = product.changes.all()
    assert (change.by, change.what, change.before, change.after) == ("The catalog of WEB-", "bin", "", "A1")


def test_a_product_says_how_it_came_into_the_list() -> None:
    """By hand, from a file, from a catalog; and what a file changed is in its history."""
    add_product("HAND", by="Ada")
    apply(read_product_rows("part_number,bin\nHAND,B7\nFILE,B8\n"), by="Eve")
    import_variants("WEB-", [item(1, "CATALOG")])
    assert list(Product.objects.values_list("part_number", "origin", "made_by")) == [
        ("CATALOG", "catalog", "WEB-"),
        ("FILE", "file", "Eve"),
        ("HAND", "hand", "Ada"),
    ]
    (change,) = Product.objects.get(part_number="HAND").changes.all()
    assert (change.by, change.what, change.before, change.after) == ("Eve", "bin", "", "B7")
    assert not Product.objects.exclude(part_number="HAND").exclude(changes=None).exists()


def test_a_variant_whose_sku_changed_in_the_store_stays_the_same_product() -> None:
    """It is known by its ids; no second product is made."""
    import_variants("WEB-", [item(1, "MUG")])
    import_variants("WEB-", [item(1, "MUG-NEW")])
    assert listed() == [("MUG", "Thing 1")]
    found = known_products("WEB-", [Item("MUG-NEW", variant=(1, 101))])
    assert found["MUG-NEW"].part_number == "MUG"


def test_a_variant_whose_sku_has_an_alias_is_the_alias_s_product() -> None:
    """What a person said counts for the catalog too."""
    mug = add_product("OUR-MUG", by="Ada")
    ProductAlias.objects.create(source="WEB-", sku="MUG", product=mug)
    import_variants("WEB-", [item(1, "MUG")])
    assert ProductSource.objects.get().product == mug
    assert Product.objects.count() == 1


def test_loading_twice_changes_nothing() -> None:
    """And a second store's variants are links of their own."""
    items = [item(1, "MUG", alone=True), item(2)]
    import_variants("WEB-", items)
    before = list(ProductSource.objects.values())
    again = import_variants("WEB-", items)
    assert (again.added, again.completed) == (0, 0)
    assert list(ProductSource.objects.values()) == before
    import_variants("B-", items)
    assert Product.objects.count() == 2


def test_two_variants_of_one_sku_are_one_product() -> None:
    """Stores have such things."""
    import_variants("WEB-", [item(1, "MUG"), item(2, "MUG")])
    assert Product.objects.count() == 1
    assert ProductSource.objects.count() == 2


def test_stocking_takes_as_many_statements_for_a_thousand_as_for_one() -> None:
    """A fixed number."""
    counted = []
    for number in (1, 1000):
        with CaptureQueriesContext(connection) as queries:
            import_variants("WEB-", [item(1000 * number + each, f"S{number}-{each}") for each in range(number)])
        counted.append(len([each for each in queries if "SAVEPOINT" not in each["sql"]]))
    assert counted[0] == counted[1] <= 7


def variants(**called: Product) -> None:
    """Aliases and links of the store WEB-."""
    ProductAlias.objects.create(source="WEB-", sku="ALIAS", product=called["alias"])
    ProductAlias.objects.create(source="WEB-", source_product_id=7, source_variant_id=70, product=called["alias"])
    ProductSource.objects.create(source="WEB-", source_product_id=5, source_variant_id=50, product=called["linked"])
    ProductSource.objects.create(source="WEB-", source_product_id=5, source_variant_id=None, product=called["linked"])


@pytest.mark.parametrize(
    ("wanted", "part_number"),
    [
        (Item("SKU", variant=(5, 50)), "SKU"),  # the SKU goes before the ids
        (Item("NEW", variant=(5, 50)), "LINKED"),
        (Item("NEW", variant=(5, None)), "LINKED"),
        (Item("NEW", variant=(5, 51)), None),
        (Item("ALIAS"), "OURS"),
        (Item("ALIAS", variant=(5, 50)), "OURS"),  # what a person said before what a catalog taught
        (Item("NEW", variant=(7, 70)), "OURS"),
        (Item("NEW"), None),
        (Item("sku"), None),
        (Item(made_up_part_number(5, 50), has_sku=False, variant=(5, 50)), "LINKED"),
        (Item(made_up_part_number(7, 70), has_sku=False, variant=(7, 70)), "OURS"),
        (Item(made_up_part_number(9, None), has_sku=False, variant=(9, None)), "PRODUCT-9"),
        (Item(made_up_part_number(8, None), has_sku=False, variant=(8, None)), None),
    ],
    ids=str,
)
def test_an_item_is_known_by_sku_then_by_an_alias_then_by_the_store_s_ids(
    wanted: Item, part_number: str | None
) -> None:
    """Each way with its outcome; another store's aliases and ids say nothing."""
    add_product("SKU", by="Ada")
    add_product("PRODUCT-9", by="Ada")
    variants(alias=add_product("OURS", by="Ada"), linked=add_product("LINKED", by="Ada"))
    found = known_products("WEB-", [wanted]).get(wanted.part_number)
    assert (found.part_number if found else None) == part_number
    elsewhere = known_products("B-", [wanted])
    assert {each.part_number for each in elsewhere.values()} <= {"SKU", "PRODUCT-9"}


@pytest.mark.parametrize(
    "values",
    [
        {"source": "WEB-", "sku": ""},
        {"source": "", "sku": "A"},
        {"source": "WEB-", "sku": "A", "source_product_id": 1},
        {"source": "WEB-", "sku": "TAKEN"},
        {"source": "WEB-", "source_product_id": 1},
    ],
    ids=str,
)
def test_the_database_keeps_aliases_apart(values: dict[str, Any]) -> None:
    """An alias is an SKU or a variant of a store, and each of them means one product."""
    mug = add_product("MUG", by="Ada")
    ProductAlias.objects.create(source="WEB-", sku="TAKEN", product=mug)
    ProductAlias.objects.create(source="WEB-", source_product_id=1, product=mug)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductAlias.objects.create(product=mug, **values)


def test_a_variant_of_a_store_is_one_product() -> None:
    """Also a product without variants."""
    mug = add_product("MUG", by="Ada")
    ProductSource.objects.create(source="WEB-", source_product_id=1, product=mug)
    with pytest.raises(IntegrityError, match="variant_is_one_product"), transaction.atomic():
        ProductSource.objects.create(source="WEB-", source_product_id=1, product=mug)
