"""What a call sends, where it may go, and how secure connections are checked."""

import json
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from counterfoil.bigcommerce import NeedsPerson, StoreTrouble, TryAgain, deadlines
from counterfoil.bigcommerce.api_path import check_api_path, store_hash
from counterfoil.bigcommerce.client import StoreApi
from tests.bigcommerce.faults import FaultyStore, answer, drips, faulty_store, says

ORIGIN = "https://api.bigcommerce.com"


def client_of(store: FaultyStore, **options: str) -> StoreApi:
    """A client of the store."""
    return StoreApi(f"{store.origin}/stores/abc", "secret-token", allowed_origins=[store.origin], **options)


@pytest.mark.parametrize("path", ["", "/", "/v2", "/v2/", "/v3/"])
def test_an_api_path_is_taken_with_and_without_a_version(path: str) -> None:
    """The forms in which BigCommerce and people write it are one."""
    checked = check_api_path(f" HTTPS://API.BigCommerce.com/stores/abc{path} ", [ORIGIN + "/"])
    assert (checked, store_hash(checked)) == (f"{ORIGIN}/stores/abc", "abc")


@pytest.mark.parametrize(
    "path",
    ["", "abc", "api.bigcommerce.com/stores/abc", f"{ORIGIN}/stores/", f"{ORIGIN}/stores/a/b", f"{ORIGIN}/stores/a?b=1",
     f"{ORIGIN}/stores/a#b", "ftp://api.bigcommerce.com/stores/abc", "http://[/stores/abc", f"{ORIGIN}/stores/../v2",
     "https://user@api.bigcommerce.com/stores/abc"],
)  # fmt: skip
def test_what_is_no_api_path_is_refused(path: str) -> None:
    """It is said that this is no API path, whatever was typed."""
    with pytest.raises(StoreTrouble) as caught:
        check_api_path(path, [ORIGIN])
    assert caught.value.code == "api_path"


@pytest.mark.parametrize(
    "origin", ["http://api.bigcommerce.com", "https://api.bigcommerce.com:444", "https://api.bigcommerce.com.evil.org"]
)
def test_other_origins_are_refused(origin: str) -> None:
    """The access token goes to the allowed origins and nowhere else."""
    with pytest.raises(StoreTrouble) as caught:
        check_api_path(f"{origin}/stores/abc", [ORIGIN])
    assert caught.value.code == "origin"


@pytest.mark.parametrize("token", ["", " ", "to\nken", "tökén", "a\0b"])
def test_a_token_that_cannot_be_one_is_refused_unseen(token: str) -> None:
    """It never reaches a request, nor the error."""
    with pytest.raises(StoreTrouble) as caught:
        StoreApi(f"{ORIGIN}/stores/abc", token, allowed_origins=[ORIGIN])
    assert caught.value.code == "credentials"
    assert not token.strip() or token not in repr(caught.value)


def test_a_pasted_token_loses_the_spaces_around_it() -> None:
    """A line end that came along from the clipboard is not sent."""
    with faulty_store(says(answer(200, b'{"time": 0}'))) as store:
        client = StoreApi(f"{store.origin}/stores/abc", " token\n", allowed_origins=[store.origin])
        assert client.time() == datetime(1970, 1, 1, tzinfo=UTC)
    assert b"X-Auth-Token: token\r\n" in store.requests[0]


def test_a_list_asks_for_everything_in_one_call() -> None:
    """Keyset by id, lines, addresses and fees included, the cut-off in UTC."""
    since = datetime(2026, 1, 2, 3, tzinfo=UTC)
    with faulty_store(says(answer(200, b'[{"id":5},{"id":7}]'))) as store:
        assert client_of(store).list_orders(status_id=11, min_id=5, min_date_created=since) == [
            b'{"id":5}',
            b'{"id":7}',
        ]
    line = store.requests[0].split(b"\r\n")[0].decode()
    assert line == (
        "GET /stores/abc/v2/orders?status_id=11&min_id=5&limit=250&page=1&sort=id:asc"
        "&min_date_created=2026-01-02T03:00:00Z"
        "&include=consignments.line_items,fees&consignment_structure=object HTTP/1.1"
    )


def test_no_content_means_nothing_there() -> None:
    """204 is an empty list, and of one order that the store has not."""
    with faulty_store(says(answer(204, b""))) as store:
        client = client_of(store)
        assert client.list_orders(status_id=11, min_id=1) == client.list_order_headers() == []
        assert client.order_products(1) == client.order_coupons(1) == b"[]"
        with pytest.raises(NeedsPerson, match="doesn’t have this order"):
            client.order(1)


def test_a_status_update_sends_the_status_and_nothing_else() -> None:
    """Never send back what was read (bigcommerce.md, section 3)."""
    with faulty_store(says(answer(200, b'{"id": 100, "status_id": 9}'))) as store:
        assert client_of(store).set_status(100, 9) == b'{"id": 100, "status_id": 9}'
    assert store.requests[0].startswith(b"PUT /stores/abc/v2/orders/100 ")
    assert store.requests[0].endswith(b'\r\n\r\n{"status_id": 9}')


@pytest.mark.parametrize(("status", "may"), [(403, False), (400, True), (404, True), (200, True)])
def test_the_permission_to_write_is_found_out_without_writing(status: int, may: bool) -> None:
    """Order 0 is asked to change in nothing: only a lack of permission says 403."""
    with faulty_store(says(answer(status))) as store:
        assert client_of(store).may_write_orders() is may
    assert store.requests[0].endswith(b"\r\n\r\n{}")


def test_a_redirect_is_never_followed() -> None:
    """The other address gets no request, and so no token."""
    with faulty_store(says(answer(200, b'{"time": 1}'))) as other:
        there = f"{other.origin}/stores/abc/v2/time"
        with faulty_store(says(answer(301, b"", Location=there))) as store, pytest.raises(StoreTrouble):
            client_of(store).time()
    assert other.requests == []


def test_a_proxy_of_the_environment_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of proxies does not lead the token elsewhere."""
    with (
        faulty_store(says(answer(200, b'{"time": 1}'))) as proxy,
        faulty_store(says(answer(200, b'{"time": 2}'))) as store,
    ):
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.origin)
        assert client_of(store).time().timestamp() == 2
    assert proxy.requests == []


def test_another_order_than_the_one_asked_for_is_not_taken() -> None:
    """An answer that a proxy mixed up is asked for again."""
    with faulty_store(says(answer(200, b'{"id": 101}'))) as store, pytest.raises(TryAgain):
        client_of(store).order(100)


def test_an_order_with_a_bad_value_is_handed_on_as_it_came() -> None:
    """It is kept and listed; reading it again would not help."""
    body = b'{"id": 100, "total": NaN, "name": "\xff\\ud800"}'
    with faulty_store(says(answer(200, body))) as store:
        assert client_of(store).order(100) == body


def test_an_order_larger_than_any_needs_a_person() -> None:
    """Ten megabytes for one order are not asked for again; a list of that size is fine."""
    body = b'[{"id": 1, "x": "' + b"x" * 10_000_000 + b'"}]'
    with faulty_store(says(answer(200, body))) as store:
        with pytest.raises(NeedsPerson) as caught:
            client_of(store).order(1)
        assert len(client_of(store).list_orders(status_id=11, min_id=1)) == 1
    assert caught.value.code == "too_large"


def test_a_refused_call_says_when_to_come_back() -> None:
    """Also of a write: 429 carries how long the store wants to be left alone."""
    with faulty_store(says(answer(429, b"", X_Retry_After="7"))) as store, pytest.raises(TryAgain) as caught:
        client_of(store).set_status(1, 2)
    assert 6 < (caught.value.after or 0) <= 7


def test_a_dripping_store_is_left_after_eight_seconds() -> None:
    """The real bound: each byte comes in time, the whole does not."""
    with faulty_store(drips(b"HTTP/1.1 200 OK\r\nX-Drip: ", every=0.5)) as store:
        started = time.monotonic()
        with pytest.raises(TryAgain):
            client_of(store).time()
        assert 7 < time.monotonic() - started < 8


def certificate(directory: Path, *, host: str, days: int) -> tuple[ssl.SSLContext, str]:
    """A server's TLS with a certificate of its own for `host`, valid for `days` from yesterday on; and its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store")])
    start = datetime.now(UTC) - timedelta(days=abs(days) + 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(datetime.now(UTC) + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, str(path)


def test_a_valid_certificate_is_taken(tmp_path: Path) -> None:
    """TLS all the way, with the authority that was given."""
    tls, path = certificate(tmp_path, host="127.0.0.1", days=1)
    body = answer(200, b'{"time": 5}')
    with faulty_store(says(body), tls) as store:
        client = client_of(store, ca_certs=path)
        assert [client.time().timestamp() for _ in range(3)] == [5, 5, 5]


@pytest.mark.parametrize(
    ("host", "days", "known"), [("127.0.0.1", 1, False), ("127.0.0.1", -1, True), ("127.0.0.2", 1, True)]
)
def test_a_wrong_certificate_is_named(tmp_path: Path, host: str, days: int, known: bool) -> None:
    """Unknown authority, expired, another host: the store is not talked to, and the token stays here."""
    tls, path = certificate(tmp_path, host=host, days=days)
    with faulty_store(says(answer(200, b'{"time": 5}')), tls) as store, pytest.raises(StoreTrouble) as caught:
        client_of(store, **({"ca_certs": path} if known else {})).time()
    assert caught.value.code == "certificate"
    assert store.requests == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_refused(tmp_path: Path) -> None:
    """Nothing below TLS 1.2."""
    tls, path = certificate(tmp_path, host="127.0.0.1", days=1)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    tls.minimum_version, tls.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with faulty_store(says(answer(200, b'{"time": 5}')), tls) as store, pytest.raises(StoreTrouble) as caught:
        client_of(store, ca_certs=path).time()
    assert "secure connection" in caught.value.sentence


def test_a_store_that_speaks_no_tls_is_trouble() -> None:
    """HTTPS asked for, plain text answered: nothing was sent, and it says so."""
    with faulty_store(says(answer(200))) as store:
        store.scheme = "https"
        with pytest.raises(StoreTrouble) as caught:
            client_of(store).set_status(1, 2)
    assert caught.value.code == "unreachable"


def test_a_list_without_an_end_is_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that shows full pages for ever is left at some page."""
    monkeypatch.setattr("counterfoil.bigcommerce.client.MOST_PAGES", 2)
    page = json.dumps([{"id": number} for number in range(250)]).encode()
    with faulty_store(says(answer(200, page))) as store, pytest.raises(NeedsPerson) as caught:
        client_of(store).order_products(100)
    assert caught.value.code == "too_large"


@pytest.mark.parametrize("take_away", [lambda c: c.delete_shipment(100, 5), lambda c: c.delete_hook(5)])
def test_what_may_not_be_deleted_needs_a_person(take_away: Callable[[StoreApi], Any]) -> None:
    """Only what is gone already is deleted."""
    with faulty_store(says(answer(400, b'[{"message": "Not this one."}]'))) as store, pytest.raises(NeedsPerson) as no:
        take_away(client_of(store))
    assert no.value.store_words == "Not this one."


def test_whether_it_may_write_is_not_known_of_a_store_in_trouble() -> None:
    """Busy is no answer."""
    with faulty_store(says(answer(503, b""))) as store, pytest.raises(TryAgain):
        client_of(store).may_write_orders()


@pytest.mark.parametrize("error", [OSError("no such name"), UnicodeError("no name at all")])
def test_a_name_that_nobody_knows_is_trouble_of_the_store(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system says so in either of two ways."""

    def nobody(*_arguments: Any, **_named: Any) -> Any:
        raise error

    monkeypatch.setattr(deadlines.socket, "getaddrinfo", nobody)
    with pytest.raises(StoreTrouble) as caught:
        client_of(FaultyStore(1)).time()
    assert caught.value.code == "unreachable"
