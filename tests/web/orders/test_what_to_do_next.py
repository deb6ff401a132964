"""What the head of an order's page says first: stopped in the store, other than there, its tracking and messages."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderStatus, Parcel, SalesOrder, StatusRole
from counterfoil.sales.orders.status import put_on_hold, set_status
from counterfoil.sales.shipping.shipments import ParcelDraft, process_shipment, void_parcel
from counterfoil.stores.models import StatusMapping, StoreUpdate, UpdateKind, UpdateState, WebIntegration, WebOrder
from counterfoil.stores.weborders.holds import REASONS
from tests.web.factories.orders import a_foreign_shipment, a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db
CANCELLED, DECLINED, REFUNDED, DISPUTED, SHIPPED, PARTLY = 5, 6, 4, 13, 2, 3


def page(client: Client, order: SalesOrder) -> str:
    """The order's page, its white space as one reads it."""
    return " ".join(client.get(reverse("order", args=[order.number])).content.decode().split())


def first_button(shown: str) -> str:
    """What the button says that stands out; "" where there is none."""
    acts = shown[shown.index('class="acts') :]
    found = re.search(r'class="btn btn-primary"[^>]*>([^<]+)<', acts[: acts.index("Change status …")])
    return found[1].strip() if found else ""


def stopped(status_id: int, number: int = 10234) -> SalesOrder:
    """An order that the store has stopped, on hold here."""
    order = an_order(WebIntegration.objects.first() or a_store(), number)
    WebOrder.objects.filter(sales_order=order).update(status_seen=status_id)
    put_on_hold(order.pk, REASONS[status_id], by="BigCommerce")
    return order


@pytest.mark.parametrize("status_id", [CANCELLED, DECLINED, REFUNDED])
def test_what_is_over_in_the_store_is_cancelled_here_too(status_id: int, clerk: Client, manager: Client) -> None:
    """The first button, for clerks and managers alike; the store is told nothing of it."""
    order = stopped(status_id)
    WebIntegration.objects.update(push_status=True)
    cancelled = OrderStatus.objects.get(role=StatusRole.CANCELLED)
    StatusMapping.objects.create(integration=WebIntegration.objects.get(), order_status=cancelled, status_id=CANCELLED)
    for client in (clerk, manager):
        assert first_button(page(client, order)) == "Cancel it here too"
    before = StoreUpdate.objects.count()
    said = clerk.post(reverse("order-status", args=[order.number]), {"status": cancelled.pk}, follow=True)
    assert "Status changed to Cancelled." in said.content.decode()
    assert first_button(page(manager, order)) == ""
    assert StoreUpdate.objects.count() == before


def test_of_an_order_that_is_shipped_in_part_what_is_open_is_cancelled(clerk: Client) -> None:
    """What has left cannot be cancelled."""
    order = an_order(a_store())
    line = order.lines.first()
    assert line is not None
    process_shipment(order.pk, [ParcelDraft(items={line.pk: 1})], by="Ada")
    WebOrder.objects.update(status_seen=CANCELLED)
    put_on_hold(order.pk, REASONS[CANCELLED], by="BigCommerce")
    assert first_button(page(clerk, order)) == "Cancel what is open …"


def test_an_order_that_is_gone_from_the_store_can_be_cancelled_here(clerk: Client) -> None:
    """Deleted or archived there: an update of it failed for that."""
    order = an_order(a_store())
    StoreUpdate.objects.update(state=UpdateState.FAILED, reason_code="not_in_store", reason="Gone", ended_at=None)
    assert first_button(page(clerk, order)) == "Cancel it here too"


def test_a_dispute_is_not_released_with_the_first_button(manager: Client) -> None:
    """It is won or lost in the store; a manager may still ship it."""
    shown = page(manager, stopped(DISPUTED))
    assert first_button(shown) != "Release from hold …"
    assert "Ship anyway …" in shown


def test_orders_on_hold_are_counted_on_the_dashboard_disputed_ones_above_all(viewer: Client) -> None:
    """With the list of them a press away."""
    for number, status_id in enumerate((DISPUTED, DISPUTED, CANCELLED), 1):
        stopped(status_id, number)
    shown = " ".join(viewer.get(reverse("home")).content.decode().split())
    assert f'href="{reverse("orders")}?show=held">3</a>' in shown
    assert f'href="{reverse("orders")}?show=disputed">2 disputed</a>' in shown


def voided(order: SalesOrder) -> Parcel:
    """The order's parcel, sent, voided, and deleted in the store."""
    a_shipment(order)
    WebOrder.objects.filter(sales_order=order).update(status_seen=SHIPPED)
    parcel = Parcel.objects.get(belongs_to=None)
    void_parcel(parcel.pk, by="Ada", reason="Never left")
    StoreUpdate.objects.filter(kind=UpdateKind.VOID).update(state=UpdateState.SENT)
    return parcel


def test_after_a_void_the_page_says_what_the_store_still_says(clerk: Client, viewer: Client) -> None:
    """And offers to set it right there; what is on its way already is not offered again."""
    order = an_order(a_store())
    voided(order)
    shown = page(clerk, order)
    assert "The store still says Shipped." in shown
    assert "with 4 items open" in shown
    assert "Set Awaiting Shipment in the store" in shown
    assert "Set Awaiting Shipment in the store" not in page(viewer, order)
    set_there = reverse("order-store-status", args=[order.number])
    said = clerk.post(set_there, follow=True).content.decode()
    assert "The store will be set to Awaiting Shipment within seconds." in said
    waits = StoreUpdate.objects.get(state=UpdateState.WAITING)
    assert (waits.kind, waits.status_id, waits.onto) == (UpdateKind.STATUS, 9, SHIPPED)
    assert "The store still says" not in page(clerk, order)
    assert "already matches the order’s" in clerk.post(set_there, follow=True).content.decode()
    assert StoreUpdate.objects.filter(state=UpdateState.WAITING).count() == 1


@pytest.mark.parametrize(("there", "differs"), [(PARTLY, True), (9, False), (CANCELLED, False), (10, True)])
def test_what_the_store_says_of_an_order_that_is_open_here(there: int, clerk: Client, *, differs: bool) -> None:
    """Partly shipped or completed is not what it is here; awaiting shipment is."""
    order = an_order(a_store())
    WebOrder.objects.update(status_seen=there)
    assert ("The store still says" in page(clerk, order)) is differs
    cancelled = OrderStatus.objects.get(role=StatusRole.CANCELLED)
    order.refresh_from_db()
    set_status(order, cancelled, by="Ada")
    assert "The store still says" not in page(clerk, order)


def test_a_shipment_that_was_deleted_in_the_store_is_not_green(clerk: Client) -> None:
    """It is a parcel that ships nothing."""
    order = an_order(a_store())
    voided(order)
    shown = clerk.get(reverse("order", args=[order.number]), {"tab": "shipping"}).content.decode()
    (state,) = set(re.findall(r'<span class="state state-(\w+)"[^>]*>\s*Deleted in the store', shown))
    assert state == "quiet"


def test_tracking_and_messages_stand_in_the_head(viewer: Client) -> None:
    """Ours and others'; a voided one does not; what is long is cut, with the rest a press away."""
    order = an_order(a_store())
    order.lines.update(wrapping_message="Happy birthday")
    a_shipment(order)
    a_foreign_shipment(order)
    SalesOrder.objects.update(customer_message="Ring twice. " * 40)
    shown = page(viewer, order)
    head = shown[: shown.index('class="acts')]
    for each in ("UPS", "1Z999", "1Z998", "Gift message", "Happy birthday", "Customer message", "Show all"):
        assert each in head, each
    assert head.count("Happy birthday") == 1
    void_parcel(Parcel.objects.get(belongs_to=None).pk, by="Ada", reason="Lost")
    assert "1Z999" not in page(viewer, order)
