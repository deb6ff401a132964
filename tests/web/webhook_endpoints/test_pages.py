"""Webhook endpoints on their pages, and by command."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import AuditEntry, Role
from counterfoil.events.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from tests.events.factories import an_endpoint, deliver, events, only
from tests.events.receiver import Receiver, Reply, receiver
from tests.platform.commands import run as counterfoil
from tests.web.conftest import logged_in
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    """Another system on this machine, which webhooks may be sent to."""
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
    with receiver() as found:
        yield found


@pytest.fixture
def admin() -> Client:
    """A browser in which an administrator has just logged in."""
    return logged_in(Role.ADMINISTRATOR)


def page(client: Client, name: str, *args: Any, sent: Any = None, **query: Any) -> str:
    """What the page shows."""
    path = reverse(name, args=args, query=query)
    answer = client.get(path) if sent is None else client.post(path, sent, follow=True)
    return answer.content.decode()


def test_an_endpoint_is_added_and_its_secret_is_shown_once(admin: Client, other: Receiver) -> None:
    a_store()
    sent = {"name": "ERP", "url": other.url, "type": ["order.held", "order.released"], "store": "WEB-"}
    shown = page(admin, "webhook-endpoint-add", sent=sent)
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.types, endpoint.stores) == (["order.held", "order.released"], ["WEB-"])
    secret = endpoint.secret.reveal()
    assert secret in shown
    assert secret not in page(admin, "webhook-endpoints") + page(admin, "webhook-endpoint", endpoint.pk)
    new = page(admin, "webhook-endpoint-secret", endpoint.pk, sent={})
    endpoint.refresh_from_db()
    assert endpoint.secret.reveal() in new
    assert endpoint.former_secret.reveal() == secret
    assert secret not in new
    assert AuditEntry.objects.filter(what__contains="webhook endpoint", about="ERP").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "", "url": "https://erp.example.com/"},
        {"name": "ERP", "url": "http://erp.example.com/"},
        {"name": "ERP", "url": "https://127.0.0.1/"},
        {"name": "ERP", "url": "https://erp.example.com/", "type": "order.gone"},
        {"name": "ERP", "url": "https://erp.example.com/\x00", "store": "NONE-"},
    ],
    ids=repr,
)
def test_what_cannot_be_used_is_refused_and_what_was_typed_stays(admin: Client, wrong: dict[str, str]) -> None:
    answer = admin.post(reverse("webhook-endpoint-add"), wrong)
    assert answer.status_code == 422
    assert wrong["name"] in answer.content.decode()
    assert WebhookEndpoint.objects.count() == 0


def test_a_test_event_shows_the_answer_without_its_markup(admin: Client, other: Receiver) -> None:
    other.replies = lambda _: Reply(500, b"<script>alert('x')</script>")
    shown = page(admin, "webhook-endpoint-test", an_endpoint(other.url).pk, sent={})
    assert "It responded with status 500." in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    assert len(other.received) == 1


def test_deliveries_are_listed_sent_again_and_skipped(admin: Client, other: Receiver) -> None:
    other.replies = lambda _: Reply(500)
    endpoint = an_endpoint(other.url)
    events(1)
    deliver(endpoint)
    assert "order.updated" in page(admin, "webhook-endpoint", endpoint.pk, state="waiting")
    assert "No deliveries here." in page(admin, "webhook-endpoint", endpoint.pk, state="delivered")
    other.replies = lambda _: Reply()
    assert "Delivered." in page(admin, "webhook-delivery-send", only(endpoint).pk, sent={})
    assert only(endpoint).state == DeliveryState.DELIVERED
    events(1)
    waits = WebhookDelivery.objects.latest("pk")
    page(admin, "webhook-delivery-skip", waits.pk, sent={})
    waits.refresh_from_db()
    assert waits.state == DeliveryState.SKIPPED


def test_it_is_changed_switched_off_and_on_and_removed(admin: Client, other: Receiver) -> None:
    endpoint = an_endpoint(other.url)
    page(admin, "webhook-endpoint-change", endpoint.pk, sent={"name": "Warehouse", "url": other.url})
    endpoint.refresh_from_db()
    assert endpoint.name == "Warehouse"
    assert "Switched off" in page(admin, "webhook-endpoint-switch", endpoint.pk, sent={})
    assert "Switched off" not in page(admin, "webhook-endpoint-switch", endpoint.pk, sent={})
    page(admin, "webhook-endpoint-remove", endpoint.pk, sent={})
    assert WebhookEndpoint.objects.count() == 0


def test_the_command_does_the_same(other: Receiver) -> None:
    added = counterfoil("webhook-endpoint", "add", "ERP", other.url, "--event", "order.held", "--json")
    assert added.json["secret"].startswith("whsec_")
    assert added.json["events"] == ["order.held"]
    assert counterfoil("webhook-endpoint", "test", "ERP").code == 0
    other.replies = lambda _: Reply(404)
    assert counterfoil("webhook-endpoint", "test", "ERP").code == 1
    assert counterfoil("webhook-endpoint", "off", "ERP").code == 0
    (row,) = counterfoil("webhook-endpoint", "list", "--json").json
    assert row["off_at"]
    assert "secret" not in row
    assert "ERP" in counterfoil("webhook-endpoint", "list").said
    assert counterfoil("webhook-endpoint", "on", "ERP", "--json").json == {"name": "ERP", "off": False}
    assert counterfoil("webhook-endpoint", "secret", "ERP").code == 0
    assert counterfoil("webhook-endpoint", "remove", "ERP").code == 0
    assert counterfoil("webhook-endpoint", "remove", "ERP").code != 0
