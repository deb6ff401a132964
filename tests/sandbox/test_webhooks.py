"""What the sandbox store's webhooks tell, to whom, how it is signed, and what becomes of it when nobody answers."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from tests.sandbox.receiver import Received, Receiver
from tests.sandbox.state_file import orders_in
from tests.sandbox_store import SandboxStore

RETRIES = [60, 180, 300, 600, 900, 1800, 3600, 7200, 21_600, 50_400, 86_400]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def listened(store: SandboxStore, receiver: Receiver) -> SandboxStore:
    """An empty store with hooks for all orders and shipments."""
    store.hook("store/order/*", receiver.url, headers={"X-Secret": "s3"})
    store.hook("store/shipment/*", receiver.url)
    return store


def _told(store: SandboxStore, receiver: Receiver) -> list[str]:
    """The scopes since the last poll, without their beginning."""
    store.until_delivered()
    told = receiver.scopes()
    receiver.received.clear()
    return told


def test_each_act_tells_what_it_did(listened: SandboxStore, receiver: Receiver) -> None:
    """Orders by shoppers and apps, status, other fields, archiving; shipments; refunds."""
    order_id = listened.place(kind="kit")[0]
    assert _told(listened, receiver) == ["order/created", "order/statusUpdated"]
    path = f"/v2/orders/{order_id}"
    listened.api("PUT", path, {"status_id": 9})
    assert _told(listened, receiver) == ["order/updated", "order/statusUpdated"]
    listened.api("PUT", path, {"staff_notes": "n"})
    assert _told(listened, receiver) == ["order/updated"]
    shipment = listened.ship(order_id)[0]
    assert sorted(_told(listened, receiver)) == ["order/statusUpdated", "order/updated", "shipment/created"]
    one = f"{path}/shipments/{shipment['id']}"
    listened.api("PUT", one, {"tracking_number": "NEW"})
    assert sorted(_told(listened, receiver)) == ["order/updated", "shipment/updated"]
    listened.api("PUT", one, {"comments": "no number changed"})
    assert _told(listened, receiver) == ["order/updated"]
    listened.api("DELETE", one)
    assert sorted(_told(listened, receiver)) == ["order/updated", "shipment/deleted"]
    listened.refund(order_id)
    assert sorted(_told(listened, receiver)) == ["order/refund/created", "order/statusUpdated", "order/updated"]
    listened.api("DELETE", path)
    assert sorted(_told(listened, receiver)) == ["order/archived", "order/updated"]
    body = {"billing_address": {"email": "a@example.com"}, "products": [{"product_id": 101, "quantity": 1}]}
    listened.api("POST", "/v2/orders", body)
    assert _told(listened, receiver) == ["order/created"]


def test_an_event_says_little(listened: SandboxStore, receiver: Receiver) -> None:
    """Which order, which statuses; a hash over it, the store, and a second of its clock."""
    order_id = listened.place(kind="kit")[0]
    created, moved = receiver.wait(2)
    event = created.event
    assert event.pop("hash") == hashlib.sha1(json.dumps(event, separators=(",", ":")).encode()).hexdigest()
    assert event["producer"] == "stores/sandbox"
    assert event["store_id"].isdecimal()
    assert abs(event["created_at"] - time.time()) < 5
    assert event["data"] == {"type": "order", "id": order_id}
    status = {"previous_status_id": 0, "new_status_id": 11}
    assert moved.event["data"] == {"type": "order", "id": order_id, "status": status}
    shipment = listened.ship(order_id)[0]
    told = next(one.event for one in receiver.wait(5) if one.scope == "store/shipment/created")
    assert told["data"] == {"type": "shipment", "id": shipment["id"], "orderId": order_id}


def test_a_status_event_may_say_the_number_only(listened: SandboxStore, receiver: Receiver) -> None:
    """Two pages of the vendor contradict each other."""
    listened.set(status_in_events=False)
    order_id = listened.place(kind="guest")[0]
    assert receiver.wait(2)[1].event["data"] == {"type": "order", "id": order_id}


def test_deliveries_are_signed_with_the_client_secret(listened: SandboxStore, receiver: Receiver) -> None:
    """The library for Standard Webhooks agrees; another secret, or a changed byte, is found out."""
    listened.place(kind="cjk")
    first = receiver.wait(1)[0]
    assert first.verify() == first.event
    assert first.headers["x-secret"] == "s3"
    assert first.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        first.verify("another secret")
    with pytest.raises(WebhookVerificationError):
        Received(first.path, first.headers, first.raw + b" ", first.at).verify()


def test_some_accounts_may_have_unsigned_hooks(listened: SandboxStore, receiver: Receiver) -> None:
    """Whether all are signed is not documented: then only the custom headers tell."""
    listened.set(hooks_signed=False)
    listened.place(kind="guest")
    headers = receiver.wait(1)[0].headers
    assert not [name for name in headers if name.startswith("webhook-")]
    assert headers["x-secret"] == "s3"


def test_only_who_listens_is_told(store: SandboxStore, receiver: Receiver) -> None:
    """Of one scope, nothing when switched off or deleted, and again when switched on."""
    hook = store.hook("store/order/statusUpdated", receiver.url)
    store.hook("store/order/archived", receiver.url, is_active=False)
    order_id = store.place(kind="guest")[0]
    assert _told(store, receiver) == ["order/statusUpdated"]
    store.api("DELETE", f"/v2/orders/{order_id}")
    assert _told(store, receiver) == []
    for active, told in ((False, []), (True, ["order/statusUpdated"])):
        store.api("PUT", f"/v3/hooks/{hook['id']}", {"is_active": active})
        store.edit(order_id, status_id=9 if active else 2)
        assert _told(store, receiver) == told
    store.api("DELETE", f"/v3/hooks/{hook['id']}")
    store.edit(order_id, status_id=11)
    assert _told(store, receiver) == []


def test_a_new_hook_may_take_a_while_to_work(store: SandboxStore, receiver: Receiver) -> None:
    """Up to a minute of the store's clock; what happens meanwhile is never told."""
    store.set(hook_live_after_seconds=60, clock_speed=100)
    store.hook("store/order/created", receiver.url)
    placed = store.place(kind="guest")
    while not receiver.received:
        placed += store.place(kind="guest")
    assert receiver.received[0].event["data"]["id"] in placed[1:]


def test_who_does_not_acknowledge_is_asked_again_by_the_plan(store: SandboxStore) -> None:
    """Eleven times in 48 hours of the store's clock, with the same message; then the hook is switched off."""
    with Receiver(lambda _: 503) as receiver:
        hook = store.hook("store/order/created", receiver.url)
        store.set(clock_speed=40_000)
        store.place(kind="guest")
        received = receiver.wait(12)
        store.until_delivered()
        assert len(receiver.received) == 12
    (delivery,) = store.deliveries()
    assert (delivery["state"], len(delivery["attempts"])) == ("given up", 12)
    assert {attempt["status"] for attempt in delivery["attempts"]} == {503}
    assert len({one.headers["webhook-id"] for one in received}) == len({one.raw for one in received}) == 1
    waits = [(later.at - sooner.at) * 40_000 for sooner, later in pairwise(received)]
    assert all(wait > planned * 0.9 for wait, planned in zip(waits, RETRIES, strict=True)), waits
    assert 172_000 < sum(waits) < 400_000
    assert store.api("GET", f"/v3/hooks/{hook['id']}").json()["data"]["is_active"] is False
    store.place(kind="guest")
    assert len(store.deliveries()) == 1


def test_a_switched_off_hook_works_again_when_switched_on(store: SandboxStore) -> None:
    """What happened meanwhile is not told any more."""
    answers = [503] * 12 + [200] * 10
    with Receiver(lambda _: answers.pop(0)) as receiver:
        hook = store.hook("store/order/created", receiver.url)
        store.set(clock_speed=1_000_000)
        store.place(kind="guest")
        receiver.wait(12)
        store.until_delivered()
        store.place(kind="guest")
        store.set(clock_speed=1)
        store.api("PUT", f"/v3/hooks/{hook['id']}", {"is_active": True})
        last = store.place(kind="guest")[0]
        assert receiver.wait(13)[-1].event["data"]["id"] == last
        store.until_delivered()
        assert len(receiver.received) == 13


@pytest.mark.parametrize("stamp", ["fresh", "first"])
def test_a_retry_is_signed_anew_or_as_the_first_time(store: SandboxStore, stamp: str) -> None:
    """Which of the two is not documented; both are valid within five minutes."""
    answers = [500, 200]
    with Receiver(lambda _: answers.pop(0)) as receiver:
        store.set(hook_retry_timestamp=stamp, clock_speed=40)
        store.hook("store/order/created", receiver.url)
        store.place(kind="guest")
        first, second = receiver.wait(2)
    apart = int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"])
    assert (apart > 0) == (stamp == "fresh")
    assert second.verify() == first.verify()


@pytest.mark.parametrize(("destination", "error"), [("http://127.0.0.1:9/", "connect"), ("https://{served}/", "ssl")])
def test_who_cannot_be_reached_is_a_failure_with_its_reason(
    store: SandboxStore, receiver: Receiver, destination: str, error: str
) -> None:
    """No listener; no certificate where https is spoken."""
    store.hook("store/order/created", destination.format(served=receiver.url.split("/")[2]))
    store.place(kind="guest")
    receiver.wait_until(lambda: bool(store.deliveries() and store.deliveries()[0]["attempts"]))
    attempt = store.deliveries()[0]["attempts"][0]
    assert attempt["status"] is None
    assert error in attempt["error"].casefold()


def test_a_name_with_several_addresses_is_tried_at_each(store: SandboxStore, receiver: Receiver) -> None:
    """This machine's name may stand for ::1 first, where nobody listens."""
    store.hook("store/order/created", receiver.url.replace("127.0.0.1", "localhost"))
    store.place(kind="guest")
    assert receiver.wait(1)[0].headers["host"].startswith("localhost:")


def test_an_acknowledgement_with_too_many_headers_is_none(store: SandboxStore) -> None:
    """The vendor bounds their number and length; bodies are not read."""
    with Receiver() as receiver:
        receiver.headers = {f"X-{number}": "x" for number in range(70)}
        store.hook("store/order/created", receiver.url)
        store.place(kind="guest")
        receiver.wait_until(lambda: bool(store.deliveries() and store.deliveries()[0]["attempts"]))
    assert "headers" in store.deliveries()[0]["attempts"][0]["error"]


def test_a_slow_receiver_delays_nobody_else(store: SandboxStore, receiver: Receiver) -> None:
    """Neither the store's answers nor the deliveries of other hooks."""
    released = threading.Event()
    with Receiver(lambda _: 200 if released.wait(30) else 500) as slow:
        store.hook("store/order/created", slow.url)
        store.hook("store/order/created", receiver.url)
        for _ in range(20):
            store.place(kind="guest")
            assert store.api("GET", "/v2/time").status == 200
        receiver.wait(20)
        assert len(slow.received) == 1
        released.set()
        slow.wait(20)


def test_an_answer_that_takes_too_long_counts_as_none(store: SandboxStore) -> None:
    """The time is a setting; the vendor tells none."""
    with Receiver(lambda _: time.sleep(1) or 200) as slow:
        store.set(hook_timeout_seconds=0.2)
        store.hook("store/order/created", slow.url)
        store.place(kind="guest")
        slow.wait_until(lambda: bool(store.deliveries() and store.deliveries()[0]["attempts"]))
    (attempt,) = store.deliveries()[0]["attempts"]
    assert (attempt["status"], attempt["error"]) == (None, "no answer in time")


def test_many_events_arrive_in_order_and_delay_no_answer(listened: SandboxStore, receiver: Receiver) -> None:
    """Three hundred orders placed at once; a call in between is answered at once."""
    ids = listened.place(300)
    began = time.monotonic()
    assert listened.api("GET", "/v2/time").status == 200
    assert time.monotonic() - began < 1
    receiver.wait_until(lambda: len(receiver.received) > len(ids))
    listened.until_delivered()
    assert [one.event["data"]["id"] for one in receiver.received if one.scope.endswith("created")] == ids


def test_the_queue_has_an_end(store: SandboxStore) -> None:
    """Beyond 10,000 waiting deliveries what comes is dropped, and counted; the store still answers."""
    with Receiver(lambda _: time.sleep(30) or 200) as stuck:
        for place in range(10):
            store.hook("store/order/created", f"{stuck.url}/{place}")
        store.place(1100, kind="guest")
        stuck.wait_until(lambda: store.control("GET", "/hooks")["dropped"] > 900)
        shown = store.control("GET", "/hooks")
        assert shown["waiting"] <= 10_000 + 10
        assert shown["waiting"] + shown["dropped"] == 11_000
        store.reset()
        assert store.control("GET", "/hooks")["hooks"] == []


def test_a_domain_that_fails_too_often_is_left_alone_for_three_minutes(store: SandboxStore) -> None:
    """From a hundred requests in two minutes; other hooks there wait too, and then go by the plan."""
    with Receiver(lambda one: 500 if one.path.endswith("bad") else 200) as receiver:
        store.hook("store/order/created", f"{receiver.url}/bad")
        store.hook("store/shipment/created", f"{receiver.url}/good")
        store.place(100, kind="guest")
        receiver.wait(100)
        receiver.wait_until(lambda: bool(store.control("GET", "/hooks")["blocked"]))
        store.ship(store.place(kind="kit")[0])
        receiver.wait_until(lambda: store.deliveries()[-1]["attempts"] != [])
        assert "blocklist" in store.deliveries()[-1]["attempts"][0]["error"]
        (blocked,) = store.api("GET", "/v3/hooks/admin").json()["data"]["blocked_domains"]
        assert (blocked["destination"], 100 < blocked["time_left"] <= 180) == ("127.0.0.1", True)
        assert len(receiver.received) == 100
        store.set(clock_speed=400)
        receiver.wait_until(lambda: any(one.path.endswith("good") for one in receiver.received))


def test_an_event_can_come_twice(listened: SandboxStore, receiver: Receiver) -> None:
    """The same message, hash and all."""
    listened.hook_fault("duplicate", "created", times=1)
    listened.place(2, kind="guest")
    listened.until_delivered()
    created = [one for one in receiver.received if one.scope.endswith("created")]
    assert len(created) == 3
    assert len({one.headers["webhook-id"] for one in created}) == len({one.event["hash"] for one in created}) == 2
    assert [one.verify() for one in created]


def test_events_can_come_out_of_order(listened: SandboxStore, receiver: Receiver) -> None:
    """One is held back until a later one has overtaken it."""
    listened.hook_fault("disorder", "created", times=1)
    first, second = listened.place(2, kind="guest")
    listened.until_delivered()
    told = [(one.event["data"]["id"], one.scope.rpartition("/")[2]) for one in receiver.received]
    assert sorted(told[:2]) != [(first, "created"), (second, "created")]
    assert told.index((first, "created")) > 0
    assert len(told) == 4


def test_an_event_can_be_lost(listened: SandboxStore, receiver: Receiver) -> None:
    """It is never sent; those after ``times`` are."""
    listened.hook_fault("loss", "created", times=1, skip=1)
    listened.place(3, kind="guest")
    listened.until_delivered()
    assert receiver.scopes().count("order/created") == 2
    assert [delivery["state"] for delivery in listened.deliveries()].count("lost") == 1


def test_somebody_else_can_forge_one(listened: SandboxStore) -> None:
    """Next to the real event: another secret, no custom header. Refused, it is not sent again."""

    def answer(one: Received) -> int:
        try:
            one.verify()
        except WebhookVerificationError:
            return 401
        return 200

    with Receiver(answer) as careful:
        listened.hook("store/order/created", careful.url, headers={"X-Secret": "s3"})
        listened.hook_fault("forged")
        listened.set(clock_speed=1000)
        listened.place(kind="guest")
        real, forged = careful.wait(2)
        listened.until_delivered()
        assert len(careful.received) == 2
    assert real.headers["x-secret"] == "s3"
    assert "x-secret" not in forged.headers
    assert [d["state"] for d in listened.deliveries() if d["kind"] == "forged"].count("refused") == 1


def test_an_old_one_can_be_played_again(listened: SandboxStore, receiver: Receiver) -> None:
    """Rightly signed, ten minutes ago: only its time gives it away."""
    listened.hook_fault("stale", "created")
    listened.place(kind="guest")
    listened.until_delivered()
    real, stale = (one for one in receiver.received if one.scope.endswith("created"))
    assert real.raw == stale.raw
    assert real.headers["webhook-id"] == stale.headers["webhook-id"]
    with pytest.raises(WebhookVerificationError, match="old"):
        stale.verify()


@pytest.mark.parametrize(
    "fault", [{"kind": "flood"}, {}, {"kind": "loss", "scope": "("}, {"kind": "loss", "times": -1}]
)
def test_a_fault_that_makes_no_sense_is_refused(store: SandboxStore, fault: dict) -> None:
    """With a sentence; faults are listed with how often they struck, and cleared."""
    with pytest.raises(AssertionError, match="“"):
        store.control("POST", "/hook-faults", fault)
    store.hook_fault("loss")
    assert [one["struck"] for one in store.control("GET", "/hook-faults")["faults"]] == [0]
    assert store.control("DELETE", "/hook-faults") == {"faults": []}


def test_hooks_and_what_waits_for_them_survive_a_restart(tmp_path: Path) -> None:
    """Also kill -9; the receiver gets what it missed."""
    state = ["--state", str(tmp_path / "state.json"), "--allow-http-hooks"]
    answers = [503]
    with Receiver(lambda _: answers.pop() if answers else 200) as receiver:
        with SandboxStore(*state) as store:
            store.hook("store/order/created", receiver.url)
            order_id = store.place(kind="guest")[0]
            receiver.wait(1)
            receiver.wait_until(lambda: order_id in orders_in(tmp_path / "state.json"))
            store.process.kill()
        with SandboxStore(*state) as store:
            assert len(store.api("GET", "/v3/hooks").json()["data"]) == 1
            store.set(clock_speed=1000)
            first, again = receiver.wait(2)
            assert (again.raw, again.event["data"]["id"]) == (first.raw, order_id)


def test_it_stops_at_once_also_while_a_receiver_holds_a_delivery() -> None:
    """SIGTERM ends it in well under two seconds, cleanly."""
    with Receiver(lambda _: time.sleep(20) or 200) as stuck:
        store = SandboxStore("--allow-http-hooks")
        store.hook("store/order/created", stuck.url)
        store.place(kind="guest")
        stuck.wait(1)
        began = time.monotonic()
        store.stop()
        assert (store.process.returncode, time.monotonic() - began < 2) == (0, True)


def test_it_stops_at_once_also_while_a_name_is_looked_up() -> None:
    """A destination that nobody knows holds nothing up."""
    store = SandboxStore("--allow-http-hooks")
    store.hook("store/order/created", "https://nobody.invalid/")
    store.place(kind="guest")
    began = time.monotonic()
    store.stop()
    assert (store.process.returncode, time.monotonic() - began < 2) == (0, True)
