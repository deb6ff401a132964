"""Orders that wait in the store become sales orders."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.intake.matching.products import UnknownProducts
from counterfoil.intake.updating.conflicts import resolve_conflict
from counterfoil.sales.models import AddressKind, Client, LineKind, OrderLine, Product, SalesOrder
from counterfoil.stores.attention.actions import accept_difference, retry, skip
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import Conflict, LogEntry, LogKind, Payload, UnknownProduct, WebOrder, WebOrderState
from tests.bigcommerce.examples import ADDRESS, LINE, order
from tests.factories import DOWNLOADED, ERROR, NEW, connect, fresh, in_store, run_sync, sales_order, web_order
from tests.sales.factories import line as line_of
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_the_store_s_money_arrives_to_the_cent(store: SandboxStore) -> None:
    """Every kind of order is imported; its parts add up to the store's own total, digit by digit."""
    ids = [store.place(1, kind=kind)[0] for kind in store.control("GET", "/kinds")["kinds"]]
    done = run_sync(connect(store, new_statuses=[NEW, StatusId.PENDING, StatusId.AWAITING_PAYMENT]))
    assert done.imports.outcomes == {"Imported": len(ids)}, [item.sentence for item in attention()]
    for order_id in ids:
        there, here = in_store(store, order_id), sales_order(order_id)
        parts = here.subtotal - here.discount + here.shipping + here.handling + here.wrapping + here.fees
        assert (here.total, here.tax) == (Decimal(there["total_inc_tax"]), Decimal(there["total_tax"]))
        assert parts + (0 if here.tax_included else here.tax) == here.total
        assert here.tax_override
        assert here.currency == there["default_currency_code"]
        assert sum(line.quantity for line in here.lines.all()) == there["items_total"]


def test_an_order_carries_its_import_id_and_the_store_s_number(store: SandboxStore) -> None:
    """Import source code and BigCommerce order ID make the import ID; the number is the default PO number."""
    (order_id,) = store.place(1)
    run_sync(connect(store))
    here = sales_order(order_id)
    assert here.import_id == f"WEB-{order_id}"
    assert here.web_order_number == here.po_number == str(order_id)
    assert here.status.role == "initial"


def test_importing_again_without_a_change_writes_only_the_acknowledgement(store: SandboxStore) -> None:
    """An order set back to a new order status as it was changes nothing in the sales data (I8)."""
    (order_id,) = store.place(1)
    integration = connect(store)
    run_sync(integration)
    before = SalesOrder.objects.values().get()
    store.edit(order_id, status_id=NEW)
    done = run_sync(integration)
    assert done.imports.outcomes == {"Unchanged": 1}
    assert SalesOrder.objects.values().get() == before
    assert in_store(store, order_id)["status_id"] == DOWNLOADED


def test_an_order_set_back_to_new_updates_the_same_sales_order(store: SandboxStore) -> None:
    """What differs is written, field by field in the history; no second sales order is made (rule 8)."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    run_sync(integration)
    line = in_store(store, order_id)["products"][0]
    store.edit(order_id, status_id=NEW, lines=[{"id": line["id"], "quantity": line["quantity"] + 2}])
    store.edit(order_id, customer_message="Ring twice")
    done = run_sync(integration)
    assert done.imports.outcomes == {"Updated": 1}
    here = sales_order(order_id)
    assert SalesOrder.objects.count() == 1
    assert here.customer_message == "Ring twice"
    assert here.lines.get(source_id=line["id"]).quantity == line["quantity"] + 2
    assert here.total == Decimal(in_store(store, order_id)["total_inc_tax"])
    assert {"customer message", "total"} <= {change.field for change in here.changes.all()}


def test_a_change_in_the_store_alone_is_not_taken_over(store: SandboxStore) -> None:
    """Only an order set back to a new order status is read again (rule 8)."""
    (order_id,) = store.place(1)
    integration = connect(store)
    run_sync(integration)
    store.edit(order_id, customer_message="Too late")
    run_sync(integration)
    assert sales_order(order_id).customer_message != "Too late"


def test_what_a_person_changed_here_too_waits_for_a_decision(store: SandboxStore) -> None:
    """Both values are shown and a person picks (rule 8)."""
    (order_id,) = store.place(1)
    integration = connect(store)
    run_sync(integration)
    SalesOrder.objects.update(customer_message="Ours")
    store.edit(order_id, status_id=NEW, customer_message="Theirs")
    run_sync(integration)
    conflict = Conflict.objects.get()
    assert (conflict.ours, conflict.theirs) == ("Ours", "Theirs")
    assert LogEntry.objects.filter(text__endswith="changed, 1 needs a decision.").count() == 1
    assert sales_order(order_id).customer_message == "Ours"
    resolve_conflict(conflict.pk, ours=False, by="Ada")
    assert sales_order(order_id).customer_message == "Theirs"
    assert attention() == []


def test_lines_shipped_here_are_not_taken_away(store: SandboxStore) -> None:
    """Lines and money are updated together or not at all; what contradicts shipped quantities waits (rule 8)."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    run_sync(integration)
    first = in_store(store, order_id)["products"][0]
    store.edit(order_id, lines=[{"id": first["id"], "quantity": 5}], status_id=NEW)
    run_sync(integration)
    OrderLine.objects.filter(source_id=first["id"]).update(shipped=5)
    total = sales_order(order_id).total
    store.edit(order_id, lines=[{"id": first["id"], "quantity": 1}], status_id=NEW)
    run_sync(integration)
    assert sales_order(order_id).total == total
    assert OrderLine.objects.get(source_id=first["id"]).quantity == 5
    assert "already shipped" in Conflict.objects.get().ours


def test_an_unknown_product_stops_only_its_own_order(store: SandboxStore) -> None:
    """The store shows Manual Verification Required, and a clerk reads which part number is missing (rule 4)."""
    good, bad = store.place(2, kind="guest")
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    for line in in_store(store, good)["products"]:
        Product.objects.get_or_create(part_number=line["sku"])
    first = in_store(store, bad)["products"][0]
    store.edit(bad, lines=[{"id": first["id"], "sku": "NO-SUCH-SKU"}])
    done = run_sync(integration)
    assert done.imports.outcomes == {"Imported": 1, "NotImported": 1}
    assert in_store(store, bad)["status_id"] == ERROR
    (item,) = attention()
    assert item.code == "unknown_product"
    assert "NO-SUCH-SKU" in item.sentence


def test_a_refused_order_with_its_product_added_and_set_back_to_new_is_imported(store: SandboxStore) -> None:
    """It becomes a sales order; it is not merely acknowledged."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    run_sync(integration)
    assert not SalesOrder.objects.exists()
    for line in in_store(store, order_id)["products"]:
        Product.objects.get_or_create(part_number=line["sku"])
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    assert sales_order(order_id).import_id == f"WEB-{order_id}"
    assert in_store(store, order_id)["status_id"] == DOWNLOADED
    assert attention() == []


def test_retry_imports_an_order_that_stands_in_the_import_error_status(store: SandboxStore) -> None:
    """Nobody has to touch the store: a retry reads it again where Counterfoil put it (rule 2)."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    run_sync(integration)
    for line in in_store(store, order_id)["products"]:
        Product.objects.get_or_create(part_number=line["sku"])
    assert retry([f"WEB-{order_id}"]) == 1
    run_sync(integration)
    assert sales_order(order_id)
    assert in_store(store, order_id)["status_id"] == DOWNLOADED


def test_an_order_skipped_for_a_reason_needs_nobody_any_more(store: SandboxStore) -> None:
    """Skip leaves the order ignored, with who and why (I2)."""
    (order_id,) = store.place(1, kind="guest")
    run_sync(connect(store, unknown_product=UnknownProduct.REFUSE))
    assert skip(f"WEB-{order_id}", why="a test order", by="Ada") == 1
    assert attention() == []
    assert web_order(order_id).state == WebOrderState.IGNORED
    assert "Ada" in web_order(order_id).reason


def test_a_difference_in_the_total_is_not_imported_until_a_manager_accepts_it(store: SandboxStore) -> None:
    """The sum is shown; what a manager accepts becomes a visible Rounding line (rule 14)."""
    (order_id,) = store.place(1, kind="guest")
    total = Decimal(in_store(store, order_id)["total_inc_tax"])
    store.edit(order_id, total_inc_tax=f"{total + Decimal('0.03'):.4f}", raw=True)
    integration = connect(store)
    run_sync(integration)
    (item,) = attention()
    currency = in_store(store, order_id)["default_currency_code"]
    assert (item.difference, item.currency) == (Decimal("0.03"), currency)
    assert "0.03" in item.sentence
    accept_difference(f"WEB-{order_id}", by="Max")
    noted = LogEntry.objects.filter(kind=LogKind.SETTINGS, import_id=f"WEB-{order_id}").values_list("text", flat=True)
    assert list(noted) == [f"Max accepted a difference of 0.03 {currency} as a Rounding line."]
    run_sync(integration)
    here = sales_order(order_id)
    assert here.rounding == Decimal("0.03")
    assert here.total == total + Decimal("0.03")


def test_a_store_may_accept_small_differences_by_itself(store: SandboxStore) -> None:
    """Up to the set number of cents, the difference becomes a Rounding line without asking (rule 14)."""
    (order_id,) = store.place(1, kind="guest")
    total = Decimal(in_store(store, order_id)["total_inc_tax"])
    store.edit(order_id, total_inc_tax=f"{total - Decimal('0.02'):.4f}", raw=True)
    run_sync(connect(store, accept_cents=2))
    assert sales_order(order_id).rounding == Decimal("-0.02")


def test_an_archived_order_is_ignored_with_that_reason(store: SandboxStore) -> None:
    """It is listed as ignored, not lost."""
    (order_id,) = store.place(1)
    store.edit(order_id, is_deleted=True)
    run_sync(connect(store))
    assert not SalesOrder.objects.exists()
    seen = WebOrder.objects.filter(bigcommerce_order_id=order_id).first()
    assert seen is None or "archived" in seen.reason


def test_orders_created_before_the_cut_off_are_left_alone(store: SandboxStore) -> None:
    """They are counted, not imported."""
    store.place(3)
    integration = connect(store, not_before=timezone.now().date() + timedelta(days=2))
    run_sync(integration)
    assert not SalesOrder.objects.exists()
    assert fresh(integration).state.before_cut_off == 3


def test_an_order_outside_the_new_order_status_is_counted_not_imported(store: SandboxStore) -> None:
    """The dashboard says how many stand elsewhere."""
    (order_id,) = store.place(1)
    store.edit(order_id, status_id=StatusId.AWAITING_PAYMENT)
    integration = connect(store)
    run_sync(integration)
    assert not SalesOrder.objects.exists()
    assert fresh(integration).state.counts == {"7": 1}


def test_an_order_in_the_forms_of_real_stores_is_imported(store: SandboxStore) -> None:
    """Ids and quantities as text, a postcode as a number, none in four forms, a sum as floating point writes it."""
    line = LINE | {"id": "7", "quantity": "2", "sku": 4006381333931, "parent_order_product_id": {}, "variant_id": "",
                   "applied_discounts": "", "order_pickup_method_id": []}  # fmt: skip
    odd = order(channel_id="1", customer_id=None, is_deleted="0", external_source={}, status=None, items_total="2")
    odd |= {"total_inc_tax": 13.500000000000002, "billing_address": ADDRESS | {"zip": 78701, "company": []}}
    shipping = {"line_items": {"0": line}, "form_fields": {}, "cost_inc_tax": 3.5000000000000004}
    odd["consignments"]["shipping"][0] |= shipping
    store.place_raw(odd | {"consignments": [odd["consignments"]]})
    done = run_sync(connect(store))
    assert done.imports.outcomes["Imported"] == 1, attention()
    here = sales_order(100)
    assert str(here.total) == "13.5"
    assert [(each.part_number, each.quantity) for each in here.lines.all()] == [("4006381333931", 2)]
    assert here.addresses.get(kind=AddressKind.BILL_TO).postcode == "78701"


@pytest.mark.parametrize("listed", [True, False])
def test_an_order_with_a_quantity_below_zero_is_refused_in_words(store: SandboxStore, listed: bool) -> None:
    """As returns are written by some, with totals below zero too; also where `/products` shows nothing."""
    found = order(total_inc_tax="-6.0000", subtotal_inc_tax="-6.0000", items_total=-3)
    found["consignments"]["shipping"][0]["line_items"][0] |= {"quantity": -3, "total_inc_tax": "-6.0000"}
    store.place_raw(found)
    if listed:
        store.fault("GET", "products", status=200, body=found["consignments"]["shipping"][0]["line_items"])
    run_sync(connect(store))
    (item,) = attention()
    assert (item.code, item.sentence) == ("quantity", "The item “MUG” has the quantity -3.")
    assert "Correct the order in BigCommerce" in item.next_step


def test_a_list_of_lines_that_is_empty_takes_none_of_them_away(store: SandboxStore) -> None:
    """The store counts none, or more than came with the order, and `/products` shows nothing."""
    store.place_raw(order(id=100, items_total=0))
    store.place_raw(order(id=101, items_total=5))
    run_sync(connect(store))
    assert sales_order(100).lines.get().quantity == 2
    (item,) = attention()
    assert item.sentence == "BigCommerce counts 5 items in this order but sent only 2 of them."


def test_a_payload_that_cannot_be_read_is_kept_and_listed(store: SandboxStore) -> None:
    """Its bytes are stored, the reason is listed, its neighbors are imported."""
    good = store.place(2)
    store.place_raw(b'{"id": 990001, "status_id": 11, "date_created": "soon", "total_inc_tax": "NaN"}', order_id=990001)
    done = run_sync(connect(store))
    assert done.imports.outcomes["Imported"] == 2
    assert {order.bigcommerce_order_id for order in WebOrder.objects.filter(state="imported")} == set(good)
    kept = Payload.objects.get(web_order__bigcommerce_order_id=990001)
    assert b"soon" in bytes(kept.order)
    assert attention()[0].code == "unreadable"


def test_every_version_of_an_order_is_kept_byte_for_byte(store: SandboxStore) -> None:
    """A re-import adds a version; the first stays as it was."""
    (order_id,) = store.place(1)
    integration = connect(store)
    run_sync(integration)
    first = bytes(Payload.objects.get().order)
    store.edit(order_id, status_id=NEW, customer_message="again")
    run_sync(integration)
    assert Payload.objects.count() >= 2
    assert bytes(Payload.objects.order_by("pk").first().order) == first


def test_the_client_of_a_company_is_called_like_the_company_and_a_person_by_both_names(store: SandboxStore) -> None:
    """Client name = company if there is one, else first and last name."""
    (company,) = store.place(1, kind="company")
    integration = connect(store)
    run_sync(integration)
    (guest,) = store.place(1, kind="guest")
    bill_to = in_store(store, company)["billing_address"]
    assert sales_order(company).client.name == bill_to["company"]
    store.edit(guest, billing_address={"first_name": "Madonna", "last_name": "Ciccone", "company": ""})
    (wallet,) = store.place(1, kind="guest")
    store.edit(wallet, billing_address={"first_name": "Björk", "last_name": "-", "company": "N/A"})
    run_sync(integration)
    assert [sales_order(number).client.name for number in (guest, wallet)] == ["Madonna Ciccone", "Björk"]


def test_two_orders_of_one_customer_have_one_client(store: SandboxStore) -> None:
    """The customer ID decides first (rule 6)."""
    one, two = store.place(2, kind="company")
    store.edit(one, customer_id=77)
    store.edit(two, customer_id=77)
    run_sync(connect(store))
    assert sales_order(one).client == sales_order(two).client
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    "kind", ["kit", "pickup", "digital", "gift_certificate", "over_fifty_lines", "several_addresses"]
)
def test_each_kind_of_order_arrives_as_it_is(store: SandboxStore, kind: str) -> None:
    """Kits hang together, pickups and addresses are there, what is not shipped needs no address."""
    (order_id,) = store.place(1, kind=kind)
    run_sync(connect(store))
    here = sales_order(order_id)
    there = in_store(store, order_id)
    lines = {line.source_id: line for line in here.lines.select_related("ship_to")}
    assert lines.keys() == {line["id"] for line in there["products"]}
    for each in there["products"]:
        line = lines[each["id"]]
        parent = each.get("parent_order_product_id")
        assert (line.parent_position is None) == (not parent)
        if parent:
            assert line.parent_position == lines[parent].position
            assert line.total == 0
        assert line.options == "\n".join(
            f"{option['display_name']}: {option['display_value']}" for option in each["product_options"]
        )
        if line.kind == LineKind.PHYSICAL:
            assert line.ship_to is not None
            assert line.ship_to.kind in (AddressKind.SHIP_TO, AddressKind.PICKUP)
        else:
            assert line.ship_to is None
    if kind == "pickup":
        assert here.addresses.filter(kind=AddressKind.PICKUP).exists()
    if kind == "several_addresses":
        assert here.addresses.filter(kind=AddressKind.SHIP_TO).count() > 1
    if kind == "over_fifty_lines":
        assert len(lines) > 50


def test_what_the_store_has_shipped_before_import_is_not_open(store: SandboxStore) -> None:
    """Quantities already shipped or refunded in the store are taken over, so that only the rest is open."""
    (order_id,) = store.place(1, kind="guest")
    first = in_store(store, order_id)["products"][0]
    store.edit(order_id, lines=[{"id": first["id"], "quantity": 5}])
    address = in_store(store, order_id)["products"][0]["order_address_id"]
    store.ship(order_id, order_address_id=address, items=[{"order_product_id": first["id"], "quantity": 2}])
    store.refund(order_id, {"item_type": "PRODUCT", "item_id": first["id"], "quantity": 1})
    store.edit(order_id, status_id=NEW)
    run_sync(connect(store))
    line = OrderLine.objects.get(source_id=first["id"])
    assert (line.quantity, line.shipped, line.cancelled, line.open) == (5, 2, 1, 2)


def test_the_log_tells_what_happened_to_an_order(store: SandboxStore) -> None:
    """One line for the import and one for what the store was told."""
    (order_id,) = store.place(1)
    run_sync(connect(store))
    kinds = set(LogEntry.objects.filter(import_id=f"WEB-{order_id}").values_list("kind", flat=True))
    assert kinds == {LogKind.IMPORTED, LogKind.SENT}


def test_a_page_that_is_too_much_for_the_store_is_halved(store: SandboxStore) -> None:
    """All orders come all the same, in smaller pages."""
    ids = store.place(12)
    store.fault(method="GET", path="^/v2/orders$", query="limit=(250|125|62|31|15)&.*include", status=500)
    run_sync(connect(store))
    assert set(WebOrder.objects.values_list("bigcommerce_order_id", flat=True)) == set(ids)
    assert SalesOrder.objects.count() == 12


def test_of_many_unknown_products_five_are_named() -> None:
    """With the beginning of a long description; all of them are kept to be added at once."""
    lines = [line_of(number, part_number=f"P{number}", description="Mug " * 50) for number in range(1, 8)]
    refused = UnknownProducts(lines)
    mug = ("Mug " * 50)[:60]
    named = ", ".join(f"P{number} ({mug})" for number in range(1, 6))
    assert refused.sentence == f"The products {named}, 2 more are not in the product list."
    assert UnknownProducts(lines[:1]).sentence == f"The product P1 ({mug}) is not in the product list."
    assert refused.part_numbers == tuple(f"P{number}" for number in range(1, 8))
