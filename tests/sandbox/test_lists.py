"""Lists that do not show all there is: late ones, short pages, filters that are not heeded; and the store's clock."""

from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.sandbox_store import SandboxStore

LONG = 3600


def _listed(store: SandboxStore, query: str = "") -> dict[int, int]:
    """Each listed order's status."""
    answer = store.api("GET", f"/v2/orders?limit=250&{query}")
    return {order["id"]: order["status_id"] for order in answer.json()} if answer.status == 200 else {}


def test_a_list_that_lags_shows_a_change_late_and_the_order_itself_at_once(store: SandboxStore) -> None:
    """Status, filters and counts are those of before; without the lag all is as it is."""
    order_id = store.place(kind="guest")[0]
    store.set(list_lag_seconds=LONG)
    store.api("PUT", f"/v2/orders/{order_id}", {"status_id": 9})
    assert store.api("GET", f"/v2/orders/{order_id}").json()["status_id"] == 9
    assert _listed(store) == _listed(store, "status_id=11") == {order_id: 11}
    assert _listed(store, "status_id=9") == {}
    counts = {row["id"]: row["count"] for row in store.api("GET", "/v2/orders/count").json()["statuses"]}
    assert (counts[11], counts[9]) == (1, 0)
    store.set(list_lag_seconds=0)
    assert _listed(store) == {order_id: 9}


def test_a_new_order_is_read_before_a_late_list_shows_it(store: SandboxStore) -> None:
    """What the store began with is listed from the start."""
    store.reset(orders=3, list_lag_seconds=LONG)
    assert len(_listed(store)) == 3
    order_id = store.place(kind="guest")[0]
    assert store.api("GET", f"/v2/orders/{order_id}").status == 200
    assert order_id not in _listed(store)


def test_a_late_list_catches_up_in_the_stores_own_time(store: SandboxStore) -> None:
    """Each change when its time has come, the latest last."""
    order_id = store.place(kind="guest")[0]
    store.set(list_lag_seconds=LONG)
    for status in (9, 3, 2):
        store.api("PUT", f"/v2/orders/{order_id}", {"status_id": status})
    assert _listed(store) == {order_id: 11}
    store.set(clock_speed=10_000_000)
    assert store.api("GET", "/v2/time").status == 200  # an hour of the store's has gone by meanwhile
    assert _listed(store) == {order_id: 2}


def test_products_come_in_pages_of_fifty_whatever_the_limit(store: SandboxStore) -> None:
    """Where the setting says so; the last page is followed by a 204."""
    order_id = store.place(kind="over_fifty_lines")[0]
    path, lines = f"/v2/orders/{order_id}/products?limit=250", store.order(order_id)["lines"]
    assert len(store.api("GET", path).json()) == len(lines)
    store.set(products_page=50)
    first, second = (store.api("GET", f"{path}&page={page}").json() for page in (1, 2))
    assert ([line["id"] for line in first + second], len(first)) == ([line["id"] for line in lines], 50)
    assert store.api("GET", f"{path}&page=3").status == 204


@pytest.mark.parametrize("bound", ["min_id=100000", "min_date_created=2999-01-01T00:00:00Z"])
def test_a_store_may_not_heed_a_filter(store: SandboxStore, bound: str) -> None:
    """As if it had not been asked for; the others count."""
    order_id = store.place(kind="guest")[0]
    assert _listed(store, bound) == {}
    store.set(ignored_filters=["min_id", "min_date_created"])
    assert _listed(store, bound) == {order_id: 11}
    assert _listed(store, f"{bound}&status_id=9") == {}


@pytest.mark.parametrize(
    "manner",
    [
        {"odd_forms": 1.5},
        {"pricing": "net"},
        {"products_page": 0},
        {"ignored_filters": ["customer_id"]},
        {"list_lag_seconds": -1},
        {"tenders": "never"},
        {"order_mix": ""},
        {"date_header": 1},
    ],
)
def test_an_impossible_manner_is_refused(store: SandboxStore, manner: dict[str, Any]) -> None:
    """As a setting, for single orders, and on a reset, which then leaves all as it was."""
    order_id = store.place(kind="guest")[0]
    with pytest.raises(AssertionError, match="400"):
        store.set(**manner)
    with pytest.raises(AssertionError, match="400"):
        store.reset(**manner)
    assert store.order(order_id)


def test_every_answer_carries_the_stores_own_time(store: SandboxStore) -> None:
    """In its Date header, errors and faults too; a store may also send none."""
    store.set(clock_offset_seconds=7200)
    store.fault("GET", "/orders", status=503, times=1)
    for path in ("/v2/time", "/v2/orders", "/v2/orders/7"):
        answer = store.api("GET", path)
        now = store.api("GET", "/v2/time").json()["time"]
        assert abs(parsedate_to_datetime(answer.headers["Date"]).timestamp() - now) < 5
    store.set(date_header=False)
    assert "Date" not in store.api("GET", "/v2/time").headers


def test_shipped_and_completed_date_the_shipping_though_nothing_was_shipped(store: SandboxStore) -> None:
    """Someone set the status by hand; a shipment is still taken then."""
    order_id = store.place(kind="guest")[0]
    order = store.api("PUT", f"/v2/orders/{order_id}", {"status_id": 2}).json()
    assert (bool(order["date_shipped"]), order["items_shipped"]) == (True, 0)
    assert store.ship(order_id)
