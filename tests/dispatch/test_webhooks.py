"""Our hooks at the store: made, watched, corrected, and taken away again."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.bigcommerce.webhooks import SCOPES
from counterfoil.intake.fetching.webhook_events import read_webhook_events
from counterfoil.platform.worker.sync import sync_store
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.public_address import public_address
from counterfoil.stores.integrations.webhooks import destination, hooks_of, hooks_shown, want_hooks
from counterfoil.stores.models import (
    LogEntry,
    PublicAddress,
    StoreHooks,
    StoreState,
    WebhookEvent,
    WebIntegration,
    WebOrder,
)
from counterfoil.stores.sync.changed_orders import ChangedOrders
from counterfoil.stores.sync.session import open_session
from tests.factories import connect, fresh, run_sync, sales_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def integration(store: SandboxStore, settings: Any) -> WebIntegration:
    """A store with a client secret, and a Counterfoil with a public address."""
    settings.ADDRESS = "https://orders.example.com"
    found = connect(store)
    WebIntegration.objects.update(client_secret=Secret.of("sandbox-client-secret"))
    return found


def there(store: SandboxStore) -> list[dict[str, Any]]:
    """The hooks that the store has."""
    return list(store.api("GET", "/v3/hooks").json()["data"])


def watch(integration: WebIntegration) -> None:
    """A sync, with the last check of the hooks long ago."""
    StoreHooks.objects.update(checked_at=None)
    run_sync(integration)


def test_a_store_gets_a_hook_for_each_scope(store: SandboxStore, integration: WebIntegration) -> None:
    """At our address, with our secret header; and they are live."""
    run_sync(integration)
    hooks = hooks_of(integration)
    assert {each["scope"] for each in there(store)} == set(SCOPES)
    assert {each["destination"] for each in there(store)} == {destination(hooks)}
    assert all(each["headers"] == {"X-Counterfoil-Secret": hooks.header_secret.reveal()} for each in there(store))
    assert hooks.live_since is not None
    assert "Webhooks at the store" in " ".join(LogEntry.objects.values_list("text", flat=True))


def test_while_all_is_well_the_hooks_cost_a_call_in_five_minutes(
    store: SandboxStore, integration: WebIntegration
) -> None:
    """And nothing is written."""
    run_sync(integration)
    store.clear_calls()
    run_sync(integration)
    assert not [call for call in store.calls() if "hooks" in call["path"]]
    watch(integration)
    assert [call["method"] for call in store.calls() if "hooks" in call["path"]] == ["GET"]


@pytest.mark.parametrize("fault", ["deleted", "inactive", "moved", "header"])
def test_a_hook_that_was_changed_at_the_store_is_repaired_and_the_gap_is_read(
    store: SandboxStore, integration: WebIntegration, fault: str
) -> None:
    """Noticed within five minutes; the orders that nobody told of are listed in the same sync."""
    run_sync(integration)
    hook = there(store)[0]
    body = {
        "inactive": {"is_active": False},
        "moved": {"destination": "https://elsewhere.example.com/"},
        "header": {"headers": {"X-Counterfoil-Secret": "old"}},
    }
    if fault == "deleted":
        store.api("DELETE", f"/v3/hooks/{hook['id']}")
    else:
        store.api("PUT", f"/v3/hooks/{hook['id']}", {"scope": hook["scope"], **body[fault]})
    store.clear_calls()
    watch(integration)
    hooks = hooks_of(integration)
    assert len(there(store)) == len(SCOPES)
    assert all(each["is_active"] and each["destination"] == destination(hooks) for each in there(store))
    assert any("status_id=11" in call["query"] for call in store.calls() if call["path"].endswith("/orders"))


def test_a_hook_that_is_there_twice_is_there_once_afterwards(store: SandboxStore, integration: WebIntegration) -> None:
    """As after an answer that was lost when it was made."""
    run_sync(integration)
    twin = destination(hooks_of(integration)) + "?again"
    store.api("POST", "/v3/hooks", {"scope": SCOPES[0], "destination": twin, "is_active": True})
    watch(integration)
    assert sorted(each["scope"] for each in there(store)) == sorted(SCOPES)


def test_the_hooks_of_others_are_left_alone(store: SandboxStore, integration: WebIntegration) -> None:
    """Another app's, or another installation's of the same account."""
    other = {"scope": SCOPES[0], "destination": "https://other.example.com/hooks/x/", "is_active": True}
    store.api("POST", "/v3/hooks", other)
    run_sync(integration)
    watch(integration)
    assert len(there(store)) == len(SCOPES) + 1


@pytest.mark.parametrize("why", ["switched off", "no client secret"])
def test_who_does_not_want_to_be_told_takes_the_hooks_away(
    store: SandboxStore, integration: WebIntegration, why: str
) -> None:
    """By a deliberate act: switched off, or without the secret that events are known by. The reason is kept."""
    run_sync(integration)
    if why == "switched off":
        want_hooks(integration, wanted=False)
    else:
        WebIntegration.objects.update(client_secret=Secret(b""))
    watch(integration)
    assert there(store) == []
    hooks = hooks_of(integration)
    assert "polled" in hooks.trouble
    assert hooks.live_since is None
    store.clear_calls()
    watch(integration)
    assert not [call for call in store.calls() if "hooks" in call["path"]]


def test_hooks_that_were_switched_off_and_on_are_made_again(store: SandboxStore, integration: WebIntegration) -> None:
    """With the next sync."""
    run_sync(integration)
    want_hooks(integration, wanted=False)
    run_sync(integration)
    want_hooks(integration, wanted=True)
    run_sync(integration)
    assert len(there(store)) == len(SCOPES)
    assert hooks_shown(fresh(integration)).word == "Live"


@pytest.mark.parametrize("address", ["", "http://localhost:8000"])
@pytest.mark.parametrize("noted", [True, False])
def test_a_process_that_was_not_told_the_public_address_takes_no_hook_away(
    store: SandboxStore, integration: WebIntegration, settings: Any, address: str, noted: bool
) -> None:
    """A command in another shell. Where the address was noted it even repairs them."""
    run_sync(integration)
    before = there(store)
    if not noted:
        PublicAddress.objects.all().delete()  # as an earlier version left it
    settings.ADDRESS = address
    store.api("DELETE", f"/v3/hooks/{before[0]['id']}")
    watch(integration)
    mends = noted and not address
    assert len(there(store)) == (len(SCOPES) if mends else len(SCOPES) - 1)
    assert {each["destination"] for each in there(store)} == {before[0]["destination"]}


def test_another_public_address_moves_the_hooks(
    store: SandboxStore, integration: WebIntegration, settings: Any
) -> None:
    """Whoever was told it last is right, for all who were not told."""
    run_sync(integration)
    settings.ADDRESS = "https://new.example.com"
    watch(integration)
    settings.ADDRESS = ""
    watch(integration)
    assert {each["destination"].partition("/hooks/")[0] for each in there(store)} == {"https://new.example.com"}
    assert public_address() == "https://new.example.com"


def test_hooks_of_another_secret_key_get_a_fresh_secret(store: SandboxStore, integration: WebIntegration) -> None:
    """Theirs cannot be read any more; the store is given the new one, and nothing else stops over it."""
    run_sync(integration)
    StoreHooks.objects.update(header_secret=Secret(Fernet(Fernet.generate_key()).encrypt(b"old")))
    watch(integration)
    hooks = hooks_of(integration)
    assert all(each["headers"] == {"X-Counterfoil-Secret": hooks.header_secret.reveal()} for each in there(store))
    assert hooks_shown(fresh(integration)).word == "Live"


def test_a_client_secret_of_another_secret_key_is_named(store: SandboxStore, integration: WebIntegration) -> None:
    """Events could not be checked; the hooks stay for when it is entered again."""
    run_sync(integration)
    WebIntegration.objects.update(client_secret=Secret(Fernet(Fernet.generate_key()).encrypt(b"old")))
    watch(integration)
    assert len(there(store)) == len(SCOPES)
    shown = hooks_shown(fresh(integration))
    assert (shown.word, shown.sentence) == (
        "Not live",
        "The store's client secret can’t be read with the current secret key. Enter it again.",
    )


def test_without_an_address_nothing_is_asked_about_hooks(store: SandboxStore) -> None:
    """A pass with nothing waiting stays at two calls."""
    integration = connect(store)
    run_sync(integration)
    store.clear_calls()
    run_sync(integration)
    assert len(store.calls()) == 2


def test_an_event_that_the_light_list_tells_costs_no_call(store: SandboxStore, integration: WebIntegration) -> None:
    """A new order that was told of is listed and imported; the event is gone."""
    run_sync(integration)
    store.clear_calls()
    (order_id,) = store.place(1, kind="guest")
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id)
    run_sync(integration)
    assert sales_order(order_id)
    assert not WebhookEvent.objects.exists()
    assert not [call for call in store.calls() if "min_id=" in call["query"] and "status_id" not in call["query"]]


def test_an_event_of_an_order_that_the_lists_do_not_show_is_read_by_itself(
    store: SandboxStore, integration: WebIntegration
) -> None:
    """One call; an order that is set back to a new order status is read again."""
    (order_id,) = store.place(1, kind="guest")
    run_sync(integration)
    store.edit(order_id, customer_message="Hurry", status_id=11)
    run_sync(integration)
    WebOrder.objects.update(modified_read=None, status_seen=9)
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id)
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=99999)
    WebhookEvent.objects.update(at=timezone.now() - timedelta(seconds=6))
    store.clear_calls()
    run_sync(integration)
    assert [each.bigcommerce_order_id for each in WebhookEvent.objects.all()] == [99999]  # it may come yet
    assert sales_order(order_id).customer_message == "Hurry"


def test_a_store_that_refuses_hooks_is_polled_and_says_why(store: SandboxStore, integration: WebIntegration) -> None:
    """Nothing else stops over it; once it takes them they are live."""
    run_sync(integration)
    store.api("DELETE", f"/v3/hooks/{there(store)[0]['id']}")
    store.fault("POST", "^/v3/hooks", status=422, body={"status": 422, "title": "Not for this account."})
    watch(integration)
    hooks = hooks_of(integration)
    assert "Not for this account." in hooks.trouble
    assert hooks.live_since is None
    store.clear_faults()
    watch(integration)
    hooks.refresh_from_db()
    assert hooks.trouble == ""
    assert hooks.live_since is not None


def test_an_event_of_an_order_in_another_status_or_read_already_reads_nothing(
    store: SandboxStore, integration: WebIntegration
) -> None:
    """The light list tells what else changed; what is said of one that never comes is forgotten."""
    paid, known = store.place(2, kind="guest")
    store.edit(paid, status_id=StatusId.AWAITING_PAYMENT)
    store.fault("PUT", "^/v2/orders/", status=409)
    sync_store(fresh(integration), seconds=60)
    old = timezone.now() - timedelta(days=1)
    for order_id in (paid, known, 99999):
        WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id, at=old)
    WebhookEvent.objects.update(at=old)
    StoreState.objects.update(seen_until=timezone.now() + timedelta(hours=1), glanced_at=None)
    with open_session(fresh(integration), seconds=60) as there:
        read_webhook_events(there, ChangedOrders(old, frozenset(), ()))
    assert not WebhookEvent.objects.exists()
    assert not WebOrder.objects.exclude(read_again="").exists()
    assert fresh(integration).state.listed_at is not None


def test_hooks_that_are_found_right_are_live_from_then_on(integration: WebIntegration) -> None:
    """Also where nothing had to be corrected, as after someone put them right at the store."""
    run_sync(integration)
    StoreHooks.objects.update(live_since=None, trouble="Not for this account.")
    watch(integration)
    hooks = hooks_of(integration)
    assert hooks.live_since is not None
    assert hooks.trouble == ""
