"""The control of the sandbox store: faults, edits, calls, state, and who may use it."""

import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import psutil
import pytest
import urllib3

from tests.platform.process_helpers import eventually
from tests.sandbox.state_file import orders_in
from tests.sandbox_store import SandboxStore


def _broken(store: SandboxStore, method: str, path: str, body: object = None) -> None:
    with pytest.raises(urllib3.exceptions.HTTPError):
        store.api(method, path, body)


def test_a_cut_before_the_work_leaves_it_undone(store: SandboxStore) -> None:
    """A real reset, without an answer; the call is logged without a status."""
    order_id = store.place(kind="guest")[0]
    store.fault("PUT", r"/orders/\d+$", cut="before", times=1)
    _broken(store, "PUT", f"/v2/orders/{order_id}", {"status_id": 9})
    assert store.status(order_id) == 11
    assert store.calls()[-1]["status"] is None


def test_a_cut_after_the_work_leaves_it_done(store: SandboxStore) -> None:
    """The answer is lost, once."""
    order_id = store.place(kind="guest")[0]
    store.fault("PUT", r"/orders/\d+$", cut="after", times=1)
    _broken(store, "PUT", f"/v2/orders/{order_id}", {"status_id": 9})
    assert store.status(order_id) == 9
    assert store.api("PUT", f"/v2/orders/{order_id}", {"status_id": 2}).status == 200


def test_a_fault_answers_instead_of_the_store(store: SandboxStore) -> None:
    """With its status, body, headers and type, as often as asked; the others pass."""
    store.fault("GET", "/time", status=503, body="<html>", content_type="text/html", times=1, skip=1)
    assert store.api("GET", "/v2/time").status == 200
    answer = store.api("GET", "/v2/time")
    assert (answer.status, answer.data, answer.headers["Content-Type"]) == (503, b"<html>", "text/html")
    assert store.api("GET", "/v2/time").status == 200
    assert store.faults()[0]["struck"] == 1


def test_a_429_can_come_with_one_header_or_none_as_the_platform_does_under_load(store: SandboxStore) -> None:
    store.fault("GET", "/time", header_only_retry=7, times=1)
    store.fault("GET", "/time", status=429, bare=True, times=1)
    first, second = store.api("GET", "/v2/time"), store.api("GET", "/v2/time")
    assert (first.status, first.headers["X-Retry-After"]) == (429, "7")
    assert "X-Rate-Limit-Requests-Left" not in first.headers
    assert (second.status, [name for name in second.headers if name.lower().startswith("x-")]) == (429, [])


def test_a_body_can_be_cut_short_dripped_or_late(store: SandboxStore) -> None:
    """Each as a broken or slow network shows itself."""
    store.fault("GET", "/time", truncate=3, times=1)
    _broken(store, "GET", "/v2/time")
    store.fault("GET", "/time", drip=0.01, times=1)
    began = time.monotonic()
    assert store.api("GET", "/v2/time").json()["time"]
    assert time.monotonic() - began > 0.1
    store.fault("GET", "/time", delay=0.2, times=1)
    began = time.monotonic()
    assert store.api("GET", "/v2/time").status == 200
    assert time.monotonic() - began > 0.2


def test_a_redirect_points_elsewhere(store: SandboxStore) -> None:
    """302 with a Location."""
    store.fault("GET", "/time", redirect="https://elsewhere.example/")
    answer = store._http.request("GET", f"{store.api_path}/v2/time", redirect=False)
    assert (answer.status, answer.headers["Location"]) == (302, "https://elsewhere.example/")


@pytest.mark.parametrize("fault", [{"path": "("}, {"cut": "middle"}, {"colour": 1}, {"delay": -1}])
def test_a_fault_that_makes_no_sense_is_refused(store: SandboxStore, fault: dict) -> None:
    """With a sentence that says why."""
    with pytest.raises(AssertionError, match="400"):
        store.control("POST", "/faults", fault)


def test_raw_orders_are_served_byte_for_byte(store: SandboxStore) -> None:
    """In lists and alone, whatever they hold."""
    odd = b'{"id": 7, "status_id": 11, "total_inc_tax": NaN, "x": "\\ud800\\u0000", "id": 7}'
    assert store.place_raw(odd) == 7
    assert store.api("GET", "/v2/orders/7").data == odd
    assert store.api("GET", "/v2/orders?status_id=11").data == b"[" + odd + b"]"
    assert json.loads(store.api("GET", f"/v2/orders/{store.place_raw({'a': 1}, 9)}").data) == {"a": 1}


def test_an_edited_quantity_changes_the_totals(store: SandboxStore) -> None:
    """Unless the edit is raw; a quantity of 0 takes the line out."""
    order = store.order(store.place(kind="line_discount")[0])
    line = order["lines"][0]
    store.edit(order["id"], lines=[{"id": line["id"], "quantity": line["quantity"] + 1}], staff_notes="one more")
    edited = store.order(order["id"])
    assert _adds_up(edited)
    assert edited["header"]["total_inc_tax"] != order["header"]["total_inc_tax"]
    store.edit(order["id"], total_inc_tax="1.0000", raw=True)
    assert not _adds_up(store.order(order["id"]))


def _adds_up(order: dict) -> bool:
    """The sum of the facts, section 2."""
    header = {name: Decimal(value) for name, value in order["header"].items() if _is_money(value)}
    parts = sum(header[f"{part}_inc_tax"] for part in ("subtotal", "shipping_cost", "handling_cost", "wrapping_cost"))
    parts += sum(Decimal(str(fee["cost_inc_tax"])) for fee in order["fees"])
    lines = sum(Decimal(line["total_inc_tax"]) for line in order["lines"])
    cuts = header["discount_amount"] + header["coupon_discount"]
    return parts - cuts == header["total_inc_tax"] and lines == header["subtotal_inc_tax"]


def _is_money(value: object) -> bool:
    return isinstance(value, str) and value.replace(".", "", 1).replace("-", "", 1).isdigit()


def test_every_kind_of_order_adds_up(store: SandboxStore) -> None:
    """To the last ten-thousandth; so do the discounts on its lines."""
    for kind in store.control("GET", "/kinds")["kinds"]:
        for order in map(store.order, store.place(5, kind=kind)):
            assert _adds_up(order), kind
            assert _discounts_add_up(order), kind


def _discounts_add_up(order: dict) -> bool:
    off = sum(Decimal(line["total_inc_tax"]) - Decimal(line["discounted_total_inc_tax"]) for line in order["lines"])
    on_shipping = sum(Decimal(str(c["discount"])) for c in order["coupons"] if c["type"] in (3, 4))
    return off + on_shipping == Decimal(order["header"]["discount_amount"]) + Decimal(
        order["header"]["coupon_discount"]
    )


def test_the_same_seed_makes_the_same_orders_but_for_their_dates(store: SandboxStore) -> None:
    store.reset(orders=150, seed=9)
    first = [_undated(store.order(order["id"])) for order in store.orders()]
    assert all(_adds_up(order) for order in first)
    store.reset(orders=150, seed=9)
    assert [_undated(store.order(order["id"])) for order in store.orders()] == first
    assert len({order["header"]["status_id"] for order in first}) > 3


def _undated(order: dict) -> dict:
    return {name: order[name] for name in ("header", "lines", "addresses", "coupons", "fees")}


def test_a_zero_total_and_yen_are_whole(store: SandboxStore) -> None:
    """Nothing to pay is 0.0000; yen have no decimals."""
    assert store.order(store.place(kind="zero_total")[0])["header"]["total_inc_tax"] == "0.0000"
    yen = store.order(store.place(kind="yen")[0])["header"]
    assert (yen["default_currency_code"], yen["total_inc_tax"][-4:]) == ("JPY", "0000")


def test_calls_are_counted_and_told_apart(store: SandboxStore) -> None:
    """By method and path; the control's own are not among them."""
    order_id = store.place(kind="guest")[0]
    store.api("GET", "/v2/orders?limit=5")
    store.api("PUT", f"/v2/orders/{order_id}", {"status_id": 9})
    first, second = store.calls()
    assert (first["method"], first["path"], first["query"], first["status"]) == ("GET", "/v2/orders", "limit=5", 200)
    assert (second["order_id"], store.calls(since=first["n"])) == (order_id, [second])
    store.clear_calls()
    assert store.calls() == []


def test_a_reset_store_knows_the_time_however_fast_its_clock_ran_before(store: SandboxStore) -> None:
    store.set(clock_speed=100_000, clock_offset_seconds=-50)
    time.sleep(0.05)
    assert abs(store.api("GET", "/v2/time").json()["time"] - time.time()) > 1000
    store.reset()
    assert abs(store.api("GET", "/v2/time").json()["time"] - time.time()) < 2


@pytest.mark.parametrize("changes", [{"colour": "red"}, {"plan": "gold"}, {"clock_speed": 0}, {"quota": -1}])
def test_a_setting_that_does_not_exist_is_refused(store: SandboxStore, changes: dict) -> None:
    """With a sentence; nothing is changed."""
    with pytest.raises(AssertionError, match="400"):
        store.set(store_name="x", **changes)
    assert store.control("GET", "/settings")["store_name"] == "Sandbox store"


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_the_control_is_for_this_machine_only(store: SandboxStore, headers: dict) -> None:
    """Foreign names and foreign pages are refused, and change nothing."""
    answer = store._http.request("PUT", f"{store.origin}/sandbox/settings", json={"quota": 1}, headers=headers)
    assert answer.status == 403
    assert store.control("GET", "/settings")["quota"] is None


def test_it_listens_on_loopback_only() -> None:
    """Any other address ends it with a sentence."""
    with pytest.raises(RuntimeError):
        SandboxStore("--host", "0.0.0.0")


def test_state_survives_a_restart(tmp_path: Path) -> None:
    """Orders, numbers and settings; after SIGTERM and after SIGKILL alike."""
    state = ["--state", str(tmp_path / "state.json")]
    with SandboxStore(*state, orders=5) as store:
        order_id = store.place(kind="kit")[0]
        store.ship(order_id)
        store.set(store_name="Kept")
        before = store.order(order_id)
        assert store.process.poll() is None
    assert store.process.returncode == 0
    with SandboxStore(*state, orders=5) as store:
        assert store.order(order_id) == before
        assert store.control("GET", "/settings")["store_name"] == "Kept"
        assert store.place(kind="guest")[0] == order_id + 1
        eventually(lambda: order_id + 1 in orders_in(tmp_path / "state.json"))
        store.process.kill()
    with SandboxStore(*state) as store:
        assert len(store.orders()) == 7


def test_it_stops_at_once_also_while_a_fault_holds_a_call() -> None:
    """SIGTERM ends it in well under two seconds, cleanly."""
    store = SandboxStore()
    store.fault("GET", "/time", delay=30)
    with pytest.raises(urllib3.exceptions.HTTPError):
        store._http.request("GET", f"{store.api_path}/v2/time", timeout=0.2)
    began = time.monotonic()
    store.stop()
    assert (store.process.returncode, time.monotonic() - began < 2) == (0, True)


def test_it_ends_when_its_parent_ends() -> None:
    """Also after the parent's kill -9: a demo leaves nothing behind."""
    start = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-m', 'bigcommerce_sandbox', '--port', '0',"
        " '--with-parent'], stdout=subprocess.PIPE); p.stdout.readline(); print(p.pid, flush=True); input()"
    )
    parent = subprocess.Popen([sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    store = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    store.wait(timeout=5)


def test_shoppers_come_by_themselves(store: SandboxStore) -> None:
    """As often as the setting says; never by default."""
    store.set(surprise_seconds=0.25)
    eventually(store.orders)


@pytest.mark.parametrize("body", [{"count": "many"}, {"kind": "marble"}, {"fields": 3}])
def test_a_wish_that_cannot_be_read_is_refused(store: SandboxStore, body: dict) -> None:
    """400 with a sentence, never a 500."""
    with pytest.raises(AssertionError, match="400"):
        store.control("POST", "/orders", body)
