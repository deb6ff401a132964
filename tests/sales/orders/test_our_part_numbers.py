"""What people see, pick and ship by is our part number; what the store sold stands next to it and is found as well."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import pytest

from counterfoil.sales.errors import Refused
from counterfoil.sales.exports.columns import COLUMNS, loaded_for_export, rows_of
from counterfoil.sales.models import LineKind, OrderLine, Product, ProductAlias, SalesOrder
from counterfoil.sales.orders.search import found_by
from counterfoil.sales.products.csv_import import apply as apply_products
from counterfoil.sales.products.csv_import import plan as plan_products
from counterfoil.sales.products.csv_import import read_product_rows
from counterfoil.sales.products.edit import add_product, edit_product
from counterfoil.sales.products.order_lines import give_loaded_products
from counterfoil.sales.shipping.csv_import import apply, open_rows, plan, read_rows
from counterfoil.sales.shipping.csv_parcels import SkuParcel, drafts_by_sku
from counterfoil.sales.shipping.shipments import Tracking, process_shipment
from counterfoil.stores.attention.unknown_skus import add_alias, add_variant_alias, remove_alias
from tests.sales.factories import draft, line, placed
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db
HEAD = "order,tracking,sku,quantity\n"


def an_order(number: int, *skus: str, source: str = "WEB-", **changes: object) -> SalesOrder:
    """An order of a store: two of each SKU."""
    lines = [line(at, part_number=sku, **changes) for at, sku in enumerate(skus, 1)]
    order = placed(draft(*lines, web_order_number=str(number)), import_id=f"{source}{number}")
    SalesOrder.objects.filter(pk=order.pk).update(source=source)
    return SalesOrder.objects.get(pk=order.pk)


def shown(order: SalesOrder) -> list[tuple[str, str]]:
    """Each line: our part number, and what it was sold as."""
    return [(each.our_part_number, each.sold_as) for each in order.lines.all()]


def found(text: str) -> list[str]:
    """The orders that a search finds."""
    return sorted(order.name for order in found_by(SalesOrder.objects.all(), text))


@pytest.fixture
def alias() -> ProductAlias:
    """ODD-1 of the store is our MUG-01, and an order with it is imported."""
    a_store()
    an_order(1, "ODD-1", "PEN")
    add_product("MUG-01", by="Ada")
    add_alias("WEB-", "ODD-1", "MUG-01", by="Ada")
    return ProductAlias.objects.get()


@pytest.fixture
def order(alias: ProductAlias) -> SalesOrder:
    """That order."""
    return SalesOrder.objects.get(import_id=f"{alias.source}1")


def test_an_imported_order_follows_when_an_alias_is_added(order: SalesOrder) -> None:
    """It shows our part number, and keeps what the store sold."""
    assert shown(order) == [("MUG-01", "ODD-1"), ("PEN", "")]
    assert order.lines.first().part_number == "ODD-1"


def test_it_follows_when_the_alias_means_another_product(order: SalesOrder) -> None:
    """Whatever it meant before."""
    add_product("CUP-02", by="Ada")
    add_alias("WEB-", "ODD-1", "CUP-02", by="Ada")
    assert shown(order)[0] == ("CUP-02", "ODD-1")


def test_it_follows_when_the_alias_is_taken_back(order: SalesOrder, alias: ProductAlias) -> None:
    """Then nobody knows any more what it is."""
    remove_alias(alias.pk, by="Ada")
    assert shown(order)[0] == ("ODD-1", "")
    assert order.lines.first().product is None


def test_it_follows_when_its_product_is_renamed(order: SalesOrder) -> None:
    """On every order that has it; a new product of the former name takes nothing away."""
    edit_product(Product.objects.get().pk, by="Ada", part_number="MUG-1B")
    assert shown(order)[0] == ("MUG-1B", "ODD-1")
    assert found("mug-1b") == ["WEB-1"]
    assert found("MUG-01") == []
    add_product("MUG-01", by="Ada")
    assert shown(order)[0] == ("MUG-1B", "ODD-1")


def test_a_renamed_product_was_sold_as_its_former_number() -> None:
    """The order came with that one."""
    order = an_order(1, "PEN")
    product = add_product("PEN", by="Ada")
    assert shown(order) == [("PEN", "")]
    edit_product(product.pk, by="Ada", part_number="PEN-BRASS")
    assert shown(order) == [("PEN-BRASS", "PEN")]


@pytest.mark.parametrize(
    "add",
    [
        lambda: add_product("PEN", by="Ada"),
        lambda: apply_products(read_product_rows("sku\nPEN\n"), by="Ada"),
        lambda: edit_product(add_product("X", by="Ada").pk, by="Ada", part_number="PEN"),
    ],
    ids=["by hand", "from a file", "renamed"],
)
def test_a_product_that_is_added_later_is_that_of_its_lines(add: Callable[[], object]) -> None:
    """Of every store, and of orders made by hand; a gift certificate is no product, another SKU no business of it."""
    orders = [an_order(1, "PEN", "PENCIL"), an_order(2, "PEN", source="B-")]
    certificate = an_order(3, "PEN", kind=LineKind.GIFT_CERTIFICATE)
    add()
    assert [order.lines.first().product.part_number for order in orders] == ["PEN", "PEN"]
    without = OrderLine.objects.filter(product=None).order_by("order_id", "position")
    assert list(without.values_list("part_number", flat=True)) == ["PENCIL", "PEN"]
    assert certificate.lines.get().product is None


def test_a_loaded_catalog_gives_its_products_to_lines_that_lacked_them() -> None:
    """By the store's own ids, where the SKU is another by now; in that store alone."""
    order, other = an_order(1, "OLD", "PEN", source_product_id=7, source_variant_id=70), an_order(2, "OLD", source="B-")
    product = add_product("MUG-01", by="Ada")
    product.sources.create(source="WEB-", source_product_id=7, source_variant_id=70)
    give_loaded_products("WEB-")
    assert shown(order) == [("MUG-01", "OLD"), ("MUG-01", "PEN")]
    assert shown(other) == [("OLD", "")]


def test_an_alias_is_of_one_store(alias: ProductAlias) -> None:
    """Another store's SKU is another matter."""
    assert alias.product.part_number == "MUG-01"
    elsewhere = an_order(9, "ODD-1", source="B-")
    add_alias("WEB-", "ODD-1", "MUG-01", by="Ada")
    assert shown(elsewhere) == [("ODD-1", "")]


def test_what_a_person_said_goes_before_what_a_catalog_taught() -> None:
    """An alias is never without effect."""
    a_store()
    order = an_order(1, "ODD-1", source_product_id=7, source_variant_id=70)
    taught = add_product("TAUGHT", by="Ada")
    taught.sources.create(source="WEB-", source_product_id=7, source_variant_id=70)
    give_loaded_products("WEB-")
    assert shown(order) == [("TAUGHT", "ODD-1")]
    add_product("MUG-01", by="Ada")
    add_alias("WEB-", "ODD-1", "MUG-01", by="Ada")
    assert shown(order) == [("MUG-01", "ODD-1")]
    remove_alias(ProductAlias.objects.get().pk, by="Ada")
    assert shown(order) == [("TAUGHT", "ODD-1")]


def test_an_item_without_an_sku_has_no_sku_next_to_our_part_number() -> None:
    """It is known by its product and variant; the name made of them is not what the store sold it as."""
    a_store()
    order = an_order(1, "PRODUCT-7-70", source_product_id=7, source_variant_id=70)
    first, second = add_product("MUG-01", by="Ada"), add_product("CUP-02", by="Ada")
    add_variant_alias("WEB-", 7, 70, first.part_number, by="Ada")
    assert shown(order) == [("MUG-01", "")]
    add_variant_alias("WEB-", 7, 70, second.part_number, by="Ada")
    assert shown(order) == [("CUP-02", "")]
    assert [(each.before, each.after) for each in first.changes.all()] == [("", "7-70"), ("7-70", "")]
    remove_alias(ProductAlias.objects.get().pk, by="Ada")
    assert shown(order) == [("PRODUCT-7-70", "")]


def test_an_order_is_found_by_both(order: SalesOrder, alias: ProductAlias) -> None:
    """By the store's SKU always, by our part number as long as it is that."""
    assert found("mug 01") == found("MUG-01") == found("odd-1") == [order.name]
    remove_alias(alias.pk, by="Ada")
    assert (found("MUG-01"), found("ODD-1")) == ([], [order.name])


def test_no_sku_is_both_a_part_number_and_an_alias(alias: ProductAlias) -> None:
    """Refused wherever it would come about, each time with what to do."""
    said = f"{alias} is what WEB- calls MUG-01. Remove that alias first."
    with pytest.raises(Refused, match=said):
        add_product("ODD-1", by="Ada")
    with pytest.raises(Refused, match=said):
        edit_product(add_product("PEN", by="Ada").pk, by="Ada", part_number="ODD-1")
    rows = read_product_rows("sku\nODD-1\nCUP\n")
    for answers in (plan_products(rows), apply_products(rows, by="Ada")):
        assert [(each.outcome.value, each.sentence) for each in answers] == [
            ("refused", "ODD-1 is what WEB- calls MUG-01."),
            ("added", "CUP is new."),
        ]
    with pytest.raises(Refused, match=r"PEN is a product itself\. If PEN should mean MUG-01"):
        add_alias("WEB-", "PEN", "MUG-01", by="Ada")


@pytest.mark.parametrize("sku", ["MUG-01", "mug-01", "ODD-1", "odd-1"])
def test_a_file_may_name_either_and_the_answer_speaks_of_ours(order: SalesOrder, sku: str) -> None:
    (answer,) = apply(read_rows(f"{HEAD}WEB-1,1Z1,{sku},1\n"), by="Ada")
    assert (answer.outcome.value, answer.sentence) == ("ok", "Shipped 1 × MUG-01.")
    again = plan(read_rows(f"{HEAD}WEB-1,1Z1,ODD-1,1\n"))
    assert [each.outcome.value for each in again] == ["skipped"]
    assert order.lines.first().shipped == 1


def test_both_names_in_one_parcel_are_added_up() -> None:
    """The SKU takes from its own line, our part number from whatever line has it."""
    a_store()
    order = an_order(1, "MUG-01", "ODD-1")
    add_product("MUG-01", by="Ada")
    add_alias("WEB-", "ODD-1", "MUG-01", by="Ada")
    parcel = SkuParcel(Tracking(), {"mug-01": 2, "odd-1": 2})
    process_shipment(order.pk, drafts_by_sku(order.pk, [parcel]), by="Ada")
    assert list(order.lines.values_list("shipped", flat=True)) == [2, 2]


def test_more_than_is_open_is_refused_whatever_it_is_called(order: SalesOrder) -> None:
    """Two names do not double what there is."""
    with pytest.raises(Refused, match="2 × MUG-01 is too many: 1 still open"):
        drafts_by_sku(order.pk, [SkuParcel(Tracking(), {"mug-01": 1, "odd-1": 2})])
    with pytest.raises(Refused, match=r"It has: MUG-01 \(sold as ODD-1\), PEN."):
        drafts_by_sku(order.pk, [SkuParcel(Tracking(), {"no": 1})])


def test_our_part_number_goes_first_where_a_name_is_both() -> None:
    """A line's SKU that is our part number of another line of the order means that other line."""
    a_store()
    order = an_order(1, "X", "MUG-01")
    mug, cup = add_product("MUG-01", by="Ada"), add_product("CUP-02", by="Ada")
    order.lines.filter(part_number="X").update(product=mug)
    order.lines.filter(part_number="MUG-01").update(product=cup)
    assert shown(order) == [("MUG-01", "X"), ("CUP-02", "MUG-01")]
    process_shipment(order.pk, drafts_by_sku(order.pk, [SkuParcel(Tracking(), {"mug-01": 2})]), by="Ada")
    assert list(order.lines.values_list("shipped", flat=True)) == [2, 0]


def test_the_file_of_what_is_open_names_ours_and_can_be_given_back(order: SalesOrder) -> None:
    """All of it is shipped."""
    rows = list(open_rows())
    assert {cell for row in rows for cell in row} & {"MUG-01", "ODD-1", "PEN"} == {"MUG-01", "PEN"}
    text = io.StringIO()
    csv.writer(text).writerows([["order", "carrier", "service", "tracking_number", "tracking_link", "sku", "quantity"]])
    csv.writer(text).writerows(row[:7] for row in rows)
    assert {each.outcome.value for each in apply(read_rows(text.getvalue()), by="Ada")} == {"ok"}
    assert not any(each.open for each in order.lines.all())


def test_an_export_has_ours_as_the_sku_and_the_stores_next_to_it(order: SalesOrder) -> None:
    """The columns that were there stand where they stood."""
    (loaded,) = loaded_for_export([order.pk])
    first, second = (dict(zip(COLUMNS, row, strict=True)) for row in rows_of(loaded, refunded=Decimal(0)))
    assert (first["sku"], first["sold_as"]) == ("MUG-01", "ODD-1")
    assert (second["sku"], second["sold_as"]) == ("PEN", "")


def test_a_line_that_is_written_while_its_product_is_renamed_has_the_new_number() -> None:
    """The database keeps it, whoever writes: also a row that an old program wrote."""
    product = add_product("MUG-01", by="Ada")
    order = an_order(1, "ODD-1")
    stale = order.lines.get()
    order.lines.update(product=product)
    stale.product = product
    stale.product_number = "WRONG"
    stale.save()
    assert shown(order) == [("MUG-01", "ODD-1")]
