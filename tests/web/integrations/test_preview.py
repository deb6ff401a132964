"""The import preview's page: so many orders, so long, and what stops it."""

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.models import UnknownProduct, WebIntegration, WebOrder
from counterfoil.stores.sync.session import LOCK_SPACE
from counterfoil.web.integrations import preview
from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore
from tests.stores.sync.test_session import other_connection

pytestmark = pytest.mark.django_db


def look(browser: Client, integration: WebIntegration, **sent: object) -> str:
    """What the page says when the button was pressed."""
    answer = browser.post(reverse("integration-preview", args=[integration.pk]), sent)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_first_orders_are_looked_at_and_nothing_is_written(store: SandboxStore, clerk: Client) -> None:
    """The oldest ones, as many as were asked for; neither here nor in the store is anything changed."""
    numbers = store.place(5, kind="registered")
    integration = connect(store)
    store.clear_calls()
    page = look(clerk, integration, first="3")
    assert '3 <span class="small muted">will be imported</span>' in page
    assert [number for number in numbers if f'id="preview-{number}"' in page] == numbers[:3]
    assert not WebOrder.objects.exists()
    assert {call["method"] for call in store.calls()} == {"GET"}


def test_every_outcome_stands_there_with_its_reason(store: SandboxStore, clerk: Client) -> None:
    """What would be imported, updated, refused and passed over."""
    (known,) = store.place(1, kind="registered")
    integration = connect(store)
    run_sync(integration)
    store.edit(known, customer_message="Please hurry", status_id=11)
    store.place(1, kind="registered")
    store.place(1, kind="registered", coupon_discount="3.0000")
    store.place(1, kind="registered", is_deleted=True)
    page = look(clerk, integration)
    for words in ("will be imported", "will be updated", "won’t be imported", "will be ignored"):
        assert words in page
    assert "Customer message</strong>" in page
    assert "accept the difference as a Rounding line" in page
    assert SalesOrder.objects.get().customer_message != "Please hurry"


def test_an_unknown_product_leads_to_where_it_is_resolved(store: SandboxStore, clerk: Client) -> None:
    """The catalog, or one product by hand; then one looks again."""
    store.place(1, kind="registered")
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    page = look(clerk, integration)
    assert reverse("integration-catalog", args=[integration.pk]) in page
    assert reverse("product-add") in page


def test_a_store_without_waiting_orders_says_so(store: SandboxStore, clerk: Client) -> None:
    """No empty table."""
    assert "No orders waiting" in look(clerk, connect(store))


def test_when_time_is_up_the_page_says_after_how_many(
    store: SandboxStore, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was seen until then stays."""
    store.place(3, kind="registered")
    monkeypatch.setattr(preview, "SECONDS", 0.0)
    page = look(clerk, connect(store))
    assert "Stopped after 0 seconds and 0 orders" in page


def test_a_store_that_is_talked_to_by_somebody_else_is_left_alone(
    store: SandboxStore, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds it is named; a second press does it later."""
    monkeypatch.setattr(preview, "LOCK_WAIT", 0.0)
    integration = connect(store)
    with other_connection() as other:
        other.execute("SET application_name = 'another worker'")
        other.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, integration.pk])
        page = look(clerk, integration)
    assert "The store is busy right now: another worker." in page


def test_a_store_that_does_not_answer_or_refuses_says_why(store: SandboxStore, clerk: Client) -> None:
    """With the next step; it does not become a waiting store by that."""
    integration = connect(store)
    store.fault(path="/v2/orders", status=503)
    assert 'alert alert-danger" role="alert"' in look(clerk, integration)
    store.clear_faults()
    WebIntegration.objects.update(access_token=Secret.of("wrong"))
    assert "access token" in look(clerk, integration)
    integration.refresh_from_db()
    assert not integration.state.waiting


def test_nonsense_instead_of_a_number_means_a_hundred(store: SandboxStore, clerk: Client) -> None:
    """And never more than what one request may take."""
    integration = connect(store)
    assert 'value="100"' in look(clerk, integration, first="many")
    assert 'value="500"' in look(clerk, integration, first="999999999")
