"""Updates to BigCommerce: each with what it changes and how far it came; and *send present statuses*."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderStatus
from counterfoil.sales.orders.status import change_status
from counterfoil.stores.models import StatusMapping, StoreUpdate, UpdateCause, UpdateKind, UpdateState
from tests.web.factories.orders import a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db


def page(client: Client, **query: str) -> str:
    """The page as it is now."""
    return client.get(reverse("updates"), query).content.decode()


def test_each_update_says_what_it_changes_and_why_it_failed(clerk: Client) -> None:
    """A shipment by its tracking number and items, a status by its name."""
    a_shipment(an_order(a_store()), sent=False)
    text = page(clerk)
    assert "Create the shipment UPS 1Z999 (2 × ENGINE-0, 2 × ENGINE-1)" in text
    assert "Set the status Awaiting Shipment" in text
    assert "Only 1 of 2 can still ship in BigCommerce. Look at the order there." in text
    failed = StoreUpdate.objects.get(state=UpdateState.FAILED)
    assert f'formaction="{reverse("update-retry", args=[failed.pk])}">Retry' in text


def test_the_list_is_narrowed_by_store_state_kind_and_order(clerk: Client) -> None:
    """Together too; where nothing fits, the page says so."""
    a_shipment(an_order(a_store(), 1), sent=False)
    a_shipment(an_order(a_store("B2B-"), 2))
    assert page(clerk).count("<tr id=") == 4
    assert page(clerk, store="B2B-").count("<tr id=") == 2
    assert page(clerk, state="failed").count("<tr id=") == 1
    assert page(clerk, kind="create_shipment", store="WEB-").count("<tr id=") == 1
    assert page(clerk, import_id=" WEB-1 ").count("<tr id=") == 2
    assert "No matching updates" in page(clerk, state="skipped")


def test_a_failed_update_is_tried_again_from_here(clerk: Client) -> None:
    """And the way back is this page; a second press says that it is over."""
    a_shipment(an_order(a_store()), sent=False)
    failed = StoreUpdate.objects.get(state=UpdateState.FAILED)
    there = reverse("updates") + "?state=failed"
    for said in ("WEB-10234 will be retried within seconds.", "None of this needs attention anymore."):
        answer = clerk.post(reverse("update-retry", args=[failed.pk]), {"next": there}, follow=True)
        assert answer.redirect_chain[0][0] == there
        assert said in answer.content.decode()
    failed.refresh_from_db()
    assert failed.state == UpdateState.WAITING


def test_a_failed_update_is_skipped_with_a_reason(clerk: Client) -> None:
    """The page says what is given up; without a reason it stays."""
    a_shipment(an_order(a_store()), sent=False)
    failed = StoreUpdate.objects.get(state=UpdateState.FAILED)
    there = reverse("update-skip", args=[failed.pk])
    assert "Create the shipment UPS 1Z999" in clerk.get(there).content.decode()
    answer = clerk.post(there, {"reason": " "})
    assert (answer.status_code, "Give a reason." in answer.content.decode()) == (422, True)
    clerk.post(there, {"reason": "Shipped there by hand"})
    failed.refresh_from_db()
    assert (failed.state, failed.reason) == (UpdateState.SKIPPED, "Skipped by clerk: Shipped there by hand")
    assert clerk.get(there)["Location"] == reverse("updates")


def test_the_table_keeps_itself_up_to_date(clerk: Client) -> None:
    """The part is sent again only when it is another."""
    order = an_order(a_store())
    a_shipment(order, sent=False)
    asks = {"HX-Request": "true", "HX-Target": "updates"}
    first = clerk.get(reverse("updates"), headers=asks).content.decode()
    version = re.search(r'X-Seen": "(\w+)"', first)
    assert version
    asks["X-Seen"] = version[1]
    assert clerk.get(reverse("updates"), headers=asks).status_code == 204
    StoreUpdate.objects.filter(kind=UpdateKind.CREATE).update(state=UpdateState.WAITING)
    again = clerk.get(reverse("updates"), headers=asks)
    assert again.status_code == 200
    assert "Waiting" in again.content.decode()


def test_present_statuses_are_listed_first_and_then_sent(manager: Client) -> None:
    """With push off the page says so and has no button; the list names from and to."""
    integration = a_store()
    order = an_order(integration)
    released = OrderStatus.objects.get(name="Released")
    change_status(order.pk, released, by="Ada")
    there = reverse("integration-present", args=[integration.pk])
    assert "Nothing to send" in manager.get(there).content.decode()
    StatusMapping.objects.create(integration=integration, order_status=released, status_id=10)
    text = manager.get(there).content.decode()
    assert "1 order would change in the store" in text
    assert "“Push order status updates” is off" in text
    assert "Send 1 status update<" not in text
    assert "“Push order status updates” is off" in manager.post(there, follow=True).content.decode()
    integration.push_status = True
    integration.save()
    text = manager.get(there).content.decode()
    assert re.search(r"Awaiting Shipment</td>.*<strong>Completed</strong>", text)
    manager.post(there)
    waiting = StoreUpdate.objects.get(state=UpdateState.WAITING)
    assert (waiting.status_id, waiting.cause) == (10, UpdateCause.MAPPED)
