"""Pages that were opened before someone else changed what they show: statuses, records, settings, what is skipped."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.events.models import WebhookEndpoint
from counterfoil.sales.clients.contacts import edit_contact
from counterfoil.sales.clients.reassign_order import reassign_order
from counterfoil.sales.models import Client as Buyer
from counterfoil.sales.models import OrderStatus
from counterfoil.sales.orders.status import change_status, put_on_hold
from counterfoil.sales.products.edit import edit_product
from counterfoil.sales.settings.order_statuses import set_role
from counterfoil.stores.attention.items import attention
from counterfoil.stores.integrations.method_names import learn_names
from counterfoil.stores.models import NameKind, NameMapping, WebOrder, WebOrderState
from tests.events.factories import an_endpoint
from tests.web.conftest import logged_in
from tests.web.factories.clients_and_products import a_product
from tests.web.factories.orders import a_refused_order, a_shipment, a_store, an_order
from tests.web.shipments.test_stale_forms import fields_of, opened

pytestmark = pytest.mark.django_db


def test_a_status_is_changed_from_the_one_that_was_shown(clerk: Client) -> None:
    """Shipped meanwhile: it does not go back to Picking. What was already done by someone else is no trouble."""
    order = an_order(a_store())
    there, page = reverse("order-status", args=[order.number]), reverse("order", args=[order.number])
    shown = fields_of(clerk.get(page).content.decode())["shown-status"]
    a_shipment(order)
    change_status(order.pk, OrderStatus.objects.get(role="shipped"), by="Ben")
    picking = OrderStatus.objects.get(name="Picking")
    answer = clerk.post(there, {"status": picking.pk, "shown-status": shown}, follow=True)
    assert "The order has since changed to Shipped." in answer.content.decode()
    order.refresh_from_db()
    assert order.status.role == "shipped"
    again = clerk.post(there, {"status": order.status_id, "shown-status": shown}, follow=True)
    assert "Status changed to Shipped." in again.content.decode()


def test_yes_answers_the_question_that_was_asked(clerk: Client) -> None:
    """Open items were asked about; meanwhile the order is on hold: that is asked about, too."""
    order, shipped = an_order(a_store()), OrderStatus.objects.get(role="shipped")
    there = reverse("order-status", args=[order.number])
    asked = clerk.post(there, {"status": shipped.pk})
    assert asked.status_code == 422
    yes = fields_of(asked.content.decode().partition("<main")[2])
    put_on_hold(order.pk, "The order was disputed in the store.", by="BigCommerce")
    again = clerk.post(there, yes)
    assert (again.status_code, "The order is on hold." in again.content.decode()) == (422, True)
    assert clerk.post(there, fields_of(again.content.decode().partition("<main")[2])).status_code == 302
    order.refresh_from_db()
    assert order.status == shipped


def test_a_new_name_for_a_status_takes_no_role_away(manager: Client) -> None:
    """Someone gave it the role On hold meanwhile, and its orders are held."""
    status = OrderStatus.objects.create(name="Fraud chek", position=90)
    order = an_order(a_store())
    change_status(order.pk, status, by="Ada")
    shown = {"name": "Fraud check", "role": "", "shown-name": "Fraud chek", "shown-role": "", "act": "save"}
    set_role(status.pk, "hold")
    assert manager.post(reverse("status-edit", args=[status.pk]), shown).status_code == 302
    status.refresh_from_db()
    order.refresh_from_db()
    assert (status.name, status.role, order.is_held) == ("Fraud check", "hold", True)


def test_of_a_product_only_what_a_person_changed_is_written(clerk: Client) -> None:
    """The bin was moved meanwhile."""
    product = a_product(1)
    form = opened(clerk, reverse("product", args=[product.pk]))
    edit_product(product.pk, by="Ben", bin="C7")
    form |= {"description": "A blue mug", "act": "save"}
    assert clerk.post(reverse("product-edit", args=[product.pk]), form).status_code == 302
    product.refresh_from_db()
    assert (product.bin, product.description) == ("C7", "A blue mug")


def test_of_a_contact_only_what_a_person_changed_is_written(clerk: Client) -> None:
    order = an_order(a_store())
    contact = order.client.contacts.get()
    there = reverse("contact", args=[contact.pk])
    form = opened(clerk, there)
    edit_contact(contact.pk, {"phone": "555 0100"}, by="Ben")
    assert clerk.post(reverse("contact-edit", args=[contact.pk]), form | {"first_name": "Augusta"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.first_name, contact.phone) == ("Augusta", "555 0100")


def test_an_order_is_moved_from_the_client_that_was_shown(clerk: Client) -> None:
    """Sent twice, it makes one new client."""
    order = an_order(a_store())
    there = reverse("order-client", args=[order.number])
    sent = {"client": "new", "why": "", "shown-client": str(order.client_id)}
    assert clerk.post(there, sent).status_code == 302
    again = clerk.post(there, sent)
    assert (again.status_code, "This order now belongs to" in again.content.decode()) == (422, True)
    assert Buyer.objects.count() == 2
    reassign_order(order.pk, None, by="Ben")


def test_what_came_after_the_page_was_opened_is_not_skipped(clerk: Client) -> None:
    """Of a group those that were shown; of one order the cause that was shown."""
    store = a_store()
    a_refused_order(store, 1, code="no_lines")
    WebOrder.objects.update(reason_since=timezone.now())
    there = reverse("skip", query={"cause": attention()[0].cause})
    form = opened(clerk, there)
    a_refused_order(store, 2, code="no_lines")
    WebOrder.objects.filter(import_id="WEB-2").update(reason_since=timezone.now())
    clerk.post(there, form | {"reason": "Test orders"})
    ignored = WebOrder.objects.filter(state=WebOrderState.IGNORED)
    assert list(ignored.values_list("import_id", flat=True)) == ["WEB-1"]

    one = reverse("skip", query={"import_id": "WEB-2"})
    form = opened(clerk, one)
    WebOrder.objects.filter(import_id="WEB-2").update(reason_code="totals", reason="The total is off.")
    answer = clerk.post(one, form | {"reason": "Test order"})
    assert "The reason this needs attention has changed." in answer.content.decode()
    assert ignored.count() == 1


def test_of_method_names_only_those_that_a_person_changed_are_written(manager: Client) -> None:
    store = a_store()
    learn_names(store, [(NameKind.SHIPPING, "Flat rate"), (NameKind.SHIPPING, "Courier")])
    there = reverse("integration-names", args=[store.pk])
    form = opened(manager, there)
    flat, courier = (NameMapping.objects.get(store_name=name) for name in ("Flat rate", "Courier"))
    manager.post(there, opened(manager, there) | {f"carrier-{flat.pk}": "UPS"})
    manager.post(there, form | {f"name-{courier.pk}": "By courier"})
    flat.refresh_from_db()
    courier.refresh_from_db()
    assert (flat.carrier, courier.name) == ("UPS", "By courier")


def test_an_endpoint_is_switched_as_the_button_said() -> None:
    """Two people press “Switch off”: it is off."""
    endpoint, root = an_endpoint("https://example.com/hooks"), logged_in("administrator")
    for _ in range(2):
        root.post(reverse("webhook-endpoint-switch", args=[endpoint.pk]), {"to": "off"})
    assert WebhookEndpoint.objects.get().off_at is not None
