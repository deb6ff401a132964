"""The traps of the real store, each as the facts tell it."""

import time
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.sandbox_store import SandboxStore

WITH_LINES = "include=consignments.line_items,fees&consignment_structure=object"


def _first(order: dict) -> tuple[int, int]:
    return order["addresses"][0]["id"], order["lines"][0]["id"]


def test_an_empty_list_is_a_204_without_a_content_type(store: SandboxStore) -> None:
    """Not ``[]``; the same for what hangs on an order, and past the last page."""
    order_id = store.place(kind="guest")[0]
    for path in ("/v2/orders?status_id=5", "/v2/orders?page=2", f"/v2/orders/{order_id}/shipments"):
        answer = store.api("GET", path)
        assert (answer.status, answer.data, answer.headers.get("Content-Type")) == (204, b"", None)


def test_a_consignment_shows_fifty_lines_and_a_warning(store: SandboxStore) -> None:
    """The others are in /products only, which has a page of 50 too unless a limit is given."""
    order_id = store.place(kind="over_fifty_lines")[0]
    shown = store.api("GET", f"/v2/orders/{order_id}?{WITH_LINES}").json()["consignments"]["shipping"][0]
    assert len(shown["line_items"]) == 50
    assert "products" in shown["__warning__"]["message"]
    assert len(store.api("GET", f"/v2/orders/{order_id}/products").json()) == 50
    lines = store.api("GET", f"/v2/orders/{order_id}/products?limit=250").json()
    assert sum(line["quantity"] for line in lines) == shown["items_total"]


def test_consignments_are_a_list_of_one_unless_the_object_is_asked_for(store: SandboxStore) -> None:
    """And always where the setting says so."""
    order_id = store.place(kind="guest")[0]
    path = f"/v2/orders/{order_id}?include=consignments"
    assert isinstance(store.api("GET", path).json()["consignments"], list)
    assert isinstance(store.api("GET", f"{path}&consignment_structure=object").json()["consignments"], dict)
    store.set(consignments_form="always_array")
    assert isinstance(store.api("GET", f"{path}&consignment_structure=object").json()["consignments"], list)


def test_lines_are_sometimes_left_out_of_consignments(store: SandboxStore) -> None:
    """Though items_total counts them."""
    order_id = store.place(kind="guest")[0]
    store.set(empty_line_items=True)
    shown = store.api("GET", f"/v2/orders/{order_id}?{WITH_LINES}").json()["consignments"]["shipping"][0]
    assert shown["line_items"] == []
    assert shown["items_total"] > 0


def test_money_is_text_in_orders_and_numbers_in_consignments(store: SandboxStore) -> None:
    """Four decimals as text; fees and the discount of a coupon are numbers as well."""
    order = store.api("GET", f"/v2/orders/{store.place(kind='fees')[0]}?{WITH_LINES}").json()
    assert order["total_inc_tax"].partition(".")[2].isdigit()
    assert len(order["total_inc_tax"].partition(".")[2]) == 4
    assert isinstance(order["consignments"]["shipping"][0]["cost_inc_tax"], int | float)
    assert isinstance(order["fees"][0]["cost_inc_tax"], int | float)
    address = store.api("GET", f"/v2/orders/{order['id']}/shipping_addresses").json()[0]
    assert isinstance(address["cost_inc_tax"], str)
    coupon = store.api("GET", f"/v2/orders/{store.place(kind='order_coupon')[0]}/coupons").json()[0]
    assert isinstance(coupon["discount"], int | float)


def test_real_orders_hold_nulls_where_the_description_knows_texts_only(store: SandboxStore) -> None:
    order_id = store.place(kind="message")[0]
    store.set(null_fields=True)
    assert store.api("GET", f"/v2/orders/{order_id}").json()["customer_message"] is None


@pytest.mark.parametrize(
    "name", ["id", "external_id", "external_merchant_id", "status", "date_modified", "status_label"]
)
def test_a_read_only_field_is_refused_by_name(store: SandboxStore, name: str) -> None:
    """Nothing is written then, not even what could be."""
    order_id = store.place(kind="guest")[0]
    answer = store.api("PUT", f"/v2/orders/{order_id}", {name: "x", "status_id": 9})
    assert answer.status == 400
    words = f"The field '{name}' cannot be written to. Please remove it from your request before trying again."
    assert answer.json() == [{"status": 400, "message": words}]
    assert store.status(order_id) == 11


def test_an_order_is_changed_by_put(store: SandboxStore) -> None:
    """The answer is the whole order; the time of modification never goes back."""
    order_id = store.place(kind="guest")[0]
    store.set(clock_offset_seconds=3600)
    body = {"status_id": 9, "staff_notes": "n", "external_order_id": "E1", "billing_address": {"city": "Rome"}}
    changed = store.api("PUT", f"/v2/orders/{order_id}", body).json()
    assert (changed["status_id"], changed["status"], changed["staff_notes"]) == (9, "Awaiting Shipment", "n")
    assert changed["billing_address"]["city"] == "Rome"
    store.set(clock_offset_seconds=0)
    assert (
        store.api("PUT", f"/v2/orders/{order_id}", {"status_id": 11}).json()["date_modified"]
        == changed["date_modified"]
    )


@pytest.mark.parametrize(
    "body", [{"status_id": 15}, {"status_id": None}, {"staff_notes": "x" * 65_536}, {"is_deleted": 1}]
)
def test_an_impossible_value_is_refused(store: SandboxStore, body: dict) -> None:
    """400, in the list that V2 answers with."""
    answer = store.api("PUT", f"/v2/orders/{store.place(kind='guest')[0]}", body)
    assert answer.status == 400
    assert answer.json()[0]["details"]["invalid_reason"]


def test_put_on_all_orders_is_not_allowed(store: SandboxStore) -> None:
    """405: statuses change one order at a time."""
    assert store.api("PUT", "/v2/orders", {"status_id": 2}).status == 405


def test_deleting_an_order_archives_it(store: SandboxStore) -> None:
    """It can still be read; whether lists show it is a setting."""
    order_id = store.place(kind="guest")[0]
    assert store.api("DELETE", f"/v2/orders/{order_id}").status == 204
    assert store.api("GET", f"/v2/orders/{order_id}").json()["is_deleted"] is True
    assert store.api("GET", "/v2/orders").status == 200
    store.set(archived_orders="left_out")
    assert store.api("GET", "/v2/orders").status == 204


def test_an_order_deleted_for_good_is_not_found(store: SandboxStore) -> None:
    """404, in the list that V2 answers with."""
    order_id = store.place(kind="guest")[0]
    store.delete(order_id)
    answer = store.api("GET", f"/v2/orders/{order_id}")
    assert (answer.status, answer.json()) == (
        404,
        [{"status": 404, "message": "The requested resource was not found."}],
    )


def test_statuses_can_be_renamed_but_not_their_numbers(store: SandboxStore) -> None:
    """``custom_status`` shows the merchant's word, ``status`` the store's."""
    order_id = store.place(kind="guest")[0]
    store.set(custom_labels={"11": "To pack"})
    order = store.api("GET", f"/v2/orders/{order_id}").json()
    assert (order["status"], order["custom_status"]) == ("Awaiting Fulfillment", "To pack")


def test_keyset_reading_finds_every_order_once(store: SandboxStore) -> None:
    """By min_id, ascending; min_id itself is included."""
    store.reset(orders=120, seed=5)
    found: list[int] = []
    while True:
        low = found[-1] + 1 if found else 0
        answer = store.api("GET", f"/v2/orders?sort=id:asc&limit=50&min_id={low}")
        if answer.status == 204:
            break
        found += [order["id"] for order in answer.json()]
    assert found == sorted(order["id"] for order in store.orders())


def test_orders_are_found_by_when_they_were_modified(store: SandboxStore) -> None:
    """RFC-2822 and ISO-8601 alike, the moment itself included, oldest first on request."""
    first, second = store.place(2, kind="guest")
    store.set(clock_offset_seconds=100)
    changed = store.api("PUT", f"/v2/orders/{first}", {"status_id": 9}).json()["date_modified"]
    fields = {"min_date_modified": changed, "sort": "date_modified:asc"}
    assert [order["id"] for order in _list(store, fields)] == [first]
    assert [order["id"] for order in _list(store, {"sort": "date_modified:asc"})] == [second, first]
    assert [order["id"] for order in _list(store, {"min_date_modified": "2000-01-01T00:00:00+00:00"})] == [
        first,
        second,
    ]


def _list(store: SandboxStore, fields: dict[str, str]) -> list[dict]:
    return list(store.api("GET", f"/v2/orders?{urlencode(fields)}").json())


@pytest.mark.parametrize("query", ["status_id=new", "min_date_modified=soon", "sort=colour", "limit=0", "page=0"])
def test_a_filter_that_cannot_be_read_is_refused(store: SandboxStore, query: str) -> None:
    """400."""
    assert store.api("GET", f"/v2/orders?{query}").status == 400


def test_more_than_250_a_page_is_cut_or_refused(store: SandboxStore) -> None:
    """Which of the two is not known of the real store."""
    store.reset(orders=260)
    assert len(store.api("GET", "/v2/orders?limit=1000").json()) == 250
    store.set(limit_over_max="413")
    assert store.api("GET", "/v2/orders?limit=1000").status == 413


def test_shipping_more_than_is_there_is_refused_with_what_is_available(store: SandboxStore) -> None:
    """The very body that the real store answers with; a full shipment cannot be posted twice."""
    order_id = store.place(kind="options")[0]
    address, line = _first(store.order(order_id))
    quantity = store.order(order_id)["lines"][0]["quantity"]
    body = {"order_address_id": address, "items": [{"order_product_id": line, "quantity": quantity}]}
    path = f"/v2/orders/{order_id}/shipments"
    assert store.api("POST", path, body).status == 201
    again = store.api("POST", path, body)
    reason = "The quantity specified is greater than the quantity of the product that is available to ship."
    details = {"invalid_reason": reason, "available_quantity": 0, "order_product_id": line}
    assert again.json() == [{"status": 400, "message": "The field 'quantity' is invalid.", "details": details}]


def test_a_shipment_needs_an_address_and_items(store: SandboxStore) -> None:
    """Though the description calls neither required; lengths are checked as well."""
    order_id = store.place(kind="guest")[0]
    address, line = _first(store.order(order_id))
    items = [{"order_product_id": line, "quantity": 1}]
    for body in (
        {"items": items},
        {"order_address_id": address},
        {"order_address_id": 0, "items": items},
        {"order_address_id": address, "items": items, "tracking_number": "x" * 51},
        {"order_address_id": address, "items": items, "tracking_link": "x" * 501},
        {"order_address_id": address, "items": items, "shipping_provider": "pigeon"},
    ):
        assert store.api("POST", f"/v2/orders/{order_id}/shipments", body).status == 400
    assert store.order(order_id)["shipments"] == []


def test_one_shipment_goes_to_one_address(store: SandboxStore) -> None:
    """Lines of another address are refused."""
    order = store.order(store.place(kind="several_addresses")[0])
    items = [{"order_product_id": line["id"], "quantity": 1} for line in order["lines"]]
    body = {"order_address_id": order["addresses"][0]["id"], "items": items}
    assert store.api("POST", f"/v2/orders/{order['id']}/shipments", body).status == 400
    assert len(store.ship(order["id"])) == len(order["addresses"])
    assert store.status(order["id"]) == 2


@pytest.mark.parametrize("kind", ["digital_and_physical", "gift_certificate"])
def test_what_is_not_sent_cannot_be_in_a_shipment(store: SandboxStore, kind: str) -> None:
    """Downloads and gift certificates have no address."""
    order = store.order(store.place(kind=kind)[0])
    line = next(line for line in order["lines"] if line["type"] != "physical")
    items = [{"order_product_id": line["id"], "quantity": 1}]
    body = {"order_address_id": order["addresses"][0]["id"], "items": items}
    assert store.api("POST", f"/v2/orders/{order['id']}/shipments", body).status == 400


def test_a_shipment_moves_the_order_or_not(store: SandboxStore) -> None:
    """Sources contradict each other: Partially Shipped, then Shipped; or as it was."""
    moved, stayed = store.place(2, kind="kit")
    _ship_one(store, moved)
    assert store.status(moved) == 3
    store.ship(moved)
    order = store.api("GET", f"/v2/orders/{moved}").json()
    assert (order["status_id"], order["items_shipped"]) == (2, order["items_total"])
    assert order["date_shipped"]
    store.set(status_after_shipment="stays")
    store.ship(stayed)
    assert store.status(stayed) == 11


def _ship_one(store: SandboxStore, order_id: int) -> dict:
    address, line = _first(store.order(order_id))
    body = {"order_address_id": address, "items": [{"order_product_id": line, "quantity": 1}]}
    return dict(store.api("POST", f"/v2/orders/{order_id}/shipments", body).json())


def test_the_items_of_a_shipment_cannot_be_edited(store: SandboxStore) -> None:
    """Tracking can."""
    order_id = store.place(kind="kit")[0]
    path = f"/v2/orders/{order_id}/shipments/{_ship_one(store, order_id)['id']}"
    assert store.api("PUT", path, {"items": []}).status == 400
    changed = store.api("PUT", path, {"tracking_number": "1Z", "shipping_provider": "ups"}).json()
    assert changed["tracking_number"] == "1Z"
    assert changed["generated_tracking_link"]


def test_deleting_a_shipment_leaves_the_status(store: SandboxStore) -> None:
    """The items are open again."""
    order_id = store.place(kind="guest")[0]
    store.ship(order_id)
    assert store.api("DELETE", f"/v2/orders/{order_id}/shipments").status == 204
    order = store.order(order_id)
    assert (order["header"]["status_id"], order["header"]["items_shipped"]) == (2, 0)


def test_a_provider_left_out_yields_no_tracking_link(store: SandboxStore) -> None:
    """It becomes "custom"."""
    order_id = store.place(kind="kit")[0]
    shipment = _ship_one(store, order_id)
    assert (shipment["shipping_provider"], shipment["generated_tracking_link"]) == ("custom", "")


def test_refunds_show_by_status_and_quantity_only(store: SandboxStore) -> None:
    """``refunded_amount`` stays 0 in V2; the amounts are in V3."""
    order_id = store.place(kind="kit")[0]
    line = store.order(order_id)["lines"][-1]
    store.refund(order_id, {"item_type": "PRODUCT", "item_id": line["id"], "quantity": 1})
    assert store.status(order_id) == 14
    store.refund(order_id)
    order = store.api("GET", f"/v2/orders/{order_id}").json()
    assert (order["status_id"], order["refunded_amount"]) == (4, "0.0000")
    refunds = store.api("GET", f"/v3/orders/payment_actions/refunds?order_id:in={order_id},1").json()["data"]
    assert len(refunds) == 2


def test_a_wrong_token_and_a_missing_scope_are_told_apart(store: SandboxStore) -> None:
    """401 and 403, in V2's form or, where a gateway answers, in V3's."""
    assert store.api("GET", "/v2/time", **{"X-Auth-Token": "wrong"}).status == 401
    store.set(scopes=["store_v2_orders_read_only"])
    assert store.api("GET", "/v2/orders/count").status == 200
    refused = store.api("PUT", "/v2/orders/100", {"status_id": 2})
    assert (refused.status, type(refused.json())) == (403, list)
    store.set(errors_form="v3")
    assert "title" in store.api("GET", "/v2/store").json()


def test_every_answer_tells_the_quota_and_beyond_it_there_is_429(store: SandboxStore) -> None:
    """With X-Retry-After in seconds; other apps count too; a new window is free again."""
    store.set(quota=5, window_seconds=30, clock_speed=20)
    first = store.api("GET", "/v2/time")
    assert first.headers["X-Rate-Limit-Requests-Quota"] == "5"
    assert first.headers["X-Rate-Limit-Requests-Left"] == "4"
    store.spend_quota(4)
    refused = store.api("GET", "/v2/time")
    assert refused.status == 429
    assert 1 <= int(refused.headers["X-Retry-After"]) <= 2
    time.sleep(int(refused.headers["X-Rate-Limit-Time-Reset-Ms"]) / 1000 + 0.05)
    assert store.api("GET", "/v2/time").status == 200


def test_v3_answers_in_an_envelope_and_with_its_own_errors(store: SandboxStore) -> None:
    """204 where there are no transactions."""
    order_id = store.place(kind="awaiting_payment")[0]
    assert store.api("GET", f"/v3/orders/{order_id}/transactions").status == 204
    assert store.api("GET", "/v3/orders/9/transactions").json()["title"]
    order_id = store.place(kind="guest")[0]
    found = store.api("GET", f"/v3/orders/{order_id}/transactions").json()
    assert found["data"][0]["order_id"] == str(order_id)
    assert found["meta"]["pagination"]["total"] == 1


def test_an_app_can_create_an_order(store: SandboxStore) -> None:
    """It stands in Pending unless another status is asked for."""
    person = {"first_name": "Ada", "last_name": "L", "zip": "1", "email": "ada@example.com"}
    products = [{"name": "Poster", "quantity": 2, "price_inc_tax": 10.98, "price_ex_tax": 10}]
    answer = store.api("POST", "/v2/orders", {"billing_address": person, "products": products})
    assert answer.status == 201
    assert (answer.json()["status_id"], answer.json()["subtotal_inc_tax"]) == (1, "21.9600")
    assert store.api("POST", "/v2/orders", {"billing_address": person}).status == 400


def test_a_page_may_hold_fewer_rows_than_asked_for(store: SandboxStore) -> None:
    """Also of what hangs on an order; by a setting."""
    order_id = store.place(kind="over_fifty_lines")[0]
    store.place(4, kind="guest")
    store.set(most_of_a_page=3)
    assert [len(_rows(store, f"/v2/orders?limit=250&page={page}")) for page in (1, 2, 3)] == [3, 2, 0]
    assert len(_rows(store, f"/v2/orders/{order_id}/products?limit=250")) == 3


def test_a_parameter_may_be_passed_over(store: SandboxStore) -> None:
    """By a setting; the others are followed."""
    first, second = store.place(2, kind="guest")
    store.edit(first, status_id=7)
    store.set(ignored_filters=["min_id"])
    shown = _rows(store, f"/v2/orders?status_id=11&min_id={second + 1}")
    assert [order["id"] for order in shown] == [second]


def _rows(store: SandboxStore, path: str) -> list[dict[str, Any]]:
    answer = store.api("GET", path)
    return [] if answer.status == 204 else list(answer.json())
