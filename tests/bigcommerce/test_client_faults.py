"""Every fault × every endpoint: the right kind of error, in time, with the store's words, without the token."""

import gzip
import socket
import time
from collections.abc import Callable
from functools import cache

import pytest

from counterfoil.bigcommerce import (
    NeedsPerson,
    NewShipment,
    ShipmentDetails,
    ShipmentItem,
    StoreTrouble,
    TryAgain,
    deadlines,
)
from counterfoil.bigcommerce.client import StoreApi
from counterfoil.bigcommerce.rate_limit import RateBudget
from tests.bigcommerce.faults import (
    Behaviour,
    FaultyStore,
    answer,
    drips,
    faulty_store,
    is_silent,
    resets,
    says,
    says_and_waits,
)

TOKEN = "token-that-nobody-may-see"
ENDPOINTS: dict[str, Callable[[StoreApi], object]] = {
    "time": StoreApi.time,
    "store": StoreApi.store_information,
    "order_statuses": StoreApi.order_statuses,
    "count": StoreApi.orders_count,
    "list": lambda client: client.list_orders(status_id=11, min_id=1),
    "glance": StoreApi.list_order_headers,
    "order": lambda client: client.order(100),
    "products": lambda client: client.order_products(100),
    "coupons": lambda client: client.order_coupons(100),
    "shipments": lambda client: client.order_shipments(100),
    "refunds": lambda client: client.refunds([100]),
    "set_status": lambda client: client.set_status(100, 9),
    "staff_notes": lambda client: client.write_staff_notes(100, "text"),
    "create": lambda client: client.create_shipment(100, NewShipment(order_address_id=1, items=(ShipmentItem(1, 1),))),
    "correct": lambda client: client.correct_shipment(100, 5, ShipmentDetails(tracking_number="1Z")),
}
WRITES = {"set_status", "staff_notes", "create", "correct"}
OF_ONE_ORDER = {"order", "products", "coupons", "shipments", "refunds", *WRITES}
LISTS = {"list", "glance"}
pytestmark = pytest.mark.parametrize("endpoint", ENDPOINTS)


def client_of(store: FaultyStore) -> StoreApi:
    """A client of the faulty store."""
    return StoreApi(
        f"{store.origin}/stores/abc",
        TOKEN,
        allowed_origins=[store.origin],
        budget=RateBudget(),
        wait_at_most=0,
        seconds=0.3,
    )


def fails(endpoint: str, behave: Behaviour) -> Exception:
    """The error that a call ends with; it comes in time and shows no token."""
    with faulty_store(behave) as store:
        client = client_of(store)
        started = time.monotonic()
        with pytest.raises((TryAgain, NeedsPerson, StoreTrouble)) as caught:
            ENDPOINTS[endpoint](client)
        assert time.monotonic() - started < 2
        client.close()
    assert TOKEN not in f"{caught.value!r} {vars(caught.value)} {caught.getrepr(style='long', showlocals=False)}"
    return caught.value


@pytest.mark.parametrize("status", [408, 409, 423, 429, 500, 502, 503, 504])
def test_a_busy_store_is_tried_again(endpoint: str, status: int) -> None:
    """A passing refusal is TryAgain; a write after a 5xx may have been carried out; a list may do when smaller."""
    error = fails(endpoint, says(answer(status, b"busy")))
    assert isinstance(error, TryAgain)
    assert error.outcome_unknown == (endpoint in WRITES and status >= 500)
    assert error.smaller == (endpoint in LISTS and status >= 500)


@pytest.mark.parametrize(("status", "code"), [(401, "credentials"), (403, "permission"), (302, "redirect")])
def test_refused_credentials_are_trouble_of_the_store(endpoint: str, status: int, code: str) -> None:
    """401, 403 and redirects concern the store as a whole, and the store's own words are kept."""
    error = fails(endpoint, says(answer(status, b'{"title": "No, not ' + TOKEN.encode() + b'", "status": 401}')))
    assert isinstance(error, StoreTrouble)
    assert (error.code, error.store_words) == (code, "No, not [access token]")


@pytest.mark.parametrize("status", [400, 404, 405, 422, 501])
def test_a_refused_request_needs_a_person(endpoint: str, status: int) -> None:
    """What concerns one order needs a person; where every store answers, the store itself is in trouble."""
    error = fails(endpoint, says(answer(status, b'[{"status": 400, "message": "The field is invalid."}]')))
    assert isinstance(error, NeedsPerson if endpoint in OF_ONE_ORDER else StoreTrouble)
    assert error.store_words == "The field is invalid."
    if endpoint not in OF_ONE_ORDER:
        assert error.code == ("api_path" if status == 404 else "refused")


BROKEN = {
    "reset": resets,
    "silent": is_silent,
    "closed": says(),
    "cut body": says(answer(200, b"[{}]", Content_Length="900")),
    "half a document": says(answer(200, b'[{"id": 100, "name": "half')),
    "half an object": says(answer(200, b'{"id": 100, "name": "half')),
    "HTML": says(answer(200, b"<html>Maintenance</html>", Content_Type="text/html")),
    "empty": says(answer(200, b"")),
    "202": says(answer(202, b"")),
    "no HTTP": says(b"SSH-2.0-OpenSSH\r\n\r\n"),
    "bad gzip": says(answer(200, b"[no gzip at all]", Content_Encoding="gzip")),
    "dripping head": drips(b"HTTP/1.1 200 OK\r\nX-Drip: "),
    "dripping body": drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n["),
    "endless dripping body": drips(b"HTTP/1.1 200 OK\r\n\r\n[", drop=b" "),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_an_answer_that_did_not_come_whole_is_asked_for_again(endpoint: str, fault: str) -> None:
    """A lost answer is TryAgain, and of a write nobody knows the outcome."""
    error = fails(endpoint, BROKEN[fault])
    assert isinstance(error, TryAgain)
    assert error.outcome_unknown == (endpoint in WRITES)


SLOW = {
    "silent": (is_silent, "0.3 s"),
    "silent after its head": (says_and_waits(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n["), "0.3 s"),
    "dripping": (BROKEN["dripping body"], "0.45 s"),
}


@pytest.mark.parametrize("fault", SLOW)
def test_an_answer_slower_than_the_limit_is_called_slow(endpoint: str, fault: str) -> None:
    """Not broken: and the sentence tells the limit, which can be set."""
    behave, limit = SLOW[fault]
    error = fails(endpoint, behave)
    assert str(error) == f"BigCommerce took longer than {limit}."


@cache
def _bomb() -> bytes:
    return gzip.compress(b"[" + b" " * 60_000_000)


def test_a_gzip_bomb_is_not_unpacked(endpoint: str) -> None:
    """A body that unpacks to far more than any answer is given up at the bound."""
    error = fails(endpoint, says(answer(200, _bomb(), Content_Encoding="gzip")))
    one_order_too_large = endpoint in OF_ONE_ORDER - WRITES - LISTS
    assert isinstance(error, NeedsPerson if one_order_too_large else TryAgain)


@pytest.mark.parametrize("status", [413, 414, 507])
def test_a_list_that_is_too_much_for_the_store_is_asked_for_in_parts(endpoint: str, status: int) -> None:
    """Where it is no list, it is refused for good."""
    error = fails(endpoint, says(answer(status, b"")))
    assert (isinstance(error, TryAgain) and error.smaller) == (endpoint in LISTS)


def test_nobody_listening_is_trouble_of_the_store(endpoint: str) -> None:
    """A refused connection: nothing was sent, so a write is not in doubt."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(StoreTrouble) as caught:
        ENDPOINTS[endpoint](client_of(FaultyStore(port)))
    assert caught.value.code == "unreachable"


def test_a_name_look_up_that_hangs_is_left_behind(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's look-up has no time limit; the call has."""
    monkeypatch.setattr(deadlines.socket, "getaddrinfo", lambda *_arguments, **_named: time.sleep(10) or [])
    started = time.monotonic()
    with pytest.raises(StoreTrouble) as caught:
        ENDPOINTS[endpoint](client_of(FaultyStore(1)))
    assert caught.value.code == "unreachable"
    assert time.monotonic() - started < 2
