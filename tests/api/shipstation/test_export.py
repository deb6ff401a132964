"""What ShipStation gets: whole, to the cent, in the form that it reads, and nothing that must not be shipped."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from counterfoil.accounts.models import AuditEntry
from counterfoil.sales.models import OrderAddress, OrderStatus, SalesOrder
from counterfoil.sales.orders.status import change_status, find_status, put_on_hold
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, process_shipment
from counterfoil.stores.shipstation import export
from counterfoil.stores.shipstation.connections import ConnectionDraft, change_connection
from tests.api.shipstation.factories import a_shipstation, ref_of
from tests.api.shipstation.order_schema import check_order
from tests.web.factories.orders import ODD, a_changed_address, a_store, an_order

pytestmark = pytest.mark.django_db


def money(element: Any, name: str) -> Decimal:
    return Decimal(element.findtext(name))


def test_an_order_is_sent_in_the_form_that_shipstation_takes_with_its_money_to_the_cent() -> None:
    order = an_order(a_store())
    element = a_shipstation().order(order)
    check_order(element)
    assert element.findtext("OrderStatus") == "paid"
    assert money(element, "OrderTotal") == order.total.quantize(Decimal("0.01"))
    assert money(element, "TaxAmount") == order.tax.quantize(Decimal("0.01"))
    assert money(element, "ShippingAmount") == Decimal("9.95")
    items = element.findall("Items/Item")
    lines = list(order.lines.all())
    assert [item.findtext("LineItemID") for item in items[: len(lines)]] == [str(line.pk) for line in lines]
    assert [item.findtext("Quantity") for item in items[: len(lines)]] == [str(line.quantity) for line in lines]
    discounts = [item for item in items if item.findtext("Adjustment") == "true"]
    assert sum(money(item, "UnitPrice") for item in discounts) == -order.discount.quantize(Decimal("0.01"))
    ship_to = element.find("Customer/ShipTo")
    assert (ship_to.findtext("Name"), ship_to.findtext("Country")) == ("Charles Babbage", "GB")


@pytest.mark.parametrize(
    ("unit", "kept", "sent"),
    [
        ("lb", "1.5000", ("1.5", "Pounds")),
        ("oz", "24.0000", ("24", "Ounces")),
        ("g", "680", ("680", "Grams")),
        ("kg", "0.6800", ("680", "Grams")),
        ("t", "0.0007", ("700", "Grams")),
        ("t", "99999999", (None, None)),
        ("", "1.5", (None, None)),
        ("lb", None, (None, None)),
    ],
)
def test_what_an_item_weighs_is_sent_in_a_unit_of_shipstation(
    unit: str, kept: str | None, sent: tuple[str | None, str | None]
) -> None:
    """And of a kit with a weight the parts have none: they'd be weighed twice."""
    order = an_order(a_store())  # a kit and its part
    SalesOrder.objects.update(weight_unit=unit)
    order.lines.update(weight=kept)
    element = a_shipstation().order(SalesOrder.objects.get(pk=order.pk))
    check_order(element)
    found = [(item.findtext("Weight"), item.findtext("WeightUnits")) for item in element.findall("Items/Item")]
    assert found[:2] == [sent, (None, None)]


def test_odd_texts_are_cut_and_cleaned_and_no_markup_ends_a_section() -> None:
    order = an_order(a_store(), text=ODD + "]]>\x0b")
    OrderAddress.objects.filter(order=order).update(country="United States", country_code="US", state="California")
    element = a_shipstation().order(order)
    check_order(element)
    assert element.findtext("Customer/ShipTo/State") == "CA"
    assert "<script>" in element.findtext("Customer/ShipTo/Address1")


def test_several_addresses_are_an_order_each_and_their_money_adds_up() -> None:
    order = an_order(a_store(), lines=3)
    first, *_, last = order.lines.select_related("ship_to")
    other = first.ship_to
    other.pk, other.position, other.source_id, other.shipping_cost = None, 9, 777, Decimal("1.1000")
    other._state.adding = True
    other.save()
    order.lines.filter(pk=last.pk).update(ship_to=other)
    shipstation = a_shipstation()
    one, two = shipstation.orders()
    assert ref_of(one) != ref_of(two)
    assert money(one, "OrderTotal") + money(two, "OrderTotal") == order.total.quantize(Decimal("0.01"))
    assert money(one, "TaxAmount") + money(two, "TaxAmount") == order.tax.quantize(Decimal("0.01"))
    assert two.findtext("Items/Item/LineItemID") == str(last.pk)
    assert shipstation.label(ref_of(two), "9400111899223197428497").status_code == 200
    last.refresh_from_db()
    assert (last.open, order.lines.exclude(pk=last.pk).first().shipped) == (0, 0)
    order.addresses.filter(pk=other.pk).update(source_id=778)
    assert {each.findtext("OrderStatus") for each in shipstation.orders() if ref_of(each) == ref_of(two)} == {
        "cancelled"
    }


def test_only_what_is_open_is_sent_and_what_is_shipped_comes_once_more_as_shipped() -> None:
    order = an_order(a_store())
    shipstation = a_shipstation()
    line, *others = order.lines.all()
    items = {line.pk: 1} | {each.pk: each.open for each in others}
    process_shipment(order.pk, [ParcelDraft(Tracking(), items)], by="Ada")
    element = shipstation.order(order)
    assert element.findtext("Items/Item/LineItemID") == str(line.pk)
    assert element.findtext("Items/Item/Quantity") == str(line.quantity - 1)
    process_shipment(order.pk, [ParcelDraft(Tracking(), {line.pk: line.quantity - 1})], by="Ada")
    assert shipstation.order(order).findtext("OrderStatus") == "shipped"


def test_no_label_is_asked_for_what_is_held_cancelled_or_whose_address_is_undecided() -> None:
    store = a_store()
    held, cancelled, moved = (an_order(store, number) for number in (1, 2, 3))
    put_on_hold(held.pk, "Fraud check", by="Ada")
    change_status(cancelled.pk, find_status("Cancelled"), by="Ada")
    a_changed_address(moved)
    shipstation = a_shipstation()
    assert shipstation.order(held).findtext("OrderStatus") == "on_hold"
    assert shipstation.order(held).findtext("InternalNotes") == "Fraud check"
    assert shipstation.order(cancelled).findtext("OrderStatus") == "cancelled"
    assert shipstation.order(moved).findtext("OrderStatus") == "on_hold"


def test_a_status_that_is_not_sent_holds_what_was_sent_before() -> None:
    store = a_store()
    known, new = an_order(store, 1), an_order(store, 2)
    hidden = OrderStatus.objects.create(name="Made to order", position=90)
    shipstation = a_shipstation(statuses={hidden.pk: "not_sent"})
    SalesOrder.objects.filter(pk=new.pk).update(status=hidden)
    assert [each.findtext("OrderNumber") for each in shipstation.orders()] == [known.name]
    SalesOrder.objects.filter(pk=known.pk).update(status=hidden)
    assert [each.findtext("OrderStatus") for each in shipstation.orders()] == ["on_hold"]


def test_an_address_without_a_known_country_is_left_out_and_told() -> None:
    order = an_order(a_store())
    OrderAddress.objects.filter(order=order).update(country="Atlantis", country_code="")
    shipstation = a_shipstation()
    assert shipstation.orders() == []
    assert "country" in shipstation.connection.orders.get().left_out


def test_what_was_sent_before_its_country_became_unknown_is_stopped_there() -> None:
    """A typo in the country's name: nobody buys a label for the address before."""
    order = an_order(a_store())
    shipstation = a_shipstation()
    sent = shipstation.order(order)
    assert sent.findtext("OrderStatus") == "paid"
    order.addresses.filter(kind="ship_to").update(country="Atlantis", country_code="")
    stopped = shipstation.order(order)
    check_order(stopped)
    assert (stopped.findtext("OrderStatus"), ref_of(stopped)) == ("on_hold", ref_of(sent))
    assert "isn’t known" in stopped.findtext("InternalNotes")
    change_status(order.pk, find_status("Cancelled"), by="Ada")
    assert shipstation.order(order).findtext("OrderStatus") == "cancelled"


def test_a_save_keeps_what_is_sent_for_statuses_that_the_form_does_not_show() -> None:
    """A retired one still has orders; one that gets the role Cancelled is sent as cancelled, whatever was chosen."""
    order, hidden = an_order(a_store()), OrderStatus.objects.create(name="Made to order", position=90)
    plain = OrderStatus.objects.create(name="Given up", position=91)
    shipstation = a_shipstation(statuses={hidden.pk: "not_sent", plain.pk: "paid"})
    connection = shipstation.connection
    assert connection.statuses == {str(hidden.pk): "not_sent"}
    change_connection(connection, ConnectionDraft(connection.name, connection.username, statuses={plain.pk: "unpaid"}))
    connection.refresh_from_db()
    assert connection.statuses == {str(hidden.pk): "not_sent", str(plain.pk): "unpaid"}
    OrderStatus.objects.filter(role="cancelled").update(role="")
    OrderStatus.objects.filter(pk=plain.pk).update(role="cancelled")
    assert shipstation.order(order).findtext("OrderStatus") == "paid"
    SalesOrder.objects.filter(pk=order.pk).update(status=plain)
    assert shipstation.order(order).findtext("OrderStatus") == "cancelled"


def test_only_the_connections_stores_are_sent() -> None:
    mine, other = an_order(a_store("WEB-"), 1), an_order(a_store("ODD-"), 2)
    shipstation = a_shipstation(stores=["WEB-"])
    assert [each.findtext("OrderNumber") for each in shipstation.orders()] == [mine.name]
    answer = shipstation.label(f"{other.pk}-2", "1Z999AA10123456784")
    assert (answer.status_code, other.shipments.exists()) == (409, False)


def test_pages_stay_as_they_are_while_orders_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ORDERS_A_PAGE", 2)
    store = a_store()
    numbers = [an_order(store, number).name for number in range(1, 6)]
    shipstation = a_shipstation()
    end = f"{datetime.now(UTC) + timedelta(minutes=1):%m/%d/%Y %H:%M}"
    first = shipstation.ask(end_date=end)
    assert b'pages="3"' in first.content
    found = [each.findtext("OrderNumber") for each in shipstation.orders(end_date=end)]
    SalesOrder.objects.filter(import_id=found[0]).update(updated_at=datetime(2039, 1, 1, tzinfo=UTC))
    for page in (2, 3):
        found += [each.findtext("OrderNumber") for each in shipstation.orders(end_date=end, page=page)]
    assert sorted(found) == sorted(numbers)
    assert shipstation.orders(end_date="01/02/2020 00:00") == []


def test_a_page_costs_the_same_statements_whatever_its_orders() -> None:
    store = a_store()
    shipstation = a_shipstation()

    def cost() -> int:
        with CaptureQueriesContext(
            database,
        ) as seen:
            shipstation.orders()
        return len(seen)

    an_order(store, 1)
    cost()
    few = cost()
    for number in range(2, 12):
        an_order(store, number)
    assert cost() == few <= 16


@pytest.mark.parametrize(
    "asked",
    [
        {"start_date": ""},
        {"start_date": "2026-01-01"},
        {"end_date": "13/45/2026 00:00"},
        {"start_date": "01/01/2038 00:00"},
        {"page": "0"},
        {"page": "x"},
        {"action": "shipnotify"},
        {"action": ""},
    ],
)
def test_what_cannot_be_answered_says_why_in_xml(asked: dict[str, str]) -> None:
    answer = a_shipstation().ask(**asked)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/xml; charset=utf-8")
    assert b"<Message>" in answer.content


def test_who_is_not_known_is_challenged_and_who_tries_too_often_waits() -> None:
    shipstation = a_shipstation()
    refused = shipstation.client.get(shipstation.path, headers=shipstation.login("wrong"))
    assert (refused.status_code, refused["WWW-Authenticate"].split()[0]) == (401, "Basic")
    in_address = {"SS-UserName": shipstation.connection.username, "SS-Password": shipstation.password}
    assert shipstation.client.get(shipstation.path, in_address).status_code == 401
    for said in ("Basic !!!", "Basic", "Bearer x", "Basic " + "x" * 5000):
        assert shipstation.client.get(shipstation.path, headers={"Authorization": said}).status_code == 401
    tried = [shipstation.client.get(shipstation.path).status_code for _ in range(40)]
    assert tried[-1] == 429
    assert shipstation.ask().status_code == 200
    assert AuditEntry.objects.filter(what="Tried a wrong ShipStation password.").count() == 1
    shipstation.connection.active = False
    shipstation.connection.save()
    assert shipstation.ask().status_code == 403
