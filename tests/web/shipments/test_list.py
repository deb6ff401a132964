"""Shipments: all parcels in one list, found by a tracking number however typed; the page of one; the file."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import AuditEntry
from counterfoil.sales.models import Parcel, Shipment
from counterfoil.sales.shipping.shipments import void_parcel
from counterfoil.stores.models import StoreUpdate, UpdateState, WebIntegration
from tests.sales.factories import placed
from tests.web.factories.orders import ODD, ORDERED, a_shipment, a_store, an_order
from tests.web.test_pages import MOST_STATEMENTS, assert_clean

pytestmark = pytest.mark.django_db


def text(browser: Client, path: str, **query: object) -> str:
    """A page as it is now."""
    return browser.get(path, query).content.decode()


def shown(page: str) -> set[int]:
    """The ids of the parcels that the list shows."""
    return {pk for pk in Parcel.objects.values_list("pk", flat=True) if f'id="row-{pk}"' in page}


def a_parcel(number: int, tracking: str, *, source: str = "WEB-", sent: bool = True, carrier: str = "UPS") -> Parcel:
    """A parcel, without a further box, of an order of its own."""
    integration = WebIntegration.objects.filter(code=source).first() or a_store(source)
    shipment = a_shipment(an_order(integration, number), sent=sent)
    shipment.parcels.filter(belongs_to__isnull=False).delete()
    shipment.parcels.update(tracking_number=tracking, carrier=carrier)
    Shipment.objects.filter(pk=shipment.pk).update(processed_at=ORDERED + timedelta(days=number))
    return shipment.parcels.get()


@pytest.mark.parametrize(
    "typed",
    [
        "1Z999AA10123456784",
        "1z 999 aa1 01 2345 6784",
        "1Z-999-AA1-0123456784",
        "1Z999AA1",
        "0123456784",
        "  23456784 ",
    ],
)
def test_a_parcel_is_found_by_its_tracking_number_however_it_is_typed(typed: str, clerk: Client) -> None:
    """Whole, its beginning, its end; with blanks, dashes, small letters; kept with blanks or without."""
    plain = a_parcel(1, "1Z999AA10123456784")
    a_parcel(2, "JD014600003812")
    assert shown(text(clerk, reverse("shipments"), q=typed)) == {plain.pk}
    Parcel.objects.filter(pk=plain.pk).update(tracking_number="1Z 999 AA1 01 2345 6784")
    assert shown(text(clerk, reverse("shipments"), q=typed)) == {plain.pk}


def test_what_is_no_tracking_number_finds_the_parcels_of_the_orders_that_have_it(clerk: Client) -> None:
    """An order number, an import ID, a part number; what nobody has is said to be nowhere."""
    one, other = a_parcel(1, "1Z1"), a_parcel(2, "1Z2")
    order = one.shipment.order
    assert shown(text(clerk, reverse("shipments"), q=order.import_id)) == {one.pk}
    assert shown(text(clerk, reverse("shipments"), q=order.number)) == {one.pk}
    assert shown(text(clerk, reverse("shipments"), q="engine-0")) == {one.pk, other.pk}
    assert "No matching parcels" in text(clerk, reverse("shipments"), q="zeppelin")


def test_the_number_of_an_order_is_not_hidden_by_tracking_numbers_that_begin_like_it(clerk: Client) -> None:
    """Both are shown."""
    one = a_parcel(1, "1Z1")
    other = a_parcel(2, f"{one.shipment.order.number}99887766")
    assert shown(text(clerk, reverse("shipments"), q=one.shipment.order.number)) == {one.pk, other.pk}


def test_the_list_is_narrowed_to_how_parcels_stand_in_the_store(clerk: Client) -> None:
    """Sent, waiting, failed, not yet, taken over, voided; further boxes stand where their parcel stands."""
    sent, failed, waiting, voided = (a_parcel(number, f"T{number}", sent=number != 2) for number in range(1, 5))
    StoreUpdate.objects.filter(parcel=waiting).update(state=UpdateState.WAITING)
    taken = a_parcel(5, "T5")
    StoreUpdate.objects.filter(parcel=taken).delete()
    Parcel.objects.filter(pk=taken.pk).update(taken_over=True)
    void_parcel(voided.pk, by="Ada", reason="Lost")
    StoreUpdate.objects.filter(parcel=voided).update(state=UpdateState.SENT)
    box = Parcel.objects.create(shipment=failed.shipment, belongs_to=failed, tracking_number="T2B")
    found = {
        state: shown(text(clerk, reverse("shipments"), state=state))
        for state in ("sent", "failed", "waiting", "not_yet", "taken_over", "voided")
    }
    assert found == {
        "sent": {sent.pk},
        "failed": {failed.pk, box.pk},
        "waiting": {waiting.pk},
        "not_yet": {failed.pk, box.pk, waiting.pk},
        "taken_over": {taken.pk},
        "voided": {voided.pk},
    }
    said = "The shipment UPS 2 (2 × ENGINE-0) couldn’t be created. Only 1 of 2 can still ship in BigCommerce."
    StoreUpdate.objects.filter(parcel=failed).update(reason=said)
    page = text(clerk, reverse("shipments"), state="failed")
    assert "couldn’t be created" not in page
    assert "Only 1 of 2 can still ship in BigCommerce. Look at the order there." in page


def test_the_list_is_narrowed_to_a_store_a_carrier_and_days(clerk: Client) -> None:
    """Orders made by hand are of no store; a day begins by the reader's clock."""
    first, second = a_parcel(1, "A", carrier="UPS"), a_parcel(2, "B", source="EU-", carrier="DHL")
    by_hand = Shipment.objects.create(order=placed(import_id=None), processed_by="Ada").parcels.create()
    assert shown(text(clerk, reverse("shipments"), store="EU-")) == {second.pk}
    assert shown(text(clerk, reverse("shipments"), store="by-hand")) == {by_hand.pk}
    assert shown(text(clerk, reverse("shipments"), carrier="DHL")) == {second.pk}
    assert shown(text(clerk, reverse("shipments"), since="2026-11-03", until="2026-11-03")) == {first.pk}
    clerk.cookies["zone"] = "Pacific/Kiritimati"  # where 9:30 UTC is 23:30
    assert shown(text(clerk, reverse("shipments"), since="2026-11-03", until="2026-11-03")) == {first.pk}
    Shipment.objects.filter(pk=first.shipment_id).update(processed_at=ORDERED + timedelta(days=1, hours=1))
    assert shown(text(clerk, reverse("shipments"), since="2026-11-04", until="2026-11-04")) == {first.pk, second.pk}


@pytest.mark.parametrize("sort", ["date", "order", "client", "carrier", "tracking"])
def test_the_list_is_sorted_both_ways_by_each_heading(sort: str, clerk: Client) -> None:
    for number, (tracking, carrier) in enumerate([("A", "DHL"), ("B", "FedEx"), ("C", "UPS")], 1):
        parcel = a_parcel(number, f"TRACK-{tracking}", carrier=carrier)
        type(parcel.shipment.order.client).objects.filter(pk=parcel.shipment.order.client_id).update(name=tracking)
    up, down = (text(clerk, reverse("shipments"), sort=f"{sign}{sort}") for sign in ("", "-"))
    assert up.index("TRACK-A") < up.index("TRACK-B") < up.index("TRACK-C")
    assert down.index("TRACK-C") < down.index("TRACK-B") < down.index("TRACK-A")


def test_the_list_keeps_itself_up_to_date(clerk: Client) -> None:
    """Nothing comes again while nothing has changed; when it has, the list alone."""
    a_parcel(1, "T1")
    answer = clerk.get(reverse("shipments"))
    version = answer.context["live"]["version"]
    asks = {"HX-Request": "true", "HX-Target": "shipments"}
    assert clerk.get(reverse("shipments"), headers=asks | {"X-Seen": version}).status_code == 204
    StoreUpdate.objects.update(state=UpdateState.WAITING)
    part = clerk.get(reverse("shipments"), headers=asks | {"X-Seen": version}).content.decode()
    assert part.startswith('<section id="shipments"')
    assert "Waiting" in part


def test_sixty_parcels_need_no_more_statements_than_one(clerk: Client, django_assert_max_num_queries: Any) -> None:
    """At most 15, of the list and of a shipment's page; the list has 50 on a page."""
    for number in range(1, 61):
        a_parcel(number, f"T{number}")
    with django_assert_max_num_queries(MOST_STATEMENTS):
        page = text(clerk, reverse("shipments"), q="engine", state="sent", carrier="UPS")
    assert len(shown(page)) == 50
    assert "60 parcels found" in page
    shipment = Shipment.objects.latest("pk")
    with django_assert_max_num_queries(MOST_STATEMENTS):
        clerk.get(reverse("shipment", args=[shipment.pk]))


def test_a_shipment_shows_parcels_items_updates_and_history(clerk: Client) -> None:
    """With the buttons that correct what failed."""
    shipment = a_shipment(an_order(a_store()), sent=False)
    parcel = shipment.parcels.get(belongs_to=None)
    page = text(clerk, reverse("shipment", args=[shipment.pk]))
    update = StoreUpdate.objects.get(parcel=parcel)
    for part in (
        "1Z999",
        "Further box",
        "Difference engine no. 1",
        "Create the shipment UPS 1Z999",
        "Only 1 of 2 can still ship in BigCommerce.",
        reverse("update-retry", args=[update.pk]),
        reverse("parcel", args=[parcel.pk]),
        "Store update: failed",
    ):
        assert part in page, part
    void_parcel(parcel.pk, by="Grace", reason="Never left")
    page = text(clerk, reverse("shipment", args=[shipment.pk]))
    assert "Never left" in page
    assert reverse("parcel", args=[parcel.pk]) not in page


def test_nothing_shipped_says_how_to_ship(clerk: Client) -> None:
    """The way to the orders that are to be shipped."""
    page = text(clerk, reverse("shipments"))
    assert "Nothing has been shipped yet" in page
    assert f"{reverse('orders')}?show=to_ship" in page


def test_the_file_has_what_the_list_is_narrowed_to_and_no_formula(clerk: Client) -> None:
    """It opens in a spreadsheet as it is, and who took it is in the audit log."""
    a_parcel(1, "=HYPERLINK(1)", carrier="UPS")
    a_parcel(2, "JD01", carrier="DHL")
    answer = clerk.get(reverse("shipments-csv"), {"carrier": "UPS"})
    content = b"".join(answer).decode()
    assert content.startswith("\ufeffshipped_at,order,import_id,store,client,carrier,service,tracking_number")
    (row,) = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")))
    assert (row["tracking_number"], row["state"], row["import_id"]) == ("'=HYPERLINK(1)", "Sent", "WEB-1")
    assert row["items"] == "2 × ENGINE-0, 2 × ENGINE-1"
    assert AuditEntry.objects.filter(what="Downloaded 1 parcel as CSV.").count() == 1


def test_odd_tracking_numbers_break_no_page(clerk: Client) -> None:
    """Markup, scripts of all alphabets, no number at all."""
    shipment = a_shipment(an_order(a_store(), text=ODD), text=ODD)
    for path in (reverse("shipments"), reverse("shipment", args=[shipment.pk])):
        assert_clean(clerk.get(path), path)


def test_carriers_are_looked_up_and_not_read_through(clerk: Client) -> None:
    """One look for each carrier, however many parcels there are."""
    shipment = a_shipment(an_order(a_store()))
    many = [Parcel(shipment=shipment, carrier="UPS" if number % 2 else "DHL") for number in range(3000)]
    Parcel.objects.bulk_create(many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sales_parcel")
    page = text(clerk, reverse("shipments"), carrier="DHL")
    assert '<option value="DHL" selected>DHL</option>' in page
    assert '<option value="UPS">UPS</option>' in page
    assert "1,500 parcels found" in page
