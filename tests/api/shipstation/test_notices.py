"""Labels that come back: once, however often; refused with a sentence, and never lost."""

import pytest

from counterfoil.sales.models import OrderLine, OrderStatus, Parcel, SalesOrder
from counterfoil.sales.orders.status import change_status, find_status, put_on_hold
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, process_shipment, void_parcel
from counterfoil.stores.models import LogEntry, ShipStationNotice
from counterfoil.stores.shipstation.notices import process_notice
from tests.api.shipstation.factories import ShipStation, a_shipstation, notice, ref_of
from tests.web.factories.orders import a_changed_address, a_store, an_order

pytestmark = pytest.mark.django_db
USPS = "9400111899223197428497"


def a_sent_order(number: int = 1) -> tuple[ShipStation, SalesOrder, str]:
    """An order that ShipStation has, with its OrderID."""
    order = an_order(a_store(), number)
    shipstation = a_shipstation()
    return shipstation, order, ref_of(shipstation.order(order))


def test_a_label_ships_all_that_is_open_once_however_often_it_is_posted() -> None:
    shipstation, order, ref = a_sent_order()
    for _ in range(3):
        assert shipstation.label(ref, USPS).status_code == 200
    parcel = Parcel.objects.get()
    assert (parcel.carrier, parcel.service, parcel.tracking_number) == ("USPS", "Priority Mail", USPS)
    assert all(line.open == 0 for line in order.lines.all())
    kept = ShipStationNotice.objects.get()
    assert (kept.state, kept.posted, kept.shipment_id) == ("processed", 3, parcel.shipment_id)
    assert parcel.shipment.processed_by == "Warehouse (ShipStation)"
    void_parcel(parcel.pk, by="Ada", reason="Lost")
    assert shipstation.label(ref, USPS).status_code == 200
    assert Parcel.objects.count() == 1


def test_items_are_found_by_their_id_and_else_by_their_sku_and_some_may_stay_open() -> None:
    shipstation, order, ref = a_sent_order()
    line, other = order.lines.all()[:2]
    discount = {"LineItemID": "discount", "SKU": "", "Quantity": 1}
    by_id = [{"LineItemID": line.pk, "SKU": "whatever", "Quantity": 1}, discount]
    assert shipstation.label(ref, USPS, by_id).status_code == 200
    by_sku = [{"LineItemID": "", "SKU": other.our_part_number.lower(), "Quantity": f"{other.quantity}.0000"}]
    assert shipstation.label(ref, "1Z999AA10123456784", by_sku, Carrier="UPS").status_code == 200
    line.refresh_from_db()
    other.refresh_from_db()
    assert (line.shipped, other.open) == (1, 0)
    assert [each.carrier for each in Parcel.objects.all()] == ["USPS", "UPS"]


@pytest.mark.parametrize(
    ("said", "called"),
    [
        ("stamps_com", "USPS"),
        ("Endicia", "Endicia"),
        ("ups_walleted", "UPS"),
        ("dhl_express_worldwide", "DHL"),
        ("FedEx", "FedEx"),
        ("Pony & Sons", "Pony & Sons"),
        ("", "USPS"),
    ],
)
def test_a_carrier_gets_the_name_that_it_has_here_and_an_unknown_one_keeps_its_own(said: str, called: str) -> None:
    shipstation, _, ref = a_sent_order()
    assert shipstation.label(ref, USPS, Carrier=said).status_code == 200
    assert Parcel.objects.get().carrier == called


def test_what_is_refused_is_kept_told_and_processed_when_it_can_be() -> None:
    shipstation, order, ref = a_sent_order()
    put_on_hold(order.pk, "Fraud check", by="Ada")
    refused = shipstation.label(ref, USPS)
    assert refused.status_code == 409
    assert b"The order is on hold. Fraud check" in refused.content
    kept = ShipStationNotice.objects.get()
    assert (kept.state, kept.tracking_number, kept.order_id) == ("refused", USPS, order.pk)
    assert USPS in LogEntry.objects.get(kind="shipstation", import_id=order.import_id).text
    shipstation.label(ref, USPS)
    assert LogEntry.objects.filter(kind="shipstation").count() == 1
    put_on_hold(order.pk, "", by="Ada")
    process_notice(kept.pk, by="Ada")
    assert Parcel.objects.get().tracking_number == USPS
    assert shipstation.label(ref, USPS).status_code == 200


def test_cancelled_nothing_open_changed_address_and_unknown_orders_are_refused() -> None:
    shipstation, order, ref = a_sent_order()
    change_status(order.pk, find_status("Cancelled"), by="Ada")
    assert b"is cancelled" in shipstation.label(ref, USPS).content
    change_status(order.pk, OrderStatus.objects.get(role="initial"), by="Ada")
    a_changed_address(order)
    assert b"was changed in the store" in shipstation.label(ref, "A-2").content
    order.addresses.update(source_address=None, source_changed_at=None)
    items = {line.pk: line.open for line in order.lines.all()}
    process_shipment(order.pk, [ParcelDraft(Tracking(), items)], by="Ada")
    assert b"is left to ship" in shipstation.label(ref, "A-3").content
    unknown = shipstation.label("999999-1", "A-4", OrderNumber=order.name)
    assert unknown.status_code == 409, "the OrderID goes before the number"
    assert ShipStationNotice.objects.filter(state="refused").count() == 4
    assert Parcel.objects.count() == 1


def test_a_label_that_a_clerk_entered_before_is_no_second_parcel() -> None:
    shipstation, order, ref = a_sent_order()
    line = order.lines.first()
    process_shipment(order.pk, [ParcelDraft(Tracking("USPS", "", USPS), {line.pk: 1})], by="Ada")
    same = [{"LineItemID": line.pk, "SKU": "", "Quantity": 1}]
    assert shipstation.label(ref, USPS, same).status_code == 200
    assert shipstation.label(ref, USPS).status_code == 200
    more = [{"LineItemID": line.pk, "SKU": "", "Quantity": line.quantity}]
    refused = shipstation.label(ref, USPS, more)
    assert (refused.status_code, b"already used on this order" in refused.content) == (409, True)
    assert Parcel.objects.count() == 1


def test_orders_that_were_combined_into_one_parcel_share_its_number() -> None:
    store = a_store()
    one, two = an_order(store, 1), an_order(store, 2)
    shipstation = a_shipstation()
    for order in (one, two):
        assert shipstation.label(ref_of(shipstation.order(order)), USPS).status_code == 200
    assert Parcel.objects.filter(tracking_number=USPS).count() == 2


def test_two_labels_without_a_number_are_two_parcels_by_their_dates() -> None:
    shipstation, order, ref = a_sent_order()
    line = order.lines.first()
    OrderLine.objects.filter(pk=line.pk).update(quantity=3)
    one = [{"LineItemID": line.pk, "SKU": "", "Quantity": 1}]
    for date in ("12/01/2026 10:00", "12/01/2026 10:00", "12/01/2026 11:00"):
        assert shipstation.label(ref, "", one, LabelCreateDate=date).status_code == 200
    assert Parcel.objects.count() == 2


def test_the_address_alone_tells_a_label_too() -> None:
    shipstation, order, _ = a_sent_order()
    said = {"order_number": order.name, "carrier": "UPS", "service": "Ground", "tracking_number": "1Z999AA10123456784"}
    assert shipstation.post("", **said).status_code == 200
    assert Parcel.objects.get().service == "Ground"


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ShipNotice><OrderID>&b;</OrderID></ShipNotice>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ShipNotice><OrderID>&a;</OrderID></ShipNotice>'
BAD = [
    (ENTITIES, 400, b"document type"),
    (EXTERNAL, 400, b"document type"),
    ('<!DOCTYPE x SYSTEM "http://example.com/x.dtd"><ShipNotice/>', 400, b"document type"),
    ("<ShipNotice><OrderID>1", 400, b"well-formed"),
    ("not xml", 400, b"well-formed"),
    ("<Orders/>", 400, b"not ShipNotice"),
    ("<a>" * 5000 + "</a>" * 5000, 400, b"nested"),
    ("<ShipNotice>" + " " * 300_000 + "</ShipNotice>", 413, b"larger than 256 KB"),
    ("<ShipNotice><OrderID>é</OrderID></ShipNotice>".encode("latin-1"), 400, b"well-formed"),
    (b'<?xml version="1.0" encoding="klingon"?><ShipNotice/>', 400, b"encoding"),
    (notice("1-1", "A", [{"SKU": "X", "Quantity": "many"}]), 400, b"The quantity of X"),
    (notice("1-1", "A", [{"SKU": "X", "Quantity": "1.5"}]), 400, b"The quantity of X"),
    (notice("1-1", "A", [{"SKU": "X", "Quantity": 0}]), 400, b"The quantity of X"),
    (notice("1-1", "A", [{"SKU": "X", "Quantity": 10**30}]), 400, b"The quantity of X"),
    (notice("1-1", "A", [{"Quantity": 1}]), 400, b"neither"),
    ("<ShipNotice><OrderID>1-1</OrderID><Items><item/></Items></ShipNotice>", 400, b"other than Item"),
    ("<ShipNotice><OrderID>1-1</OrderID><Items>MUG-1</Items></ShipNotice>", 400, b"other than Item"),
    (notice("999999999-1", "A", [{"SKU": "NO-SUCH", "Quantity": 1}]), 409, b"no sales order"),
    (notice("", ""), 409, b"no sales order"),
    (notice("9" * 400, "A" * 2000, Carrier="B" * 3000), 409, b""),
]


@pytest.mark.parametrize(("body", "status", "words"), BAD, ids=range(len(BAD)))
def test_a_body_that_is_no_notice_is_refused_with_a_sentence_and_ships_nothing(
    body: str | bytes, status: int, words: bytes
) -> None:
    shipstation, order, _ = a_sent_order()
    answer = shipstation.post(body, order_number="NONE", tracking_number=USPS)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/xml; charset=utf-8")
    assert words in answer.content
    assert not order.shipments.exists()
    assert ShipStationNotice.objects.get().state == "refused", "the label may have been bought: it is kept"


def test_a_notice_that_names_neither_order_nor_label_is_not_kept() -> None:
    shipstation, order, _ = a_sent_order()
    for body in ("", " ", "<ShipNotice/>", "<ShipNotice><Carrier>UPS</Carrier><Items/></ShipNotice>"):
        answer = shipstation.post(body)
        assert (answer.status_code, b"neither an order nor a tracking number" in answer.content) == (400, True)
    assert not order.shipments.exists()
    assert not ShipStationNotice.objects.exists()
