"""What a store says by itself is heard when it is genuine, and counted when it is not."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries
from standardwebhooks.webhooks import Webhook

from counterfoil.accounts.models import Role
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.webhooks import HEADER, hooks_of
from counterfoil.stores.models import StoreHooks, StoreState, WebhookEvent, WebIntegration
from tests.platform.commands import run
from tests.web.conftest import logged_in
from tests.web.factories.orders import CLIENT_SECRET, a_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def hooks() -> StoreHooks:
    """A store whose hooks are made."""
    return hooks_of(a_store())


def event(order_id: int = 250, store: str = "web", **more: Any) -> bytes:
    """An event's body."""
    data = {"type": "order", "id": order_id}
    return json.dumps({"scope": "store/order/updated", "data": data, "producer": f"stores/{store}", **more}).encode()


def deliver(
    hooks: StoreHooks, body: bytes, *, at: datetime | None = None, secret: str = CLIENT_SECRET, **changed: Any
) -> int:
    """Delivers as the store does; `changed` headers are left out where they are None. Returns the answer's status."""
    moment = at or datetime.now(UTC)
    key = base64.b64encode(secret.encode()).decode()
    headers: dict[str, Any] = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(key).sign("msg_1", moment, body.decode("latin-1")),
        HEADER: hooks.header_secret.reveal(),
    }
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    given = {name: value for name, value in headers.items() if value is not None}
    path = reverse("hooks", args=[hooks.token])
    answer = Client(enforce_csrf_checks=True).post(path, body, content_type="application/json", headers=given)
    assert answer.content == b""
    return answer.status_code


def refused(hooks: StoreHooks) -> dict[str, int]:
    """What was refused, by reason."""
    hooks.refresh_from_db()
    return dict(hooks.refused)


def test_a_genuine_event_notes_its_order_and_wakes_the_store(hooks: StoreHooks) -> None:
    """Answered with 204 at once; what it says besides the order's number is not believed."""
    StoreState.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert deliver(hooks, event(250, status={"new_status_id": 5})) == 204
    assert [each.bigcommerce_order_id for each in WebhookEvent.objects.all()] == [250]
    assert StoreState.objects.get().due_at <= timezone.now()
    hooks.refresh_from_db()
    assert (hooks.events, hooks.signed, hooks.refused) == (1, True, {})


def test_a_hundred_events_of_an_order_are_one_event_to_read(hooks: StoreHooks) -> None:
    """The last one's time stands."""
    for _ in range(10):
        deliver(hooks, event(250))
    deliver(hooks, event(251))
    assert WebhookEvent.objects.count() == 2
    hooks.refresh_from_db()
    assert hooks.events == 11


def test_during_a_flood_the_store_is_synced_every_two_seconds(hooks: StoreHooks) -> None:
    """The quota is shared: what comes meanwhile waits for the next look."""
    StoreState.objects.update(visited_at=timezone.now(), due_at=timezone.now() + timedelta(hours=1))
    deliver(hooks, event(250))
    waits = (StoreState.objects.get().due_at - timezone.now()).total_seconds()
    assert 1 < waits <= 2


def test_an_event_takes_four_statements(
    hooks: StoreHooks, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Its hook, what it says, when to poll, and the wake-up; a transaction's own are not counted."""
    with django_assert_max_num_queries(4 + 4):
        deliver(hooks, event(250))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"webhook_signature": "v1,AAAA"}, "forged"),
        ({HEADER: "guessed"}, "forged"),
        ({HEADER: None}, "forged"),
        ({HEADER: None, "webhook_signature": None}, "unsigned"),
        ({"webhook_id": None}, "unsigned"),
    ],
)
def test_what_the_store_did_not_say_is_refused_and_counted(
    hooks: StoreHooks, changed: dict[str, Any], reason: str
) -> None:
    """403 without a word; no order is noted."""
    assert deliver(hooks, event(), **changed) == 403
    assert refused(hooks) == {reason: 1}
    assert not WebhookEvent.objects.exists()


def test_a_body_that_was_changed_is_forged(hooks: StoreHooks) -> None:
    """And so is one that another secret signed."""
    assert deliver(hooks, event(), secret="another secret") == 403
    assert refused(hooks) == {"forged": 1}


@pytest.mark.parametrize("apart", [timedelta(minutes=6), -timedelta(minutes=6)])
def test_a_message_of_another_time_is_stale_however_well_it_is_signed(hooks: StoreHooks, apart: timedelta) -> None:
    assert deliver(hooks, event(), at=datetime.now(UTC) + apart) == 403
    assert refused(hooks) == {"stale": 1}


@pytest.mark.parametrize(("body", "reason"), [(b"[]", "unreadable"), (event(store="other"), "other_store")])
def test_a_genuine_message_that_names_no_order_of_the_store_is_refused(
    hooks: StoreHooks, body: bytes, reason: str
) -> None:
    """It is signed, and says nothing that could be followed."""
    assert deliver(hooks, body) == 403
    assert refused(hooks) == {reason: 1}


def test_a_store_that_signs_nothing_is_known_by_its_secret_header(hooks: StoreHooks) -> None:
    """The vendor does not say that the hooks of every account are signed; the page tells which it is."""
    assert deliver(hooks, event(), webhook_signature=None, webhook_id=None, webhook_timestamp=None) == 204
    hooks.refresh_from_db()
    assert hooks.signed is False


UNSIGNED: dict[str, Any] = {"webhook_signature": None, "webhook_id": None, "webhook_timestamp": None}


def test_once_signed_always_signed(hooks: StoreHooks) -> None:
    """Whoever has read the secret header somewhere cannot leave the signature out; its first signed event decides."""
    assert deliver(hooks, event(), **UNSIGNED) == 204
    assert deliver(hooks, event(), webhook_signature="v1,AAAA") == 403
    assert deliver(hooks, event(), **UNSIGNED) == 204, "a forged signature decides nothing"
    assert deliver(hooks, event()) == 204
    hooks.refresh_from_db()
    since = hooks.signs_since
    left_out = [{"webhook_signature": None}, {"webhook_signature": ""}, {"webhook_signature": "v2,AAAA"}, UNSIGNED]
    assert [deliver(hooks, event(9), **each) for each in left_out] == [403, 403, 403, 403]
    assert refused(hooks) == {"forged": 2, "unsigned": 3}
    assert deliver(hooks, event()) == 204
    hooks.refresh_from_db()
    assert hooks.signs_since == since
    assert not WebhookEvent.objects.filter(bigcommerce_order_id=9).exists()


def test_signing_is_forgotten_only_when_somebody_switches_webhooks_off(hooks: StoreHooks) -> None:
    """Those that are made then may be another account's; a new client secret alone changes nothing."""
    deliver(hooks, event())
    WebIntegration.objects.update(client_secret=Secret.of("another secret"))
    assert deliver(hooks, event(), **UNSIGNED) == 403
    assert run("store", "set", "WEB-", "--webhooks").code == 0
    assert deliver(hooks, event(), **UNSIGNED) == 403
    assert run("store", "set", "WEB-", "--no-webhooks").code == 0
    assert deliver(hooks, event(), **UNSIGNED) == 204


def test_what_is_larger_than_any_event_is_not_read(hooks: StoreHooks) -> None:
    """413, whoever sends it."""
    assert deliver(hooks, event(x="x" * 70_000)) == 413


def test_an_unknown_token_is_no_address(hooks: StoreHooks) -> None:
    """404, and nothing is counted."""
    hooks.token = "nobody-knows-this"
    assert deliver(hooks, event()) == 404
    assert not WebhookEvent.objects.exists()


def test_a_secret_that_cannot_be_opened_lets_nothing_in(hooks: StoreHooks) -> None:
    """The secret key was changed: refused and counted, never taken for genuine."""
    WebIntegration.objects.update(client_secret=Secret(b"garbage"))
    assert deliver(hooks, event()) == 403
    assert refused(hooks) == {"secret": 1}


def test_the_page_and_the_command_tell_how_the_hooks_are_doing(hooks: StoreHooks, settings: Any) -> None:
    """Why there are none; then how many events came, and what was refused."""
    integration = hooks.integration
    page = reverse("integration", args=[integration.pk])
    manager = logged_in(Role.MANAGER)
    assert "no public https address" in manager.get(page).content.decode()
    assert run("store", "show", "WEB-", "--json").json["webhooks"]["state"] == "None"
    settings.ADDRESS = "https://orders.example.com"
    StoreHooks.objects.update(live_since=timezone.now())
    deliver(hooks, event())
    deliver(hooks, event(), webhook_signature="v1,AAAA")
    shown = manager.get(page).content.decode()
    assert "The store reports changed orders right away" in shown
    assert "1 forged" in shown
    told = run("store", "show", "WEB-", "--json").json["webhooks"]
    assert (told["state"], told["events"], told["refused"]) == ("Live", 1, {"forged": 1})
