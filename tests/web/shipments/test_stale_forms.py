"""Forms that were opened before someone else changed what they show: nothing is written over unseen."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.custom_fields.definitions import add_field
from counterfoil.sales.models import (
    AddressKind,
    FieldScope,
    FieldType,
    OrderLine,
    OrderStatus,
    Parcel,
    SalesOrder,
    Shipment,
)
from counterfoil.sales.orders.edit import edit_order
from counterfoil.sales.orders.status import change_status, put_on_hold
from counterfoil.sales.shipping.address_changes import choose_address
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel
from counterfoil.stores.models import Conflict
from counterfoil.web.shipments.submit import open_to_ship, version_to_ship
from tests.web.factories.orders import a_changed_address, a_conflict, a_shipment, a_store, an_order
from tests.web.shipments.test_process import path, suggested

pytestmark = pytest.mark.django_db
FIELD = re.compile(r'<(?:input|textarea)[^>]*?name="([\w-]+)"[^>]*?(?:value="([^"]*)"|>([^<]*)</textarea>)')


def fields_of(html: str) -> dict[str, str]:
    """What a form sends when nothing in it is touched."""
    return {name: value or text for name, value, text in FIELD.findall(html) if name != "csrfmiddlewaretoken"}


def opened(client: Client, there: str) -> dict[str, str]:
    """What the form at this address sends when nothing in it is touched."""
    return fields_of(client.get(there).content.decode().partition("<main")[2])


def test_an_address_that_someone_chose_meanwhile_is_not_undone(clerk: Client) -> None:
    """The form is shown again: with the new address, and with what was typed. Saved once more, it is taken."""
    order = an_order(a_store())
    address = a_changed_address(order)
    there = reverse("order-address", args=[order.number, address.pk])
    form = opened(clerk, there)
    choose_address(address.pk, ours=False, by="Ben")
    address.refresh_from_db()
    new = address.street_1
    assert new != form["street_1"]
    answer = clerk.post(there, form | {"phone": "555 0100"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Now: street 1 “{new}”" in page
    address.refresh_from_db()
    assert (address.street_1, address.phone != "555 0100") == (new, True)
    again = fields_of(page.partition("<main")[2])
    assert (again["street_1"], again["phone"]) == (new, "555 0100")
    assert clerk.post(there, again).status_code == 302
    address.refresh_from_db()
    assert (address.street_1, address.phone) == (new, "555 0100")


def test_a_note_that_someone_wrote_meanwhile_stays(clerk: Client) -> None:
    """Of several lines, as a browser sends them."""
    order = an_order(a_store())
    edit_order(order.pk, notes="One\nTwo", by="Ada")
    there = reverse("order-edit", args=[order.number])
    form = opened(clerk, there)
    form |= {name: form[name].replace("\n", "\r\n") for name in ("notes", "shown-notes")}
    edit_order(order.pk, notes="Don’t ship before the 5th", by="Ben")
    answer = clerk.post(there, form | {"ship_via": "Courier"})
    assert answer.status_code == 422
    again = fields_of(answer.content.decode().partition("<main")[2])
    assert (again["notes"], again["ship_via"]) == ("Don’t ship before the 5th", "Courier")
    assert clerk.post(there, again).status_code == 302
    order.refresh_from_db()
    assert (order.notes, order.ship_via) == ("Don’t ship before the 5th", "Courier")


def test_a_correction_does_not_bring_the_number_before_back(clerk: Client) -> None:
    order = an_order(a_store())
    a_shipment(order)
    parcel = Parcel.objects.filter(belongs_to=None).get()
    there = reverse("parcel", args=[parcel.pk])
    form = opened(clerk, there)
    correct_parcel(parcel.pk, Tracking("UPS", "", "1Z777", ""), by="Ben")
    answer = clerk.post(there, form | {"service": "Ground"})
    assert answer.status_code == 422
    parcel.refresh_from_db()
    assert (parcel.tracking_number, parcel.service) == ("1Z777", "")
    again = fields_of(answer.content.decode().partition("<main")[2])
    assert (again["tracking_number"], again["service"]) == ("1Z777", "Ground")


def test_of_custom_fields_only_those_that_a_person_changed_are_written(clerk: Client) -> None:
    for name in ("gift", "gate"):
        add_field(FieldScope.ORDER, name.title(), FieldType.TEXT)
    order = an_order(a_store())
    there = reverse("order-fields", args=[order.number])
    form, theirs = opened(clerk, there), opened(clerk, there)
    assert clerk.post(there, theirs | {"field-gift": "Yes, wrapped"}).status_code == 302
    assert clerk.post(there, form | {"field-gate": "7"}).status_code == 302
    order.refresh_from_db()
    assert order.fields == {"gift": "Yes, wrapped", "gate": "7"}


@pytest.mark.parametrize(
    "change", [{"part_number": "SHIRT-L"}, {"options": "Size: L"}, {"wrapping_message": "For Bob"}]
)
def test_a_form_is_not_taken_when_what_lies_in_the_parcel_is_another_thing(
    change: dict[str, str], clerk: Client
) -> None:
    """The same number of the same line: an edit in the store, or an alias, made it another size."""
    order = an_order(a_store())
    sent = suggested(order) | {"p0-tracking_number": "1Z999AA10123456784"}
    OrderLine.objects.filter(order=order, position=0).update(**change)
    assert clerk.post(path(order), sent).status_code == 422
    assert Shipment.objects.count() == 0
    now = version_to_ship(open_to_ship(list(order.lines.select_related("ship_to"))))
    assert clerk.post(path(order), sent | {"seen": now}).status_code == 302


@pytest.mark.parametrize("number", ["1Z5R89390357567127", ""])
def test_a_number_that_was_corrected_after_the_answer_was_lost_is_not_passed_over(number: str, clerk: Client) -> None:
    """The first one was shipped: the page says so, and where it can be changed. The same again is answered alike."""
    order = an_order(a_store())
    key = {"key": "8b1e8f39-4c55-4d4b-9c3a-0d3c5d9b1f10"}
    sent: dict[str, Any] = suggested(order) | key | {"p0-tracking_number": "1Z999AA10123456784"}
    assert clerk.post(path(order), sent).status_code == 302
    answer = clerk.post(path(order), sent | {"p0-tracking_number": number})
    if number:
        assert answer.status_code == 422
        assert "This was already shipped with the tracking number 1Z999AA10123456784." in answer.content.decode()
    else:
        assert answer.status_code == 302
    assert clerk.post(path(order), sent).status_code == 302
    assert [parcel.tracking_number for parcel in Parcel.objects.all()] == ["1Z999AA10123456784"]


def test_a_release_counts_for_the_hold_that_was_seen(manager: Client) -> None:
    """The payment was checked; meanwhile the store cancelled the order."""
    order = an_order(a_store())
    put_on_hold(order.pk, "Payment is being checked.", by="Ada")
    page = manager.get(reverse("order", args=[order.number])).content.decode()
    shown = fields_of(page)["shown-hold"]
    put_on_hold(order.pk, "The order was cancelled in the store.", by="BigCommerce")
    there, release = reverse("order-release", args=[order.number]), {"why": "Paid", "shown-hold": shown}
    assert "The reason for the hold has changed." in manager.post(there, release, follow=True).content.decode()
    order.refresh_from_db()
    assert order.is_held
    manager.post(there, release | {"shown-hold": order.hold_reason})
    order.refresh_from_db()
    assert not order.is_held


def test_what_was_printed_and_shipped_since_is_not_put_back(clerk: Client) -> None:
    """Nor what someone else moved on: each is named with where it stands."""
    store = a_store()
    stays, ships, moves = (an_order(store, number) for number in (1, 2, 3))
    numbers = [each.number for each in (stays, ships, moves)]
    page = clerk.get(reverse("print"), {"what": "pick_list", "order": numbers}).content.decode()
    seen = {name: value for name, value in fields_of(page).items() if name.startswith("seen-")}
    assert sorted(" ".join(seen.values()).split()) == sorted(map(str, numbers))
    a_shipment(ships)
    SalesOrder.objects.filter(pk=ships.pk).update(status=OrderStatus.objects.get(role="shipped"))
    change_status(moves.pk, OrderStatus.objects.get(name="Closed"), by="Ben")
    picking = OrderStatus.objects.get(name="Picking")
    sent = {"what": "pick_list", "order": numbers, "status": picking.pk} | seen
    answer = clerk.post(reverse("print-status"), sent, follow=True).content.decode()
    assert "1 sales order changed to Picking." in answer
    assert "WEB-2: It is already shipped." in answer
    assert "WEB-3: It has since changed to Closed." in answer
    assert list(SalesOrder.objects.filter(status=picking)) == [stays]


def test_quantities_that_are_cancelled_twice_are_cancelled_once(clerk: Client) -> None:
    """And a form of before takes no backorder of another line back."""
    order = an_order(a_store())
    first, second = order.lines.all()
    there = reverse("order-quantities", args=[order.number])
    form = opened(clerk, there)
    cancel = form | {f"cancel-{first.pk}": "1", "reason": "Sold out", "cancel": "1"}
    assert clerk.post(there, cancel).status_code == 302
    again = clerk.post(there, cancel)
    assert (again.status_code, OrderLine.objects.get(pk=first.pk).cancelled) == (422, 1)
    assert "ENGINE-0: 1 open now, 2 when you opened this page." in again.content.decode()

    form, theirs = opened(clerk, there), opened(clerk, there)
    clerk.post(there, theirs | {f"back-{second.pk}": "2", "backorder": "1"})
    clerk.post(there, form | {f"back-{first.pk}": "1", "backorder": "1"})
    assert list(order.lines.values_list("backordered", flat=True)) == [1, 2]


def test_a_conflict_is_decided_between_the_values_that_were_seen(clerk: Client) -> None:
    order = an_order(a_store())
    conflict = a_conflict(order)
    there = reverse("pick", args=[conflict.pk])
    seen = conflict.version
    Conflict.objects.update(theirs="Something newer")
    answer = clerk.post(there, {"whose": "ours", "seen": seen}, follow=True).content.decode()
    assert "The order changed again since you opened this page. Choose again." in answer
    assert Conflict.objects.count() == 1
    clerk.post(there, {"whose": "ours", "seen": Conflict.objects.get().version})
    assert Conflict.objects.count() == 0


def test_a_cancelled_order_is_not_marked_as_picked_up(clerk: Client) -> None:
    """The page was opened before a colleague cancelled it."""
    order = an_order(a_store())
    order.addresses.filter(kind=AddressKind.SHIP_TO).update(kind=AddressKind.PICKUP)
    change_status(order.pk, OrderStatus.objects.get(role="cancelled"), by="Ben")
    answer = clerk.post(reverse("order-close", args=[order.number]), {"picked_up": "1"}, follow=True)
    assert "is cancelled." in answer.content.decode()
    order.refresh_from_db()
    assert order.status.role == "cancelled"
