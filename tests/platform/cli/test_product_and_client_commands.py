"""Products and clients from the command line, and the options of a store that concern them."""

import logging
from pathlib import Path

import pytest

from counterfoil.bigcommerce import StatusId
from counterfoil.intake.catalog import load as catalog
from counterfoil.sales.models import Client, ClientChange, MatchRule, Product, ProductAlias, SalesOrder
from counterfoil.stores.models import UnknownProduct, WebIntegration, WebOrder
from tests.factories import connect, fresh, run_sync, web_order
from tests.platform.commands import Ended, run
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
PART_NUMBERS = "OUR-1,Tea towel\n,No number\nOUR-2,Teapot\n"


def assert_sentence(ended: Ended, code: int, words: str) -> None:
    assert (ended.code, words in ended.complained) == (code, True), ended


def kept_out(store: SandboxStore, integration: WebIntegration) -> tuple[WebOrder, str]:
    """An order that one unknown SKU keeps from being imported, and the SKU."""
    (order_id,) = store.place(1, kind="registered")
    run_sync(integration)
    found = web_order(order_id)
    sku, *others = found.unknown_skus
    Product.objects.bulk_create([Product(part_number=other) for other in others])
    return found, sku


def is_imported(integration: WebIntegration, found: WebOrder) -> bool:
    run_sync(integration)
    return SalesOrder.objects.filter(web_order=found).exists()


def test_an_added_product_brings_in_what_it_kept_out(store: SandboxStore) -> None:
    """`product add` tries the orders again that lacked it."""
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    found, sku = kept_out(store, integration)
    (row,) = run("product", "add", sku, "Tea towel", "--type", "digital", "--bin", "A 3", "--json").json
    assert row == {
        "part_number": sku,
        "description": "Tea towel",
        "type": "digital",
        "bin": "A 3",
        "active": True,
        "upc": "",
    }
    assert is_imported(integration, found)


def test_a_product_that_is_added_again_is_described_anew() -> None:
    """`product add` of a known part number brings it into use; what is not given stays."""
    Product.objects.create(part_number="MUG", description="Cup", bin="A 1", active=False)
    (row,) = run("product", "add", " MUG ", "Mug", "--json").json
    assert row == {
        "part_number": "MUG",
        "description": "Mug",
        "type": "physical",
        "bin": "A 1",
        "active": True,
        "upc": "",
    }


@pytest.mark.parametrize("sku", [" ", "A\nB", "M" * 301])
def test_what_is_no_part_number_is_wrong_usage(sku: str) -> None:
    """`product add` says what a part number is, and ends with 2."""
    assert_sentence(run("product", "add", sku, "Nothing"), 2, "part number")
    assert not Product.objects.exists()


def test_a_file_of_products_is_tried_and_then_imported(tmp_path: Path) -> None:
    """`product import --dry-run` writes nothing; without it the good rows are taken. A refused row ends it with 1."""
    Product.objects.create(part_number="OUR-2", description="Pot")
    file = tmp_path / "products.csv"
    file.write_text(f"SKU;Title\n{PART_NUMBERS}".replace(",", ";"))
    tried = run("product", "import", str(file), "--dry-run")
    assert (tried.code, Product.objects.count()) == (1, 1)
    assert "1 would be added, 1 would be changed, 0 unchanged, 1 refused." in tried.said
    done = run("product", "import", str(file), "--json")
    assert done.code == 1
    outcomes = [(row["row"], row["part_number"], row["outcome"]) for row in done.json]
    assert outcomes == [(2, "OUR-1", "added"), (3, "", "refused"), (4, "OUR-2", "changed")]
    assert done.json[1]["next_step"]
    assert dict(Product.objects.values_list("part_number", "description")) == {"OUR-1": "Tea towel", "OUR-2": "Teapot"}
    again = run("product", "import", "-", given=b"sku,title\nOUR-1,Tea towel\n")
    assert (again.code, "0 added, 0 changed, 1 unchanged, 0 refused." in again.said) == (0, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "The file is empty."), (b"sku,colour\n", "There’s no column"), (b"PK\x03\x04", "a spreadsheet, not CSV")],
)
def test_a_file_that_cannot_be_used_is_wrong_usage(content: bytes, words: str) -> None:
    """`product import` of what is no list of products ends with 2."""
    assert_sentence(run("product", "import", "-", given=content), 2, words)
    assert_sentence(run("product", "import", "/none/such.csv"), 2, "can’t be read")


def test_a_catalog_is_loaded_and_brings_in_what_it_kept_out(store: SandboxStore) -> None:
    """`product load`: each variant is a product, and orders that lacked one are tried again."""
    store.reset(products=30)
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    found, _ = kept_out(store, integration)
    loaded = run("product", "load", "WEB-", "--json")
    assert (loaded.code, loaded.json["finished"], loaded.json["trouble"]) == (0, True, "")
    assert loaded.json["added"] == Product.objects.count() >= loaded.json["products"] > 30
    assert loaded.json["tried_again"] == 1
    assert is_imported(integration, found)
    again = run("product", "load", "WEB-")
    assert (again.code, "0 new." in again.said) == (0, True), again


def test_a_loading_that_is_cut_off_keeps_what_it_has(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """`product load` ends with 3 where the store fails, and tells what was loaded before."""
    caplog.set_level(logging.CRITICAL)
    store.reset(products=60)
    monkeypatch.setattr(catalog, "PAGE", 40)
    connect(store)
    store.fault("GET", "/v3/catalog/products", status=503, skip=1)
    cut = run("product", "load", "WEB-", "--json")
    assert (cut.code, cut.json["finished"], cut.json["products"]) == (3, False, 40)
    assert cut.json["trouble"] in cut.complained
    assert Product.objects.count() == cut.json["added"] > 0


def test_a_missing_permission_is_named_when_products_are_loaded(store: SandboxStore) -> None:
    """`product load` without the permission: its name, and 3."""
    connect(store)
    store.fault("GET", "/v3/catalog/products", status=403)
    assert_sentence(run("product", "load", "WEB-"), 3, "Products: read-only")
    assert_sentence(run("product", "load", "NONE-"), 2, "There’s no web integration NONE-.")


def test_an_alias_brings_in_what_its_sku_kept_out(store: SandboxStore) -> None:
    """`product alias`: the store's SKU is our product; the only store need not be named."""
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    found, sku = kept_out(store, integration)
    Product.objects.create(part_number="OUR-1")
    said = run("product", "alias", sku, "OUR-1", "--json")
    assert (said.code, said.json) == (0, {"store": "WEB-", "sku": sku, "part_number": "OUR-1", "tried_again": 1})
    assert is_imported(integration, found)
    assert SalesOrder.objects.get().lines.get(part_number=sku).product.part_number == "OUR-1"


def test_an_alias_needs_a_product_and_one_store() -> None:
    """`product alias` is refused with 1 for an unknown product, and is wrong usage where the store is not clear."""
    assert_sentence(run("product", "alias", "MUG", "OUR-1"), 2, "Say which store")
    a_store()
    assert_sentence(run("product", "alias", "MUG", "OUR-1"), 1, "There’s no product OUR-1.")
    a_store("B2B-")
    Product.objects.create(part_number="OUR-1")
    assert_sentence(run("product", "alias", "MUG", "OUR-1"), 2, "Say which store")
    assert run("product", "alias", "MUG", "OUR-1", "--store", "B2B-").code == 0
    assert ProductAlias.objects.get().source == "B2B-"


def two_clients() -> tuple[Client, Client]:
    """Ada twice: one with a key and a contact, one with another."""
    clients = []
    for number, email in ((1, "ada@example.com"), (2, "ada@example.org")):
        client = Client.objects.create(name=f"Lovelace, Ada {number}")
        client.contacts.create(
            first_name="Ada", last_name="Lovelace", email=email, email_key=email, phone="+4930123456"
        )
        client.keys.create(source="WEB-", rule=MatchRule.CUSTOMER, value=str(number))
        clients.append(client)
    return clients[0], clients[1]


def test_clients_are_listed_and_found() -> None:
    """`client list --search` finds by name, e-mail and phone."""
    first, second = two_clients()
    rows = run("client", "list", "--json").json
    contact = {
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "phone": "+4930123456",
    }
    assert rows[0] == {"number": first.pk, "name": "Lovelace, Ada 1", "orders": 0, "contacts": [contact]}
    assert [row["number"] for row in rows] == [first.pk, second.pk]
    found = [row["number"] for row in run("client", "list", "--search", "example.org", "--json").json]
    assert found == [second.pk]
    assert len(run("client", "list", "--search", "030 123456", "--json").json) == 2
    assert len(run("client", "list", "--limit", "1", "--json").json) == 1
    assert "ada@example.com" in run("client", "list").said
    assert "No client has this name." in run("client", "list", "--search", "nobody").said


def test_a_merge_is_looked_at_first() -> None:
    """`client merge` without --yes says what would move, warns, and changes nothing."""
    keep, drop = two_clients()
    shown = run("client", "merge", str(keep.pk), str(drop.pk))
    assert shown.code == 0
    assert "Both are customers of WEB-" in shown.said
    assert f"counterfoil client merge {keep.pk} {drop.pk} --yes" in shown.said
    drop.refresh_from_db()
    assert (drop.merged_into, drop.keys.count(), ClientChange.objects.count()) == (None, 1, 0)


def test_two_clients_are_merged() -> None:
    """`client merge --yes` moves all to the one that stays; it is not listed again, and not merged again."""
    keep, drop = two_clients()
    words = ("client", "merge", str(keep.pk), str(drop.pk))
    done = run(*words, "--yes", "--why", "She wrote to us", "--json")
    assert (done.code, done.json["merged"], done.json["drop"]["number"]) == (0, True, drop.pk)
    assert done.json["keys"] == [{"store": "WEB-", "rule": "customer", "value": "2"}]
    assert {"what": "contact", "count": 1} in done.json["moves"]
    assert keep.keys.count() == 2
    assert all("She wrote to us" in change.why for change in ClientChange.objects.all())
    assert [row["number"] for row in run("client", "list", "--json").json] == [keep.pk]
    assert_sentence(run(*words, "--yes"), 1, "was merged into")
    assert_sentence(run("client", "merge", "1", "none"), 2, "none isn’t a whole number")


def test_a_store_s_matching_is_set_by_flags() -> None:
    """`store set`: each rule, the first orders and the client for guests, and all of it back again."""
    a_store()
    guests = Client.objects.create(name="Guests")
    on = run(
        *("store", "set", "WEB-", "--no-match-by-email", "--no-match-by-phone", "--match-by-address"),
        *("--match-across-stores", "--first-orders", "10", "--guest-client", str(guests.pk)),
        *("--shipping-default", "Courier", "--payment-default", "Card", "--json"),
    )
    assert on.code == 0, on
    names = ("match_by_email", "match_by_phone", "match_by_address", "match_across_stores", "first_orders")
    assert [on.json[name] for name in (*names, "guest_client_id")] == [False, False, True, True, 10, guests.pk]
    saved = WebIntegration.objects.get()
    assert (saved.shipping_default, saved.payment_default) == ("Courier", "Card")
    assert run("store", "set", "WEB-", "--not-before", "2026-01-31", "--json").json["not_before"] == "2026-01-31"
    lifted = ("--not-before", "none", "--first-orders", "all", "--guest-client", "none")
    off = run("store", "set", "WEB-", *lifted, "--match-by-email", "--json")
    assert off.json["not_before"] is None
    assert [off.json[name] for name in ("match_by_email", "first_orders", "guest_client_id")] == [True, None, None]
    assert off.json["match_by_address"] is True


def test_a_client_for_guests_has_to_be_there() -> None:
    """`store set --guest-client` with a number that no client has, or one that was merged, is wrong usage."""
    a_store()
    keep, drop = two_clients()
    run("client", "merge", str(keep.pk), str(drop.pk), "--yes")
    for number in (str(drop.pk), "999999999"):
        refused = run("store", "set", "WEB-", "--guest-client", number)
        assert_sentence(refused, 2, f"--guest-client: There is no client with the number {number}.")
    assert WebIntegration.objects.get().guest_client is None


def test_a_store_that_shows_no_products_is_connected_all_the_same(store: SandboxStore) -> None:
    """`store test` notes the permission that only the catalog needs, and ends with 0."""
    integration = connect(store)
    well = run("store", "test", "WEB-", "--json")
    assert (well.code, [check["ok"] for check in well.json]) == (0, [True] * 5)
    store.fault("GET", "/v3/catalog/products", status=403)
    tested = run("store", "test", "WEB-", "--json")
    assert tested.code == 0
    last = tested.json[-1]
    assert (last["name"], last["ok"], last["note"]) == ("Products: read-only", False, True)
    assert "It’s only needed to load products from the catalog." in last["sentence"]
    assert "– Products: read-only" in run("store", "test", "WEB-").said
    store.place(1, kind="registered")
    run_sync(integration)
    assert fresh(integration).state.trouble == ""
    assert store.orders(StatusId.AWAITING_SHIPMENT)


def test_a_client_is_renamed_once() -> None:
    """`client rename` keeps who and why; what is no name ends with 1."""
    client = Client.objects.create(name="Engines")
    found = run("client", "rename", str(client.pk), "Engines Ltd", "--why", "They said so", "--json")
    assert found.json == {"number": client.pk, "name": "Engines Ltd", "changed": True}
    assert "already has this name" in run("client", "rename", str(client.pk), "Engines Ltd").said
    assert ClientChange.objects.get().why == "They said so"
    assert_sentence(run("client", "rename", str(client.pk), " "), 1, "A client needs a name.")


def test_an_order_is_moved_to_another_client_or_to_a_new_one() -> None:
    """`client not-this` says whose it was and is; it wants to know which."""
    order = an_order(a_store())
    other = Client.objects.create(name="Babbage Works")
    moved = run("client", "not-this", "WEB-10234", "--client", str(other.pk), "--why", "Theirs", "--json").json
    assert moved["client"] == {"number": other.pk, "name": "Babbage Works"}
    assert moved["before"]["number"] == order.client_id
    assert "Analytical Engines Ltd" in run("client", "not-this", "WEB-10234", "--new").said
    order.refresh_from_db()
    assert order.client.name == "Analytical Engines Ltd"
    assert run("client", "not-this", "WEB-10234").code == 2
    assert_sentence(run("client", "not-this", "WEB-10234", "--client", "999999"), 1, "This client doesn’t exist.")


def test_an_alias_is_taken_back() -> None:
    """`product alias --remove`; of what nobody said anything it ends with 1, and of two things at once with 2."""
    a_store()
    Product.objects.create(part_number="OUR-1")
    run("product", "alias", "OLD", "OUR-1")
    assert run("product", "alias", "OLD", "--remove", "--json").json == {
        "store": "WEB-",
        "sku": "OLD",
        "removed": "OUR-1",
    }
    assert not ProductAlias.objects.exists()
    assert_sentence(run("product", "alias", "OLD", "--remove"), 1, "OLD isn’t an alias in WEB-.")
    for words in (["OLD"], ["OLD", "OUR-1", "--remove"]):
        assert_sentence(run("product", "alias", *words), 2, "Name the product for the SKU")
