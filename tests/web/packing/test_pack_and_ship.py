"""Pack and ship, without a browser: which orders have a row, what a row answers, what a scanner opens."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import (
    OrderChange,
    OrderLine,
    Parcel,
    ParcelItem,
    Product,
    ProductAlias,
    SalesOrder,
    Shipment,
)
from counterfoil.sales.orders.status import lock_order, put_on_hold
from counterfoil.sales.shipping.address_changes import choose_address
from counterfoil.sales.shipping.csv_import import plan, read_rows
from counterfoil.sales.shipping.shipments import Tracking, cancel_open, open_items, parcel_drafts, process_shipment
from counterfoil.sales.shipping.used_numbers import NumberUsed
from counterfoil.stores.integrations.method_names import learn_names
from counterfoil.stores.models import NameKind, NameMapping, WebIntegration
from counterfoil.stores.shipping.scan_to_ship import sources_to_scan
from tests.web.factories.orders import a_changed_address, a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db
UPS = ["1Z999AA10123456784", "1Z5R89390357567127"]


def page(client: Client, **asked: Any) -> str:
    """*Pack and ship* of these orders."""
    return client.get(reverse("orders-pack"), asked).content.decode()


def row_of(html: str, order: SalesOrder, at: int = 0) -> dict[str, str]:
    """What the order's row sends when only its tracking number is scanned."""
    html = re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.DOTALL)
    form = [part for part in html.split("<form") if f'name="order" value="{order.number}"' in " ".join(part.split())][
        at
    ]
    return dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', form)) | {"tracking_number": UPS[0]}


def send(client: Client, row: dict[str, str], **more: str) -> dict[str, Any]:
    """What the page's script is answered."""
    answer = client.post(reverse("orders-pack-ship"), row | more, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.content
    return dict(json.loads(answer.content))


def wants_scans(store: WebIntegration) -> None:
    """Switches the option on."""
    WebIntegration.objects.filter(pk=store.pk).update(scan_to_ship=True)


def test_each_chosen_order_has_a_row_with_items_ship_to_carrier_and_service(clerk: Client) -> None:
    """In the order in which they stood in the list; without a choice, all that are to ship, the oldest first."""
    first, second, _ = (an_order(store, number) for store in [a_store()] for number in (1, 2, 3))
    html = page(clerk, order=[second.number, first.number])
    assert re.findall(r'data-names="(\d+)', html) == [str(second.number), str(first.number)]
    assert "2 × ENGINE-0 (2 × ENGINE-1)" in html
    assert "W1U 4EG" in html
    row = row_of(html, first)
    assert (row["carrier"], row["service"]) == ("Royal Mail", "Tracked 24")
    assert re.findall(r"autofocus", html) == ["autofocus"]
    assert len(re.findall("data-names", page(clerk))) == 3
    assert len(re.findall("data-names", page(clerk, all="1", filter="q=WEB-3"))) == 1


def test_a_row_says_what_its_open_items_weigh(clerk: Client) -> None:
    """Where that is known; a kit and its part are weighed once."""
    order = an_order(a_store(), 1)
    assert " oz" not in page(clerk)
    order.lines.update(weight=Decimal("1.25"))
    SalesOrder.objects.update(weight_unit="oz")
    assert "data-weight>2.5 oz<" in page(clerk)


def test_what_cannot_be_shipped_is_named_with_the_reason(clerk: Client) -> None:
    """On hold, shipped already."""
    store = a_store()
    held, done = an_order(store, 1), an_order(store, 2)
    put_on_hold(held.pk, "The order was disputed in the store.", by="BigCommerce")
    a_shipment(done)
    html = page(clerk, order=[held.number, done.number])
    assert "data-names" not in html
    assert "On hold. The order was disputed in the store." in html
    assert "Nothing is left to ship." in html


def test_a_row_ships_all_that_is_open_and_the_number_decides_on_the_carrier(clerk: Client) -> None:
    """And says so."""
    order = an_order(a_store())
    answer = send(clerk, row_of(page(clerk), order))
    parcel = Parcel.objects.get()
    assert (answer["outcome"], answer["carrier"], answer["service"]) == ("shipped", "UPS", "")
    assert "not Royal Mail (from the shipping method)" in answer["next_step"]
    assert (parcel.carrier, parcel.tracking_number) == ("UPS", UPS[0])
    assert sorted(item.quantity for item in parcel.items.all()) == [2, 2]


def test_a_manager_maps_a_shipping_method_to_its_carrier_and_service_once(manager: Client) -> None:
    """On the page of the names of methods; every order with it has them filled in. A service alone is refused."""
    store = a_store()
    order = an_order(store)
    order.addresses.filter(kind="ship_to").update(shipping_method="Flat Rate")
    learn_names(store, [(NameKind.SHIPPING, "Flat Rate")])
    there, mapping = reverse("integration-names", args=[store.pk]), NameMapping.objects.get()
    assert manager.post(there, {f"service-{mapping.pk}": "Ground"}).status_code == 422
    manager.post(there, {f"carrier-{mapping.pk}": "UPS", f"service-{mapping.pk}": "Ground"})
    row = row_of(page(manager), order)
    assert (row["carrier"], row["service"]) == ("UPS", "Ground")
    form = manager.get(reverse("order-ship", args=[order.number])).content.decode()
    assert re.search(r'name="p0-carrier"\s+value="UPS"', form)
    answer = send(manager, row)
    assert (answer["carrier"], answer["service"], answer["next_step"]) == ("UPS", "Ground", "")


def test_a_row_that_is_sent_twice_ships_once(clerk: Client) -> None:
    """The second is answered like the first; the key of another order's row ships nothing."""
    store = a_store()
    order, other = an_order(store, 1), an_order(store, 2)
    html = page(clerk)
    row = row_of(html, order)
    assert send(clerk, row) == send(clerk, row)
    assert Shipment.objects.count() == 1
    answer = send(clerk, row_of(html, other) | {"key": row["key"], "tracking_number": UPS[1]})
    assert (answer["outcome"], Shipment.objects.count()) == ("refused", 1)


@pytest.mark.parametrize("meanwhile", ["hold", "cancelled", "shipped", "partly"])
def test_what_happened_to_an_order_meanwhile_is_refused_with_its_reason(meanwhile: str, clerk: Client) -> None:
    """What is still open can be sent again as it is now."""
    order = an_order(a_store())
    row = row_of(page(clerk), order)
    first, second = order.lines.all()
    if meanwhile == "hold":
        put_on_hold(order.pk, "The order was cancelled in the store.", by="BigCommerce")
    elif meanwhile == "cancelled":
        cancel_open(order.pk, {first.pk: 2, second.pk: 2}, by="Ada", reason="Sold out")
    elif meanwhile == "shipped":
        a_shipment(order)
    else:
        cancel_open(order.pk, {first.pk: 1}, by="Ada", reason="Sold out")
    shipped = Shipment.objects.count()
    answer = send(clerk, row)
    assert (answer["outcome"], Shipment.objects.count()) == ("refused", shipped)
    said = {"hold": "The order was cancelled in the store.", "partly": "was shipped or changed"}
    assert said.get(meanwhile, "was shipped or changed") in answer["sentence"]
    assert answer.get("is_gone", False) == (meanwhile in ("cancelled", "shipped"))
    if meanwhile == "partly":
        assert answer["contents"] == "1 × ENGINE-0 (2 × ENGINE-1)"
        assert send(clerk, row | {"seen": answer["seen"]})["outcome"] == "shipped"


def test_an_address_that_someone_chose_meanwhile_is_shown_before_anything_ships_there(clerk: Client) -> None:
    """The label may be for the address that the page still shows: the row, and *Process shipment*, are refused once."""
    order = an_order(a_store())
    row = row_of(page(clerk), order)
    form = reverse("order-ship", args=[order.number])
    seen = re.search(r'name="seen" value="(\w+)"', clerk.get(form).content.decode())
    assert seen is not None
    choose_address(a_changed_address(order).pk, ours=False, by="Ada")
    answer = send(clerk, row)
    assert (answer["outcome"], Shipment.objects.count()) == ("refused", 0)
    assert "12 Elm Street" in answer["next_step"]
    assert answer["ship_to"]["name"] == order.addresses.get(kind="ship_to").name
    line = order.lines.first()
    sent = {"parcels": "1", "seen": seen[1], "p0-address": str(row["address"]), f"p0-q{line.pk}": "1"}
    assert "12 Elm Street" in clerk.post(form, sent).content.decode()
    assert Shipment.objects.count() == 0
    assert send(clerk, row | {"seen": answer["seen"]})["outcome"] == "shipped"


def test_a_number_that_is_used_already_is_asked_about(clerk: Client) -> None:
    """And goes when a person says so."""
    store = a_store()
    first, second = an_order(store, 1), an_order(store, 2)
    html = page(clerk)
    send(clerk, row_of(html, first))
    answer = send(clerk, row_of(html, second))
    assert (answer["outcome"], answer["asks"]) == ("refused", True)
    assert "already used on order WEB-1" in answer["sentence"]
    assert send(clerk, row_of(html, second), allow_used="1")["outcome"] == "shipped"


def test_a_likely_carrier_is_filled_in_and_asked_about_where_nothing_else_is_known(clerk: Client) -> None:
    """Twelve digits may be FedEx's."""
    order = an_order(a_store())
    order.addresses.update(shipping_method="")
    SalesOrder.objects.update(ship_via="Flat Rate")
    row = row_of(page(clerk), order) | {"tracking_number": "986578788855"}
    answer = send(clerk, row)
    assert (answer["outcome"], answer["carrier"]) == ("refused", "FedEx")
    assert send(clerk, row, carrier="FedEx")["outcome"] == "shipped"


def test_an_order_to_two_addresses_has_a_row_for_each(clerk: Client) -> None:
    """Each ships its own items; the first does not make the second a stale one."""
    order = an_order(a_store())
    other = order.addresses.get(kind="ship_to")
    other.pk, other.position, other.first_name, other.source_id = None, 2, "Grace", 77
    other.save()
    OrderLine.objects.filter(pk=order.lines.last().pk).update(ship_to=other)
    html = page(clerk)
    assert send(clerk, row_of(html, order))["outcome"] == "shipped"
    assert send(clerk, row_of(html, order, 1), tracking_number=UPS[1])["outcome"] == "shipped"
    assert {parcel.ship_to.first_name for parcel in Parcel.objects.all()} == {"Charles", "Grace"}


def test_without_scripts_a_row_leads_back_to_the_page(clerk: Client) -> None:
    """With what became of it; nonsense is refused in words."""
    order = an_order(a_store())
    here = f"http://testserver{reverse('orders-pack')}?order={order.number}"
    answer = clerk.post(reverse("orders-pack-ship"), row_of(page(clerk), order), headers={"referer": here})
    assert answer["Location"] == f"{reverse('orders-pack')}?order={order.number}"
    assert Shipment.objects.count() == 1
    other = an_order(SalesOrder.objects.get().web_order.integration, 2)
    row = row_of(page(clerk), other)
    asked = clerk.post(reverse("orders-pack-ship"), row, headers={"referer": here}, follow=True).content.decode()
    assert f"already used on order {order.name}. If it’s right anyway, check the box next to the number" in asked
    likely = row | {"carrier": "", "proposed_carrier": "", "tracking_number": "986578788855"}
    asked = clerk.post(reverse("orders-pack-ship"), likely, headers={"referer": here}, follow=True).content.decode()
    assert "Enter the number again with the carrier: FedEx, or “none”." in asked
    clerk.post(reverse("orders-pack-ship"), row | {"allow_used": "1"}, headers={"referer": here})
    assert Shipment.objects.count() == 2
    for nonsense in ({}, {"order": "x", "address": "\x00", "key": "y"}, {"order": order.number, "seen": "z" * 999}):
        assert send(clerk, nonsense)["outcome"] == "refused"


def test_an_order_is_shipped_only_when_its_items_were_scanned(clerk: Client, manager: Client) -> None:
    """By option: on both pages, in files; a manager overrides it with a reason, which is kept."""
    store = a_store()
    order, other = an_order(store, 1), an_order(store, 2)
    wants_scans(store)
    html = page(clerk)
    row = row_of(html, order)
    assert "data-must-scan" in html
    assert "only after its items are scanned" in send(clerk, row)["sentence"]
    assert "“PEN” is not on this order." in send(clerk, row, scans="PEN")["sentence"]
    assert "Not scanned yet: 1 × ENGINE-1." in send(clerk, row, scans="ENGINE-1")["sentence"]
    assert "Only a manager" in send(clerk, row, unscanned="I looked")["sentence"]
    assert not Shipment.objects.exists()
    assert send(clerk, row, scans="engine-1\r\nENGINE-1")["outcome"] == "shipped"
    assert set(ParcelItem.objects.values_list("scanned", flat=True)) == {2}
    (answer,) = plan(read_rows(f"order,tracking_number\n{other.import_id},1Z1\n"), to_scan=sources_to_scan())
    assert "only after its items are scanned" in answer.sentence
    ship = reverse("order-ship", args=[other.number])
    assert "Ship without scanning" not in clerk.get(ship).content.decode()
    assert "Ship without scanning" in manager.get(ship).content.decode()
    assert send(manager, row_of(page(manager), other), unscanned="Torn label", tracking_number=UPS[1])["outcome"]
    assert OrderChange.objects.get(field="scanning").why == "Torn label"


def test_the_upc_of_a_product_is_scanned_too(clerk: Client) -> None:
    """Its EAN with a zero before it, and the store's alias."""
    store = a_store()
    order = an_order(store, lines=1)
    product = Product.objects.create(part_number="DE-1", upc="012345678905")
    OrderLine.objects.update(product=product)
    product.aliases.create(source=store.code, sku="ODD-9")
    wants_scans(store)
    assert send(clerk, row_of(page(clerk), order), scans="0012345678905\nodd-9")["outcome"] == "shipped"


@pytest.mark.parametrize(
    "scanned", ["{import_id}", "]C1{import_id}", "#{web}", "000{web}", "*{number}*", " {number} ", "{lower}"]
)
def test_a_scanned_order_number_opens_the_order_ready_to_ship(scanned: str, clerk: Client, viewer: Client) -> None:
    """What a scanner adds is left out. Who does not ship, and what is shipped: its page."""
    order = an_order(a_store(), 77123)
    names = {"import_id": order.import_id, "web": "77123", "number": order.number, "lower": order.import_id.lower()}
    asked = {"code": scanned.format(**names)}
    assert clerk.get(reverse("orders-scan"), asked)["Location"] == reverse("order-ship", args=[order.number])
    assert viewer.get(reverse("orders-scan"), asked)["Location"] == reverse("order", args=[order.number])
    a_shipment(order)
    assert clerk.get(reverse("orders-scan"), asked)["Location"] == reverse("order", args=[order.number])


def test_what_is_scanned_and_is_no_one_order_is_searched_for(clerk: Client) -> None:
    """A number of two stores, a tracking number, nothing."""
    an_order(a_store("A-"), 55)
    an_order(a_store("B-"), 55)
    for code in ("55", "1Z999", ""):
        assert clerk.get(reverse("orders-scan"), {"code": code})["Location"].startswith(reverse("orders") + "?q=")


def test_the_next_order_to_ship_is_the_list_s_next_else_the_oldest(clerk: Client) -> None:
    """What is on hold or shipped is passed over."""
    store = a_store()
    first, second, third, fourth = (an_order(store, number) for number in range(1, 5))
    SalesOrder.objects.filter(pk=fourth.pk).update(
        order_date=F("order_date") - (fourth.order_date - first.order_date) * 2
    )
    put_on_hold(third.pk, "Disputed", by="BigCommerce")

    def after(order: SalesOrder, *listed: SalesOrder) -> str:
        asked = {"after": order.number, "order": [each.number for each in listed]}
        return str(clerk.get(reverse("orders-ship-next"), asked)["Location"])

    assert after(first, third, second, fourth) == reverse("order-ship", args=[second.number])
    assert after(first) == reverse("order-ship", args=[fourth.number])
    for order in (first, second, fourth):
        a_shipment(order)
    assert after(first) == reverse("orders")
    assert "Ship next" in clerk.get(reverse("order", args=[first.number])).content.decode()


def test_a_row_of_scanned_items_that_is_sent_twice_is_answered_alike(clerk: Client) -> None:
    """Its first answer may have been lost; by then nothing is open of which the scans could be counted."""
    order = an_order(a_store())
    codes = [line.our_part_number or line.part_number for line in order.lines.all() for _ in range(line.quantity)]
    row = row_of(page(clerk), order) | {"scans": "\n".join(codes[1:2] * 2)}
    first = send(clerk, row)
    assert first["outcome"] == "shipped", first
    assert send(clerk, row) == first
    assert Shipment.objects.count() == 1


@pytest.mark.parametrize(
    "code",
    [
        "WEB-2",
        "web-2",
        "#2",
        "]C1WEB-2",
        "BOOK-1",
        "BOOK-ALIAS",
        "0012345678905",
        "12345678905",
        "AISLE-B",
        "TRACK001TRACK001",
    ],
)
def test_a_slip_or_an_item_scanned_for_a_label_is_asked_about(code: str, clerk: Client) -> None:
    """The slip of an order that is not on the page, an item of another order, a UPC of 12 or 13 digits, a shelf."""
    store = a_store()
    order, _ = an_order(store, 1), an_order(store, 2)
    book = Product.objects.create(part_number="BOOK-1", upc="012345678905")
    ProductAlias.objects.create(source=store.code, sku="BOOK-ALIAS", product=book)
    row = row_of(page(clerk), order) | {"tracking_number": code, "carrier": "none"}
    answer = send(clerk, row)
    assert (answer["outcome"], answer["asks"], Shipment.objects.count()) == ("refused", True, 0), answer
    assert any(
        words in answer["sentence"]
        for words in ("order number", "BOOK", "AISLE-B has no digits.", "is one number twice.")
    )
    assert send(clerk, row, allow_used="1")["outcome"] == "shipped"


@pytest.mark.django_db(transaction=True)
def test_one_label_scanned_for_two_orders_at_the_same_moment_is_asked_about() -> None:
    """The page sends two rows at a time: the second waits for the first, and then finds its number."""
    store = a_store()
    orders = [an_order(store, number) for number in (1, 2)]
    both = Barrier(len(orders), timeout=30)

    def ship(order: SalesOrder) -> bool:
        try:
            with transaction.atomic():
                lock_order(order.pk)
                both.wait()
                drafts = parcel_drafts(Tracking(tracking_number=UPS[0]), open_items(order))
                process_shipment(order.pk, drafts, by="Ada", ask_about_numbers=True)
        except NumberUsed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor() as threads:
        assert sorted(threads.map(ship, orders)) == [False, True]
    assert Parcel.objects.filter(tracking_number=UPS[0]).count() == 1
