"""R3: whatever a store may answer, at each endpoint. R4: two hundred answers of each kind that never arrive."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.dispatch.factories import ship

from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreState, StoreUpdate, UpdateKind, UpdateState
from counterfoil.stores.sync.wakeups import wake
from faults.environment import NEW, FaultEnvironment, How, retry_everything
from faults.tally import Tally

LONGEST_SYNC = 20.0
HTML = {"status": 200, "body": "<html>Hello</html>", "content_type": "text/html", "done": True}
TWICE = '[{"id": 7, "id": 8, "status_id": 11, "status_id": 2}]'
TEN_MEGABYTES = b'[{"id": 1, "x": "' + b"x" * 10_000_000 + b'"}]'

AGAIN, PERSON, STORE = "tried again by itself", "needs a person", "the store waits"

FAULTS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "400": ({"status": 400, "body": [{"status": 400, "message": "Bad request"}]}, {PERSON, STORE}),
    "401": ({"status": 401, "body": {"status": 401, "title": "Unauthorized"}}, {STORE}),
    "403": ({"status": 403, "body": {"status": 403, "title": "Forbidden"}}, {STORE}),
    "404": ({"status": 404, "body": [{"status": 404, "message": "Not found"}]}, {PERSON, STORE, AGAIN}),
    "409": ({"status": 409, "body": []}, {AGAIN}),
    "422": ({"status": 422, "body": {"status": 422, "title": "Unprocessable"}}, {PERSON, STORE}),
    "429 with headers": ({"status": 429}, {AGAIN}),
    "429 with X-Retry-After only": ({"header_only_retry": 1}, {AGAIN}),
    "429 bare": ({"status": 429, "bare": True}, {AGAIN}),
    "500": ({"status": 500, "body": "Internal error"}, {AGAIN}),
    "502": ({"status": 502, "body": "<html>Bad gateway</html>", "content_type": "text/html"}, {AGAIN}),
    "503": ({"status": 503}, {AGAIN}),
    "504": ({"status": 504}, {AGAIN}),
    "reset before": ({"cut": "before"}, {AGAIN}),
    "reset after": ({"cut": "after"}, {AGAIN}),
    "read time-out": ({"delay_answer": 6}, {AGAIN}),
    "slow drip": ({"drip": 1.0}, {AGAIN}),
    "truncated JSON": ({"truncate": 25}, {AGAIN}),
    "HTML with 200": (
        {"status": 200, "body": "<html>Hello</html>", "content_type": "text/html", "done": True},
        {AGAIN},
    ),
    "empty 200": ({"status": 200, "body": "", "done": True}, {AGAIN}),
    "204": ({"status": 204, "done": True}, {AGAIN, PERSON}),
    "wrong content type": ({"content_type": "text/plain", "done": True, "delay": 0}, {AGAIN}),
    "redirect": ({"redirect": "https://example.com/"}, {STORE, PERSON, AGAIN}),
    "10 MB": ({"body_base64": base64.b64encode(TEN_MEGABYTES).decode(), "done": True}, {AGAIN, PERSON}),
    "duplicate keys": (
        {"body": '[{"id": 7, "id": 8, "status_id": 11, "status_id": 2}]', "done": True},
        {AGAIN, PERSON},
    ),
    "NaN": ({"body": '{"id": NaN, "status_id": Infinity}', "done": True}, {AGAIN, PERSON}),
}
"""What is answered, and which of the three kinds of trouble it may be taken for."""


@dataclass(frozen=True)
class Endpoint:
    """A request of the product: how the sandbox knows it, and what makes the product send it."""

    name: str
    method: str
    path: str
    prepare: Callable[[FaultEnvironment], tuple[str, dict[str, Any]]]
    query: str = ""
    is_read_again: bool = False

    def may_be_taken_for(self, kinds: set[str]) -> set[str]:
        """What the fault may be taken for; what is read again within the sync by itself is no trouble any more."""
        return kinds | {AGAIN} if self.is_read_again else kinds


def an_order(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """A plain order waits."""
    env.place()
    return "run_sync", {}


def a_long_order(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """An order of more lines than a consignment shows."""
    env.place(kind="over_fifty_lines")
    return "run_sync", {}


def an_order_with_a_coupon(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """An order with a coupon for its shipping, of which no line tells."""
    env.place(kind="nothing_to_pay")
    return "run_sync", {}


def an_edited_order(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """An order that is to be read again alone."""
    from counterfoil.stores.models import WebOrder

    order_id = env.place()
    env.sync_until_idle()
    env.store.edit(order_id, customer_message="Hurry", status_id=NEW)
    WebOrder.objects.update(read_again="The harness asks.")
    return "run_sync", {}


def a_parcel(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """A clerk ships."""
    order_id = env.place()
    env.sync_until_idle()
    return "ship", {"order_id": order_id, "tracking_number": "1Z999AA10123456784"}


def a_correction(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """A clerk corrects a tracking number that the store has."""
    a_parcel(env)
    order_id = env.store.orders()[0]["id"]
    env.children.run("ship", **{"with": {"order_id": order_id, "tracking_number": "WRONG"}})
    env.sync_until_idle()
    return "correct", {"order_id": order_id, "tracking_number": "RIGHT"}


def a_void(env: FaultEnvironment) -> tuple[str, dict[str, Any]]:
    """A clerk takes a parcel back that the store has."""
    _, given = a_correction(env)
    return "void", {"order_id": given["order_id"]}


ENDPOINTS = (
    Endpoint("order counts", "GET", r"/v2/orders/count$", an_order),
    Endpoint("the light list", "GET", r"/v2/orders$", an_order, "sort=date_modified"),
    Endpoint("the list of new orders", "GET", r"/v2/orders$", an_order, "status_id="),
    Endpoint("one order", "GET", r"/v2/orders/\d+$", an_edited_order, is_read_again=True),
    Endpoint("an order's lines", "GET", r"/v2/orders/\d+/products$", a_long_order, is_read_again=True),
    Endpoint("an order's coupons", "GET", r"/v2/orders/\d+/coupons$", an_order_with_a_coupon, is_read_again=True),
    Endpoint("set a status", "PUT", r"/v2/orders/\d+$", an_order),
    Endpoint("make a shipment", "POST", r"/v2/orders/\d+/shipments$", a_parcel),
    Endpoint("correct a shipment", "PUT", r"/v2/orders/\d+/shipments/\d+$", a_correction),
    Endpoint("delete a shipment", "DELETE", r"/v2/orders/\d+/shipments/\d+$", a_void),
)


def every_answer(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R3: each fault at each endpoint, once; what needs a person is retried by one, and then all is well."""
    pairs = [(endpoint, name) for endpoint in ENDPOINTS for name in FAULTS]
    for endpoint, name in pairs[:: how.every]:
        if how.has_found(tally):
            return
        once(env, tally, endpoint, name, how)


def once(env: FaultEnvironment, tally: Tally, endpoint: Endpoint, name: str, how: How) -> None:
    """One fault (see FAULTS) at one endpoint, once."""
    fault, kinds = FAULTS[name]
    env.fresh()
    act, given = endpoint.prepare(env)
    env.store.fault(method=endpoint.method, path=endpoint.path, query=endpoint.query, times=1, **fault)
    ended = env.children.run(act, plant=how.plant, **{"with": given})
    where = f"{endpoint.name}, {name}"
    struck = any(each["struck"] for each in env.store.faults())
    env.store.clear_faults()
    kind = _kind_of_trouble()
    _help()
    seconds = env.sync_until_idle()
    if kind == AGAIN and _kind_of_trouble() == PERSON:  # the second try told that it is for a person
        kind = PERSON
        _help()
        seconds += env.sync_until_idle()
    tally.add(env.verdict(), seconds, where)
    if not struck:
        tally.break_off(where, "the request was never made")
    if kind not in endpoint.may_be_taken_for(kinds):
        tally.break_off(where, f"it was taken for “{kind}”")
    if ended.seconds > LONGEST_SYNC:
        tally.break_off(where, f"the turn took {ended.seconds:.0f} s")


def _kind_of_trouble() -> str:
    if StoreState.objects.exclude(trouble_code="").exists():
        return STORE
    return PERSON if attention() else AGAIN


def _help() -> None:
    """What a person does: looks after the store, and presses retry for all."""
    StoreState.objects.update(trouble_code="", trouble="", trouble_next_step="", trouble_since=None)
    retry_everything()
    wake(set(StoreState.objects.values_list("integration_id", flat=True)))


def lost_answers(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R4: each shipment and each status is carried out by the store, and then the connection breaks."""
    number = how.of(200)
    env.fresh()
    ids = env.store.place(number, kind="guest", status_id=NEW)
    env.store.fault(method="PUT", path=r"/v2/orders/\d+$", cut="after", times=number)
    seconds = env.sync_until_idle(syncs=number)
    for at, order_id in enumerate(ids):
        ship(order_id, 1, tracking_number=f"1Z{order_id}" if at % 2 else "")
    env.store.fault(method="POST", path=r"shipments$", cut="after", times=number)
    env.children.run("run_sync", plant=how.plant)
    seconds += env.sync_until_idle(syncs=2 * number, plant=how.plant) + env.sync_until_idle()
    findings = env.verdict()
    sent = StoreUpdate.objects.filter(state=UpdateState.SENT)
    tally.add(findings, 0.0, "lost answers")
    tally.runs, tally.survived = 2 * number, 2 * number - len(findings)
    tally.worst = seconds / (2 * number)
    for kind in (UpdateKind.CREATE, UpdateKind.STATUS):
        if (count := sent.filter(kind=kind).count()) < number:
            tally.break_off("lost answers", f"only {count} of {number} are sent ({kind.label})")
