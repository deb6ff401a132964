"""The guided set-up, a step at a time: what each saves, what it leaves alone, and what it warns of."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from counterfoil.sales.models import OrderStatus
from counterfoil.stores.models import LogEntry, StatusMapping, StoreState, WebIntegration
from counterfoil.web.integrations.setup_wizard import FIRST_ORDERS, NAMES
from tests.factories import connect
from tests.sandbox_store import SandboxStore
from tests.web.factories.clients_and_products import a_client
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db


def step(integration: WebIntegration, name: str) -> str:
    """The address of a step."""
    return reverse("guide-step", args=[integration.pk, name])


def test_a_new_store_is_saved_paused_and_keeps_its_secrets(manager: Browser) -> None:
    """Coming back to the first step without a token keeps the one that was entered."""
    sent = {"code": "WEB-", "description": "Shop", "api_path": "https://api.bigcommerce.com/stores/abc"}
    answer = manager.post(reverse("guide"), sent)
    assert (answer.status_code, "Enter the access token" in answer.content.decode()) == (422, True)
    assert not WebIntegration.objects.exists()
    answer = manager.post(reverse("guide"), sent | {"access_token": "secret-token"})
    integration = WebIntegration.objects.get()
    assert answer["Location"] == step(integration, "test")
    assert integration.paused
    manager.post(step(integration, "connect"), sent | {"description": "Web shop"})
    integration.refresh_from_db()
    assert (integration.description, integration.access_token.reveal()) == ("Web shop", "secret-token")
    assert "secret-token" not in manager.get(step(integration, "connect")).content.decode()


def test_a_step_changes_nothing_that_another_one_sets(manager: Browser) -> None:
    """Each form has a few of the settings; the others stay as they are."""
    integration = a_store(paused=True, poll_seconds=90, match_by_phone=False, push_status=True)
    shipped = OrderStatus.objects.get(name="Shipped")
    StatusMapping.objects.create(integration=integration, order_status=shipped, status_id=2)
    manager.post(
        step(integration, "statuses"), {"new_statuses": ["11", "7"], "downloaded_status": 3, "error_status": 12}
    )
    manager.post(step(integration, "products"), {"unknown_product": "create"})
    integration.refresh_from_db()
    assert (sorted(integration.new_statuses), integration.downloaded_status) == ([7, 11], 3)
    assert (integration.unknown_product, integration.poll_seconds, integration.match_by_phone) == ("create", 90, False)
    assert (integration.push_status, integration.paused) == (True, True)
    assert StatusMapping.objects.get().status_id == 2


def test_a_new_order_status_that_the_mapping_leads_to_is_refused(manager: Browser) -> None:
    """The order would be imported again and again; the step says so, though it does not show the mapping."""
    integration = a_store(paused=True)
    StatusMapping.objects.create(
        integration=integration, order_status=OrderStatus.objects.get(name="Released"), status_id=7
    )
    sent = {"new_statuses": ["11", "7"], "downloaded_status": 9, "error_status": 12}
    answer = manager.post(step(integration, "statuses"), sent)
    assert (answer.status_code, "The order status mapping uses it." in answer.content.decode()) == (422, True)
    integration.refresh_from_db()
    assert integration.new_statuses == [11]


def test_a_risky_mapping_is_to_be_read_before_it_is_saved_as_in_the_settings_themselves(manager: Browser) -> None:
    integration = a_store(paused=True)
    cancelled = OrderStatus.objects.get(name="Cancelled")
    sent: dict[str, Any] = {"push_status": "on", f"map_{cancelled.pk}": "5"}
    answer = manager.post(step(integration, "mapping"), sent)
    assert (answer.status_code, "Not saved yet." in answer.content.decode()) == (422, True)
    assert not StatusMapping.objects.exists()
    confirmed = answer.context["form"].warnings_read
    answer = manager.post(step(integration, "mapping"), sent | {"confirmed": confirmed})
    assert answer["Location"] == step(integration, "products")
    assert StatusMapping.objects.get().status_id == 5


def test_the_stores_own_labels_and_likely_mails_stand_next_to_the_statuses(
    store: SandboxStore, manager: Browser
) -> None:
    """The test asks for the labels; without scripts its results stand on the page."""
    integration = connect(store, paused=True)
    page = manager.post(step(integration, "test")).content.decode()
    assert "Orders can be updated." in page
    assert '<li class="bad">' not in page
    StoreState.objects.update(status_labels={"9": "Packing"})
    page = manager.get(step(integration, "statuses")).content.decode()
    assert "Awaiting Shipment (Packing)" in page
    assert "Settings → Order notifications" in page


def test_going_live_reads_the_store_with_a_few_orders_first(manager: Browser) -> None:
    """The last step offers a limit while the store is paused, and leads to the page that shows what comes in."""
    integration = a_store(paused=True)
    assert f'value="{FIRST_ORDERS}"' in manager.get(step(integration, "live")).content.decode()
    answer = manager.post(step(integration, "live"), {"first_orders": "5", "not_before": "2026-11-01"})
    assert answer["Location"].startswith(reverse("integration", args=[integration.pk]) + "?since=")
    integration.refresh_from_db()
    assert (integration.paused, integration.first_orders, str(integration.not_before)) == (False, 5, "2026-11-01")
    page = manager.get(reverse("integration", args=[integration.pk])).content.decode()
    assert "Only the first 5 orders." in page
    manager.post(reverse("integration-lift", args=[integration.pk]))
    integration.refresh_from_db()
    assert integration.first_orders is None
    assert LogEntry.objects.filter(text__contains="first orders: 5 → None").exists()
    assert "Only the first" not in manager.get(reverse("integration", args=[integration.pk])).content.decode()


def test_a_step_that_does_not_exist_says_so_and_every_step_that_does_is_shown(manager: Browser) -> None:
    integration = a_store(paused=True)
    assert manager.get(step(integration, "nowhere")).status_code == 404
    for name in NAMES:
        assert manager.get(step(integration, name)).status_code == 200


def test_the_rules_of_matching_are_switched_in_the_settings(manager: Browser) -> None:
    """Each of them, and the one client for guests, by its number."""
    integration, client = a_store(), a_client(1)
    path = reverse("integration-tab", args=[integration.pk, "clients"])
    sent = {"match_across_stores": "on"}
    answer = manager.post(path, sent | {"guest_client": client.pk + 1})
    assert (answer.status_code, "There’s no client with this number." in answer.content.decode()) == (422, True)
    manager.post(path, sent | {"guest_client": client.pk})
    integration.refresh_from_db()
    switched = (integration.match_by_email, integration.match_by_phone, integration.match_across_stores)
    assert switched == (False, False, True)
    assert integration.guest_client == client
    page = manager.get(reverse("integration", args=[integration.pk])).content.decode()
    assert "Customer ID, e-mail in other stores" in page
