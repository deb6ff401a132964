"""Events are taken for what they are only when the store signed them, just now."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from counterfoil.bigcommerce.webhooks import NotGenuine, WebhookPayload, is_signed, read_event, verify

SECRET = "a client secret, not base64: ü"
NOW = datetime(2026, 11, 13, 8, 0, tzinfo=UTC)
BODY = b'{"scope":"store/order/created","store_id":"1","data":{"type":"order","id":250},"producer":"stores/abc"}'


def signed(body: bytes = BODY, *, at: datetime = NOW, secret: str = SECRET, message: str = "msg_1") -> dict[str, str]:
    """The headers as the specification's own library makes them."""
    key = base64.b64encode(secret.encode()).decode()
    signature = Webhook(key).sign(message, at, body.decode())
    second = str(int(at.timestamp()))
    return {"Webhook-Id": message, "Webhook-Timestamp": second, "Webhook-Signature": signature}


@given(st.text(max_size=300), st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable()))
def test_what_the_specifications_own_library_signs_is_genuine(text: str, secret: str) -> None:
    """Any body and any client secret."""
    body = text.encode("utf-8", "replace")
    verify(secret, signed(body, secret=secret), body, NOW)


def reason(headers: dict[str, str], body: bytes = BODY, secret: str = SECRET) -> str:
    """Why a message is refused."""
    with pytest.raises(NotGenuine) as caught:
        verify(secret, headers, body, NOW)
    return caught.value.reason


@pytest.mark.parametrize("missing", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_a_message_that_lacks_a_header_is_unsigned(missing: str) -> None:
    """All three belong to the signature."""
    headers = signed()
    del headers[missing]
    assert reason(headers) == "unsigned"
    assert is_signed(headers) == (missing != "Webhook-Signature")


@pytest.mark.parametrize("second", ["", "soon", "-1", "1e9", "9" * 13, "१२३"])
def test_a_time_that_is_none_is_unsigned(second: str) -> None:
    """Digits, and not more of them than a time has."""
    assert reason(signed() | {"Webhook-Timestamp": second}) == "unsigned"


def test_a_body_or_a_header_that_was_changed_is_forged() -> None:
    """Each of the three parts is under the signature."""
    assert reason(signed(), BODY.replace(b"250", b"251")) == "forged"
    assert reason(signed() | {"Webhook-Id": "msg_2"}) == "forged"
    assert reason(signed() | {"Webhook-Timestamp": str(int(NOW.timestamp()) + 1)}) == "forged"
    assert reason(signed(secret="another")) == "forged"
    assert reason(signed(), secret="") == "forged"


@pytest.mark.parametrize("signature", ["v1,", "v1,###", "v2,AAAA", "AAAA", "v1a,AAAA", "v1," + "A" * 5000, "v1,ü"])
def test_a_signature_that_is_none_is_forged_whatever_stands_there(signature: str) -> None:
    assert reason(signed() | {"Webhook-Signature": signature}) == "forged"


def test_one_good_signature_among_several_is_enough() -> None:
    """As while a secret is being replaced; but not behind more than ten."""
    good = signed()["Webhook-Signature"]
    verify(SECRET, signed() | {"Webhook-Signature": f"v1,AAAA v2,BBBB {good}"}, BODY, NOW)
    assert reason(signed() | {"Webhook-Signature": "v1,AAAA " * 10 + good}) == "forged"


@pytest.mark.parametrize("apart", [timedelta(seconds=301), timedelta(seconds=-301), timedelta(days=2)])
def test_a_message_of_another_time_is_stale_however_well_it_is_signed(apart: timedelta) -> None:
    """More than five minutes from now, either way, however well it is signed."""
    assert reason(signed(at=NOW - apart)) == "stale"


@pytest.mark.parametrize("apart", [300, -300, 0])
def test_five_minutes_are_allowed(apart: int) -> None:
    """Clocks differ, and messages wait."""
    verify(SECRET, signed(at=NOW - timedelta(seconds=apart)), BODY, NOW)


def test_an_event_names_its_order_and_its_store() -> None:
    """Whatever else it says, or leaves out."""
    assert read_event(BODY) == WebhookPayload("store/order/created", "abc", 250)
    more = BODY.replace(b'"id":250', b'"id":250,"status":{"previous_status_id":11,"new_status_id":9}')
    assert read_event(more).order_id == 250


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"\xff", b'{"scope": 1}', BODY.replace(b"250", b'"250"'), BODY.replace(b"250", b"0"),
        BODY.replace(b"250", b"9" * 30), BODY.replace(b"250", b"NaN"), BODY.replace(b"stores/abc", b"apps/abc"),
        BODY.replace(b"stores/abc", b"stores/"), b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_event_is_unreadable(body: bytes) -> None:
    """It is refused, and breaks nothing."""
    with pytest.raises(NotGenuine) as caught:
        read_event(body)
    assert caught.value.reason == "unreadable"
