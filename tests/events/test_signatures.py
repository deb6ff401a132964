"""Signatures as Standard Webhooks has them."""

import hmac
from base64 import b64decode, b64encode
from datetime import timedelta

import pytest
from django.utils import timezone

from counterfoil.events.endpoints import replace_secret
from counterfoil.events.models import WebhookEndpoint
from counterfoil.events.signatures import headers, new_secret, signature
from tests.events.factories import an_endpoint, deliver, events
from tests.events.receiver import Receiver

pytestmark = pytest.mark.django_db


def verified(secret: str, head: dict[str, str], body: bytes) -> bool:
    """As a consumer does it, without a line of ours."""
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    mac = hmac.new(b64decode(secret.removeprefix("whsec_")), signed, "sha256").digest()
    given = [each.partition(",")[2] for each in head["webhook-signature"].split() if each.startswith("v1,")]
    return any(hmac.compare_digest(b64encode(mac).decode(), each) for each in given)


def test_the_example_of_the_reference_libraries() -> None:
    """Secret, id, timestamp, body and signature as the public test vector of Standard Webhooks has them."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_has_256_bits_and_the_prefix() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_")
    assert len(b64decode(secret.removeprefix("whsec_"))) == 32
    assert verified(secret, headers([secret], "evt_1", 7, b"{}"), b"{}")


def test_while_a_secret_is_replaced_both_sign_and_a_day_later_the_new_one_alone(other: Receiver) -> None:
    endpoint = an_endpoint(other.url)
    old, new = endpoint.secret.reveal(), replace_secret(endpoint)
    events(1)
    deliver(endpoint)
    (first,) = other.received
    assert verified(old, first.headers, first.body)
    assert verified(new, first.headers, first.body)
    assert not verified(new_secret(), first.headers, first.body)
    WebhookEndpoint.objects.update(former_until=timezone.now() - timedelta(seconds=1))
    events(1)
    deliver(endpoint)
    second = other.received[-1]
    assert verified(new, second.headers, second.body)
    assert not verified(old, second.headers, second.body)


def test_the_secret_is_encrypted_where_it_is_stored(other: Receiver) -> None:
    endpoint = an_endpoint(other.url)
    assert endpoint.secret.reveal().encode() not in endpoint.secret.stored
