"""The sandbox store's answers are as the vendor describes them."""

from collections.abc import Iterator

import pytest
from openapi_schema_validator import OAS30Validator

from tests.sandbox import vendor
from tests.sandbox.receiver import Receiver
from tests.sandbox_store import SandboxStore

ORDER_PARTS = ("products", "shipping_addresses", "coupons", "taxes?details=true", "messages", "fees", "shipments")


@pytest.fixture(scope="module")
def filled() -> Iterator[SandboxStore]:
    with SandboxStore("--products", "150", orders=20, seed=3, examples=vendor.DESCRIPTIONS) as store:
        store.set(quota=100_000)
        for kind in store.control("GET", "/kinds")["kinds"]:
            store.place(kind=kind)
        yield store


@pytest.fixture(scope="module")
def judge(filled: SandboxStore) -> vendor.Judge:
    return vendor.Judge(filled)


def test_every_order_is_as_described_with_its_consignments_and_fees(judge: vendor.Judge) -> None:
    """Published and made orders alike, in lists and alone."""
    query = "limit=250&include=consignments.line_items,fees&consignment_structure=object"
    orders = judge.get(f"/v2/orders?{query}")
    assert len(orders) == len(judge.store.orders())
    assert judge.get(f"/v2/orders/{orders[0]['id']}?{query}") == orders[0]


def test_orders_with_links_only_are_as_described(judge: vendor.Judge) -> None:
    """Without include everything that hangs on an order is a link."""
    for order in judge.get("/v2/orders?limit=250"):
        assert order["consignments"]["resource"] == f"/orders/{order['id']}/consignments"


@pytest.mark.parametrize("part", ORDER_PARTS)
def test_what_hangs_on_an_order_is_as_described(judge: vendor.Judge, part: str) -> None:
    """Of every order: lists, or 204 where there is nothing."""
    for order in judge.store.orders():
        judge.get(f"/v2/orders/{order['id']}/{part}")


def test_consignments_of_their_own_are_as_described(judge: vendor.Judge) -> None:
    """GET /orders/{id}/consignments."""
    for order in judge.store.orders()[:40]:
        judge.get(f"/v2/orders/{order['id']}/consignments")


def test_counts_and_statuses_are_as_described(judge: vendor.Judge) -> None:
    """One row for each of the fifteen statuses."""
    assert len(judge.get("/v2/orders/count")["statuses"]) == 15
    assert len(judge.get("/v2/order_statuses")) == 15
    assert judge.get("/v2/order_statuses/11")["name"] == "Awaiting Fulfillment"


def test_store_information_and_time_are_as_described(judge: vendor.Judge) -> None:
    """What a connection test reads."""
    assert judge.get("/v2/store", "store")["id"] == "sandbox"
    assert judge.get("/v2/time", "store")["time"] > 0


def test_writing_answers_as_described(judge: vendor.Judge) -> None:
    """PUT of an order, POST and PUT of a shipment."""
    store, order_id = judge.store, judge.store.place(kind="options")[0]
    order = store.order(order_id)
    path = f"/v2/orders/{order_id}"
    judge.hold("v2", "PUT", path, store.api("PUT", path, {"status_id": 9}))
    items = [{"order_product_id": order["lines"][0]["id"], "quantity": 1}]
    body = {"order_address_id": order["addresses"][0]["id"], "items": items, "shipping_provider": "ups"}
    answer = store.api("POST", f"{path}/shipments", body)
    assert answer.status == 201
    shipment = judge.hold("v2", "POST", f"{path}/shipments", answer)
    one = f"{path}/shipments/{shipment['id']}"
    judge.hold("v2", "PUT", one, store.api("PUT", one, {"tracking_number": "1Z"}))
    judge.get(one)
    judge.get(f"{path}/shipments/count")


def test_transactions_and_refunds_are_as_described(judge: vendor.Judge) -> None:
    """V3: of each order, and the batch of refunds."""
    order_id = judge.store.place(kind="kit")[0]
    judge.store.refund(order_id)
    judge.get(f"/v3/orders/{order_id}/payment_actions/refunds", "v3")
    found = judge.get(f"/v3/orders/payment_actions/refunds?order_id:in={order_id}", "v3")
    assert [refund["order_id"] for refund in found["data"]] == [order_id]
    for order in judge.store.orders()[:20]:
        judge.get(f"/v3/orders/{order['id']}/transactions", "v3")


@pytest.mark.parametrize("include", ["", "variants,images", "variants,images,primary_image,options,channels"])
def test_products_are_as_described(judge: vendor.Judge, include: str) -> None:
    """In lists and alone, with all that can be included."""
    products = judge.get(f"/v3/catalog/products?limit=250&include={include}", "products")["data"]
    for product in products[:60]:
        judge.get(f"/v3/catalog/products/{product['id']}?include={include}", "products")
    assert judge.get("/v3/catalog/products?sku=nothing", "products")["data"] == []


def test_variants_are_as_described(judge: vendor.Judge) -> None:
    """Of all products, of one, and alone."""
    variants = judge.get("/v3/catalog/variants?limit=250", "variants")["data"]
    for variant in variants[::10]:
        path = f"/v3/catalog/products/{variant['product_id']}/variants"
        judge.get(path, "variants")
        judge.get(f"{path}/{variant['id']}", "variants")


def test_customers_are_as_described(judge: vendor.Judge) -> None:
    """With all that can be included, by page and by cursor; and their addresses."""
    include = "include=addresses,storecredit,attributes,formfields,shopper_profile_id,segment_ids"
    for number, kind in enumerate(("odd_name", "very_long", "cjk", "company", "several_addresses")):
        judge.store.place(4, kind=kind, customer_id=900 + number)
    judge.get("/v3/customers?limit=250", "customers")
    page = judge.get(f"/v3/customers?limit=3&{include}", "customers")
    cursor = page["meta"]["cursor_pagination"]["end_cursor"]
    judge.get(f"/v3/customers?limit=250&{include}&after={cursor}", "customers")
    judge.get("/v3/customers/addresses?limit=250&include=formfields", "customers")


def test_hooks_are_as_described(judge: vendor.Judge) -> None:
    """Made, read, changed, deleted; refused; and the admin's view."""
    store = judge.store
    assert judge.get("/v3/hooks", "hooks")["data"] == []
    body = {"scope": "store/order/*", "destination": "https://app.example.com/", "headers": {"X-Secret": "s"}}
    made = judge.hold("hooks", "POST", "/v3/hooks", store.api("POST", "/v3/hooks", body))["data"]
    path = f"/v3/hooks/{made['id']}"
    assert judge.get(path, "hooks")["data"] == made
    judge.get("/v3/hooks", "hooks")
    judge.hold("hooks", "PUT", path, store.api("PUT", path, {"is_active": False}))
    judge.hold("hooks", "PUT", "/v3/hooks/admin", store.api("PUT", "/v3/hooks/admin", {"emails": ["a@example.com"]}))
    judge.get("/v3/hooks/admin", "hooks")
    judge.hold("hooks", "DELETE", path, store.api("DELETE", path))
    judge.get(path, "hooks")
    judge.hold("hooks", "POST", "/v3/hooks", store.api("POST", "/v3/hooks", {}))


def test_every_scope_of_the_description_is_known(judge: vendor.Judge) -> None:
    """Each can be listened to."""
    scopes = vendor.scopes()
    assert len(scopes) > 40
    for scope in scopes:
        body = {"scope": scope, "destination": "https://scopes.example.com/", "is_active": False}
        assert judge.store.api("POST", "/v3/hooks", body).status == 200, scope


def test_events_are_as_described(judge: vendor.Judge) -> None:
    """Field by field as in the published schemas and examples."""
    store, schemas = judge.store, vendor.events()
    with Receiver() as receiver:
        hooks = [store.hook(scope, receiver.url) for scope in ("store/order/*", "store/shipment/*")]
        order_id = store.place(kind="kit")[0]
        (shipment,) = store.ship(order_id)
        path = f"/v2/orders/{order_id}"
        store.api("PUT", f"{path}/shipments/{shipment['id']}", {"tracking_number": "2"})
        store.api("DELETE", f"{path}/shipments/{shipment['id']}")
        store.refund(order_id)
        store.api("DELETE", path)
        store.until_delivered()
    for hook in hooks:
        store.api("DELETE", f"/v3/hooks/{hook['id']}")
    assert len({one.scope for one in receiver.received}) == 8
    for one in receiver.received:
        OAS30Validator(schemas[one.scope]).validate(one.event)
        example = vendor.example_event(one.scope)
        assert one.event.keys() == example.keys()
        assert one.event["data"].keys() == example["data"].keys()
        assert list(map(type, one.event.values())) == list(map(type, example.values()))


def test_published_figures_stay_as_published(judge: vendor.Judge) -> None:
    """Also where they do not add up: order 218 lists fees that its total does not hold."""
    order = judge.get("/v2/orders/218?include=fees")
    assert (order["total_inc_tax"], order["subtotal_tax"]) == ("69.8400", "4.4000")
    assert [fee["cost_inc_tax"] for fee in order["fees"]] == ["12.3000", "12.0000"]
