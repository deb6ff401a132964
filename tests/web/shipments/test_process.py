"""Shipping on the pages: process a shipment, correct and void parcels, holds, open quantities, edits."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderStatus, Parcel, SalesOrder, Shipment
from counterfoil.sales.orders.create import create_order
from counterfoil.sales.orders.status import override_hold, put_on_hold
from counterfoil.stores.models import StoreUpdate, UpdateKind, WebShipment
from counterfoil.web.shipments.form import ShipForm
from tests.web.factories.orders import a_draft, a_foreign_shipment, a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db


def path(order: SalesOrder) -> str:
    """Of *process shipment*."""
    return reverse("order-ship", args=[order.number])


def suggested(order: SalesOrder) -> dict[str, Any]:
    """What the form sends when nothing in it is touched."""
    form = ShipForm(order)
    sent: dict[str, Any] = {"parcels": str(len(form.entries)), "seen": form.seen}
    for at, entry in enumerate(form.entries):
        sent |= {f"p{at}-address": str(entry.address)}
        sent |= {f"p{at}-q{pk}": typed for pk, typed in entry.quantities.items()}
    return sent


def shown(client: Client, order: SalesOrder, tab: str = "shipping") -> str:
    """One tab of the order's page."""
    return client.get(reverse("order", args=[order.number]), {"tab": tab}).content.decode()


def test_all_that_is_open_is_suggested_and_shipped_with_one_press(clerk: Client) -> None:
    """Pre-filled quantities; afterwards the order is shipped and the parcel stands under Shipping."""
    order = an_order(a_store())
    SalesOrder.objects.update(customer_message="Ring twice. " * 400)
    page = clerk.get(path(order)).content.decode()
    assert 1 < page.count("Ring twice") < 50  # the tracking number stands below
    assert re.search(r'name="p0-q\d+" value="2"', page)
    sent = suggested(order) | {"p0-carrier": "UPS", "p0-service": "Ground", "p0-tracking_number": " 1Z999 "}
    answer = clerk.post(path(order), sent, follow=True)
    parcel = Parcel.objects.get()
    assert (parcel.carrier, parcel.service, parcel.tracking_number) == ("UPS", "Ground", "1Z999")
    assert [item.quantity for item in parcel.items.all()] == [2, 2]
    order.refresh_from_db()
    assert order.status.role == "shipped"
    page = answer.content.decode()
    assert "1 parcel was processed." in page
    assert "1Z999" in page
    assert "Process shipment" not in page


def test_a_form_that_is_sent_twice_says_what_it_shipped(clerk: Client) -> None:
    """As by a label that was scanned twice. Who comes back to the form of a part is told that something has changed."""
    order = an_order(a_store())
    first, _ = order.lines.all()
    html = clerk.get(path(order)).content.decode()
    key = {"key": re.search(r'name="key" value="([^"]+)"', html)[1]}  # type: ignore[index]
    part = suggested(order) | key | {f"p0-q{first.pk}": "1", "p0-tracking_number": "1Z1"}
    assert "1 parcel was processed." in clerk.post(path(order), part, follow=True).content.decode()
    again = clerk.post(path(order), part)
    assert (again.status_code, Shipment.objects.count()) == (422, 1)
    assert "was shipped or changed since" in again.content.decode()
    assert key["key"] not in again.content.decode()
    rest = suggested(order) | {"key": "8b1e8f39-4c55-4d4b-9c3a-0d3c5d9b1f10", "p0-tracking_number": "1Z2"}
    for _ in range(2):
        assert "1 parcel was processed." in clerk.post(path(order), rest, follow=True).content.decode()
    assert Shipment.objects.count() == 2


def test_two_parcels_and_a_further_box_go_out_together(clerk: Client) -> None:
    """The box has no items and belongs to the parcel before it."""
    order = an_order(a_store())
    first, second = order.lines.all()
    address = suggested(order)["p0-address"]
    sent = suggested(order) | {"parcels": "3", "p0-tracking_number": "A1", f"p0-q{second.pk}": "0"}
    sent |= {"p1-address": address, "p1-box": "1", "p1-tracking_number": "B2"}
    sent |= {"p2-address": address, "p2-tracking_number": "C3", f"p2-q{second.pk}": "1"}
    page = clerk.post(path(order), sent, follow=True).content.decode()
    one, box, two = Parcel.objects.order_by("pk")
    assert (box.belongs_to, two.belongs_to) == (one, None)
    assert [(item.line_id, item.quantity) for item in two.items.all()] == [(second.pk, 1)]
    assert "2 parcels and 1 further box were processed." in page
    assert "Its tracking number is in the comments of this parcel’s shipment." in page
    order.refresh_from_db()
    assert order.status.role == "partially_shipped"
    first.refresh_from_db()
    assert first.open == 0


def test_a_parcel_is_added_without_scripts_and_takes_what_the_others_leave(clerk: Client) -> None:
    """The page comes again with all that was typed; nothing is shipped by it."""
    order = an_order(a_store())
    first, _ = order.lines.all()
    sent = suggested(order)
    sent |= {"p0-carrier": "UPS", "p0-tracking_number": "1Z1", f"p0-q{first.pk}": "1", "add": sent["p0-address"]}
    answer = clerk.post(path(order), sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="parcels" value="2"' in page
    assert 'value="1Z1"' in page
    assert f'name="p1-q{first.pk}" value="1"' in page
    assert 'name="p1-carrier" value="UPS"' in re.sub(r"\s+", " ", page)
    assert re.search(r'name="p1-tracking_number"[^>]*autofocus', page)
    sent = sent | {"box": "0"}
    del sent["add"]
    assert 'name="p1-box"' in clerk.post(path(order), sent).content.decode()
    assert not Shipment.objects.exists()


def test_removing_a_parcel_removes_its_further_boxes(clerk: Client) -> None:
    """What belonged to it has nothing to belong to."""
    order = an_order(a_store())
    sent = suggested(order)
    sent |= {"parcels": "3", "p1-address": sent["p0-address"], "p1-box": "1", "p2-address": sent["p0-address"]}
    page = clerk.post(path(order), sent | {"remove": "0"}).content.decode()
    assert 'name="parcels" value="1"' in page
    assert "-box" not in page.split("Add further box")[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"q": "5"}, "5 × ENGINE-0 is too many: 2 still open."),
        ({"q": "two"}, "Parcel 1: “two” isn’t a quantity of ENGINE-0."),
        ({"q": "-1"}, "Parcel 1: “-1” isn’t a quantity of ENGINE-0."),
        ({"p0-tracking_number": "1" * 51}, "The tracking number has 51 characters; 50 are allowed."),
        ({"p0-tracking_link": "ups.com"}, "“ups.com” isn’t a web address."),
        ({"seen": "another"}, "was shipped or changed since you opened this page"),
        ({"parcels": "0"}, "No parcel has any items."),
        ({"parcels": "9" * 5_000}, "No parcel has any items."),
    ],
)
def test_a_refusal_keeps_what_was_entered(changes: dict[str, str], sentence: str, clerk: Client) -> None:
    """The sentence stands on top, the fields as they were, and nothing is shipped."""
    order = an_order(a_store())
    sent = suggested(order) | {"p0-carrier": "Own van"}
    for name, value in changes.items():
        sent[f"p0-q{order.lines.first().pk}" if name == "q" else name] = value
    answer = clerk.post(path(order), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    if "parcels" not in changes:
        assert 'value="Own van"' in page
    assert not Shipment.objects.exists()


def test_pressing_twice_ships_once(clerk: Client) -> None:
    """Also where the second would still fit into what is open."""
    order = an_order(a_store())
    sent = suggested(order)
    sent |= {name: "1" for name in sent if name.startswith("p0-q")}
    assert clerk.post(path(order), sent).status_code == 302
    assert clerk.post(path(order), sent).status_code == 422
    assert Shipment.objects.count() == 1


def test_each_address_has_its_own_parcels(clerk: Client) -> None:
    """Two addresses are two sections, each with its parcel."""
    order = an_order(a_store())
    other = order.addresses.get(kind="ship_to")
    other.pk, other.position, other.first_name, other.source_id = None, 2, "Grace", 77
    other.save()
    second = order.lines.last()
    second.ship_to = other
    second.save()
    page = clerk.get(path(order)).content.decode()
    assert "To Charles Babbage" in page
    assert page.count("Charles Babbage") == 2  # the heading and the name of its part; the address does not repeat it
    assert "To Grace Babbage" in page
    clerk.post(path(order), suggested(order))
    assert {parcel.ship_to.first_name for parcel in Parcel.objects.all()} == {"Charles", "Grace"}
    assert Shipment.objects.count() == 1


def test_an_order_on_hold_is_shipped_after_a_manager_says_why(clerk: Client, manager: Client) -> None:
    """The banner says why; a clerk sees no button, and the form refuses."""
    order = an_order(a_store())
    put_on_hold(order.pk, "The order was cancelled in the store.", by="BigCommerce")
    page = shown(clerk, order)
    assert "On hold." in page
    assert "The order was cancelled in the store." in page
    assert "Ship anyway" not in page
    assert f'href="{path(order)}"' not in page
    assert "The order is on hold." in clerk.post(path(order), suggested(order)).content.decode()
    release = reverse("order-release", args=[order.number])
    assert "Say why" in manager.post(release, {"why": " "}, follow=True).content.decode()
    manager.post(release, {"why": "The client called"})
    page = shown(clerk, order)
    assert "manager allowed it to ship anyway." in page
    assert f'href="{path(order)}"' in page
    assert clerk.post(path(order), suggested(order)).status_code == 302


def test_the_list_shows_which_orders_are_on_hold(clerk: Client) -> None:
    """Next to their status; an override takes the mark away."""
    order = an_order(a_store())
    put_on_hold(order.pk, "The order was disputed in the store.", by="BigCommerce")
    assert ">On hold</span>" in clerk.get(reverse("orders")).content.decode()
    override_hold(order.pk, by="Ada", why="Settled")
    assert ">On hold</span>" not in clerk.get(reverse("orders")).content.decode()


def test_the_shipping_tab_looks_again_while_something_is_on_its_way(clerk: Client) -> None:
    """And no more when all is sent."""
    order = an_order(a_store())
    a_shipment(order)
    assert "data-poll" not in shown(clerk, order).split('id="shipments"')[1]
    StoreUpdate.objects.filter(kind=UpdateKind.CREATE).update(state="waiting")
    assert 'id="shipments" data-poll="3"' in shown(clerk, order)


def test_a_tracking_number_is_corrected_and_the_input_kept_when_refused(clerk: Client) -> None:
    """The history says from what to what."""
    order = an_order(a_store())
    parcel = a_shipment(order).parcels.get(belongs_to=None)
    there = reverse("parcel", args=[parcel.pk])
    assert 'value="1Z999"' in clerk.get(there).content.decode()
    answer = clerk.post(there, {"carrier": "UPS", "tracking_number": "1" * 51})
    assert answer.status_code == 422
    assert f'value="{"1" * 51}"' in answer.content.decode()
    clerk.post(there, {"carrier": "UPS", "tracking_number": "1Z777"})
    parcel.refresh_from_db()
    assert parcel.tracking_number == "1Z777"
    page = shown(clerk, order, "history")
    assert re.search(r"Parcel tracking number</strong>: .*1Z999.* → .*1Z777", page)


def test_a_parcel_is_voided_with_a_reason_and_its_items_are_open_again(clerk: Client) -> None:
    """Without one it stays; afterwards the tab shows it struck out, with who and why."""
    order = an_order(a_store())
    parcel = a_shipment(order).parcels.get(belongs_to=None)
    there = reverse("parcel-void", args=[parcel.pk])
    assert "Say why the parcel is voided." in clerk.post(there, {"reason": " "}).content.decode()
    clerk.post(there, {"reason": "It came back"})
    page = shown(clerk, order)
    assert "by clerk: It came back" in page
    assert "Correct or void" not in page
    assert f'href="{path(order)}"' in page
    assert "This parcel was voided." in clerk.post(there, {"reason": "Again"}).content.decode()


@pytest.mark.parametrize(
    ("state", "says"),
    [("waiting", "Waiting"), ("sending", "Being sent"), ("sent", "Sent"), ("skipped", "Skipped")],
)
def test_each_parcel_says_how_it_stands_in_the_store(state: str, says: str, clerk: Client) -> None:
    """In one word; a failure with its reason and what to do."""
    order = an_order(a_store())
    a_shipment(order)
    StoreUpdate.objects.filter(kind=UpdateKind.CREATE).update(state=state, reason="It had already gone")
    assert re.search(rf'class="state state-\w+">{says}</span>', shown(clerk, order))


def test_a_parcel_that_the_store_refused_says_why(clerk: Client) -> None:
    """With the next step, and the way to where it is repaired."""
    order = an_order(a_store())
    a_shipment(order, sent=False)
    page = shown(clerk, order)
    assert ">Failed</span>" in page
    assert "Only 1 of 2 can still ship in BigCommerce. Look at the order there." in page


def test_an_order_made_by_hand_has_no_web_tab_and_its_parcels_are_for_no_store(clerk: Client) -> None:
    """There is nothing to be told."""
    store_order = an_order(a_store())
    by_hand = create_order(a_draft(7), client_id=store_order.client_id, contact=None, matched_by=None, products={})
    order = SalesOrder.objects.get(pk=by_hand.pk)
    clerk.post(path(order), suggested(order))
    page = shown(clerk, order)
    assert "Not for a store" in page
    assert 'href="?tab=web"' not in page
    assert "Part number" in shown(clerk, order, "web")


def test_the_web_tab_shows_refunds_shipments_of_others_and_the_way_to_the_control_panel(clerk: Client) -> None:
    """A link of the store that is no web address is no link here."""
    integration = a_store()
    integration.state.control_panel = "https://store-web.mybigcommerce.com"
    integration.state.save()
    order = an_order(integration)
    a_foreign_shipment(order)
    page = shown(clerk, order, "web")
    assert "Arrived broken" in page
    assert "1 × ENGINE-0" in page
    assert "JD0146" in page
    assert 'href="https://store-web.mybigcommerce.com/manage/orders/10234"' in page
    assert 'href="javascript' not in page
    assert "Take over" in page


def test_what_others_shipped_stands_next_to_the_parcels_with_its_tracking(clerk: Client) -> None:
    """On the tab that people look at for shipments, with the button; once it is a parcel it is shown as that."""
    order = an_order(a_store())
    foreign = a_foreign_shipment(order)
    page = shown(clerk, order)
    assert "Shipments made in the store" in page
    assert "JD0146" in page
    assert reverse("take-over", args=[foreign.pk]) in page
    clerk.post(reverse("take-over", args=[foreign.pk]))
    assert "Shipments made in the store" not in shown(clerk, order)


def test_a_shipment_of_someone_else_is_taken_over_with_one_press(clerk: Client) -> None:
    """It becomes a parcel here; pressing twice says so."""
    order = an_order(a_store())
    foreign = a_foreign_shipment(order)
    there = reverse("take-over", args=[foreign.pk])
    assert "Shipment taken over." in clerk.post(there, follow=True).content.decode()
    assert "Taken over from the store" in shown(clerk, order)
    assert "already taken over" in clerk.post(there, follow=True).content.decode()
    assert WebShipment.objects.get().parcel.taken_over
    assert not StoreUpdate.objects.exclude(kind=UpdateKind.STATUS).exists()


def test_an_order_status_is_set_with_its_reason(clerk: Client) -> None:
    """A retired one is not offered, and refused when it is sent all the same."""
    order = an_order(a_store())
    released = OrderStatus.objects.get(name="Released")
    there = reverse("order-status", args=[order.number])
    clerk.post(there, {"status": released.pk, "why": "Paid by wire"})
    order.refresh_from_db()
    assert order.status == released
    assert "Paid by wire" in shown(clerk, order, "history")
    OrderStatus.objects.filter(name="Picking").update(retired=True)
    picking = OrderStatus.objects.get(name="Picking")
    assert f'<option value="{picking.pk}"' not in shown(clerk, order)
    assert "is retired" in clerk.post(there, {"status": picking.pk}, follow=True).content.decode()
    assert "Choose an order status." in clerk.post(there, {"status": "x"}, follow=True).content.decode()


@pytest.mark.parametrize(("kind", "button"), [("digital", "Nothing to ship: close"), ("pickup", "Picked up")])
def test_an_order_with_nothing_to_ship_is_closed_with_one_press(kind: str, button: str, clerk: Client) -> None:
    """No parcel, no shipment; the order goes to the shipped status."""
    order = an_order(a_store())
    if kind == "digital":
        order.lines.update(kind="digital", ship_to=None)
    else:
        order.addresses.filter(kind="ship_to").update(kind="pickup")
    assert button in shown(clerk, order)
    sent = {"picked_up": "1"} if kind == "pickup" else {}
    clerk.post(reverse("order-close", args=[order.number]), sent)
    order.refresh_from_db()
    assert order.status.role == "shipped"
    assert not Shipment.objects.exists()
    assert button not in shown(clerk, order)


def test_an_order_with_something_to_ship_is_not_closed_so(clerk: Client) -> None:
    """The refusal says what to do instead."""
    order = an_order(a_store())
    answer = clerk.post(reverse("order-close", args=[order.number]), follow=True)
    assert "This order has something to ship. Process a shipment instead." in answer.content.decode()


def test_open_quantities_are_cancelled_with_a_reason_or_noted_as_backordered(clerk: Client) -> None:
    """Refusals keep the input."""
    order = an_order(a_store())
    first, second = order.lines.all()
    there = reverse("order-quantities", args=[order.number])
    answer = clerk.post(there, {f"cancel-{first.pk}": "1", "cancel": "1", "reason": ""})
    assert answer.status_code == 422
    assert "Say why the quantity is cancelled." in answer.content.decode()
    assert f'name="cancel-{first.pk}" value="1"' in answer.content.decode()
    for sent, sentence in (
        ({f"cancel-{first.pk}": "3", "reason": "x"}, "ENGINE-0: only 2 open, so 3 can’t be cancelled."),
        ({f"cancel-{first.pk}": "a", "reason": "x"}, "“a” isn’t a quantity."),
        ({"reason": "x"}, "There’s nothing to cancel."),
    ):
        assert sentence in clerk.post(there, sent).content.decode()
    clerk.post(there, {f"cancel-{first.pk}": "1", "cancel": "1", "reason": "Sold out"})
    clerk.post(there, {f"back-{second.pk}": "2", "backorder": "1"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.cancelled, second.backordered) == (1, 2)
    assert "Sold out" in shown(clerk, order, "history")


def test_notes_ship_via_and_the_ship_to_address_are_edited_here(clerk: Client) -> None:
    """Each with its refusal, which keeps what was typed."""
    order = an_order(a_store())
    edit = reverse("order-edit", args=[order.number])
    clerk.post(edit, {"notes": "Ring twice"})
    clerk.post(edit, {"ship_via": "Courier"})
    order.refresh_from_db()
    assert (order.notes, order.ship_via) == ("Ring twice", "Courier")
    assert "Ring twice" in shown(clerk, order, "notes")
    answer = clerk.post(edit, {"ship_via": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()
    address = order.addresses.get(kind="ship_to")
    there = reverse("order-address", args=[order.number, address.pk])
    clerk.post(there, {"city": "Bath"})
    assert "Bath" in shown(clerk, order, "addresses")
    assert "An address needs a street." in clerk.post(there, {"street_1": ""}).content.decode()


def test_the_address_of_another_order_is_not_found(clerk: Client) -> None:
    """The number in the address and the order belong together."""
    integration = a_store()
    order, other = an_order(integration, 1), an_order(integration, 2)
    address = other.addresses.get(kind="ship_to")
    assert clerk.get(reverse("order-address", args=[order.number, address.pk])).status_code == 404


@pytest.mark.parametrize("number", ["1z5r-8939 0357567127", "1Z5R89390357567128"])
def test_a_number_that_says_ups_never_ends_without_a_carrier(number: str, clerk: Client) -> None:
    """With one press, also where a digit was misread; only who types "none" has none."""
    order, other = an_order(store := a_store(), 1), an_order(store, 2)
    answer = clerk.post(path(order), suggested(order) | {"p0-tracking_number": number}, follow=True)
    assert f"{number} is a UPS number." in answer.content.decode()
    assert (Parcel.objects.get().carrier, Parcel.objects.get().tracking_number) == ("UPS", number)
    clerk.post(path(other), suggested(other) | {"p0-tracking_number": number[::-1], "p0-carrier": "none"})
    assert Parcel.objects.latest("pk").carrier == ""


def test_a_number_that_only_may_be_a_carrier_s_is_offered_as_such(clerk: Client) -> None:
    """And none is offered where a carrier is named, or said to be none."""
    order = an_order(a_store())
    sent = suggested(order) | {"p0-tracking_number": "986578788855"}
    assert "986578788855 may be a FedEx number." in clerk.post(path(order), sent).content.decode()
    assert clerk.post(path(order), sent | {"p0-carrier": "none"}).status_code == 302
    assert Parcel.objects.get().carrier == ""


def test_a_number_that_is_used_already_is_asked_about_on_the_page(clerk: Client) -> None:
    """A box to tick, then it goes; when a parcel is corrected, too."""
    store = a_store()
    first, order = an_order(store, 1), an_order(store, 2)
    clerk.post(path(first), suggested(first) | {"p0-carrier": "UPS", "p0-tracking_number": "1Z1"})
    sent = suggested(order) | {"p0-carrier": "UPS", "p0-tracking_number": "1Z-1"}
    answer = clerk.post(path(order), sent)
    assert answer.status_code == 422
    assert "1Z-1 is already used on order WEB-1." in answer.content.decode()
    assert 'name="allow_used"' in answer.content.decode()
    assert clerk.post(path(order), sent | {"allow_used": "1"}).status_code == 302
    parcel = Parcel.objects.get(shipment__order=order)
    correct = reverse("parcel", args=[parcel.pk])
    clerk.post(correct, {"carrier": "UPS", "tracking_number": "1Z2"})
    page = clerk.post(correct, {"carrier": "UPS", "tracking_number": "1z1"}).content.decode()
    assert 'name="allow_used"' in page
    assert clerk.post(correct, {"tracking_number": "1z1", "allow_used": "1"}).status_code == 302


def test_several_numbers_in_the_field_are_further_boxes(clerk: Client) -> None:
    """Of the parcel whose items stand below; what is no number is refused."""
    order = an_order(a_store())
    sent = suggested(order) | {"p0-carrier": "UPS", "p0-tracking_number": "1ZA, 1ZB"}
    assert clerk.post(path(order), sent | {"p0-tracking_number": "9.4E+21"}).status_code == 422
    assert clerk.post(path(order), sent).status_code == 302
    parcel, box = Parcel.objects.order_by("pk")
    assert (parcel.tracking_number, box.tracking_number, box.belongs_to) == ("1ZA", "1ZB", parcel)
