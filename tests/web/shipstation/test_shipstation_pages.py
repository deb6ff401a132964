"""ShipStation set up on its pages and by command; labels that were refused are dealt with."""

import html
import re

import pytest

from counterfoil.accounts.models import AuditEntry, Role
from counterfoil.sales.models import OrderStatus, Parcel
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.attention.items import attention, attention_count
from counterfoil.stores.models import ShipStationConnection, ShipStationNotice
from tests.api.shipstation.factories import ShipStation, a_shipstation, ref_of
from tests.platform.commands import run as counterfoil
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import a_person, a_store, an_order

pytestmark = pytest.mark.django_db
ADD = "/setup/shipstation/add/"


def shown_password(page: str) -> str:
    found = re.search(r'id="secret" type="text" readonly value="([^"]+)"', page)
    return html.unescape(found[1]) if found else ""


def test_a_manager_connects_shipstation_and_sees_the_password_once() -> None:
    browser = logged_in_as(a_person(Role.MANAGER))
    store = a_store()
    order = an_order(store)
    page = browser.post(ADD, {"name": "Main", "username": "main", "store": [store.code], "active": "on"})
    password = shown_password(page.content.decode())
    connection = ShipStationConnection.objects.get()
    assert password
    assert password not in str(ShipStationConnection.objects.values().get())
    assert f"/api/shipstation/{connection.pk}" in page.content.decode()
    assert ShipStation(connection, password).order(order) is not None
    address = f"/setup/shipstation/{connection.pk}/"
    assert shown_password(browser.get(address).content.decode()) == ""
    new = OrderStatus.objects.get(role="initial")
    said = {"name": "Main", "username": "main", f"status-{new.pk}": "unpaid", "active": "on"}
    assert browser.post(address, said).status_code == 302
    assert ShipStation(connection, password).order(order).findtext("OrderStatus") == "unpaid"
    assert browser.post(address, said | {f"status-{new.pk}": "lost"}).status_code == 422
    assert browser.post(ADD, {"name": "Main", "username": "other"}).status_code == 422
    again = shown_password(browser.post(f"{address}password/").content.decode())
    assert ShipStation(connection, password).ask().status_code == 401
    assert ShipStation(connection, again).ask().status_code == 200
    assert AuditEntry.objects.filter(what__contains="ShipStation").count() == 4  # the wrong password is one of them


def test_a_refused_label_is_tried_again_or_dismissed() -> None:
    browser = logged_in_as(a_person(Role.MANAGER))
    store = a_store()
    first, second = an_order(store, 1), an_order(store, 2)
    shipstation = a_shipstation()
    for order in (first, second):
        ref = ref_of(shipstation.order(order))
        put_on_hold(order.pk, "Fraud check", by="Ada")
        shipstation.label(ref, f"NUMBER-{order.pk}")
    page = browser.get("/setup/shipstation/").content.decode()
    assert page.count("Fraud check") == 2
    assert attention_count() == 2
    inbox = browser.get("/attention/").content.decode()
    assert "ShipStation labels not processed" in inbox
    assert inbox.count("is on hold") >= 2
    for order in (first, second):
        assert f'href="/orders/{order.number}/"' in inbox
        assert f"NUMBER-{order.pk}" in inbox
    assert ("Process it now" in inbox, "Dismiss" in inbox) == (True, True)
    clerk = logged_in_as(a_person(Role.CLERK, "clerk")).get("/attention/").content.decode()
    assert ("Open order" in clerk, 'value="dismiss"' in clerk) == (True, False)
    retried, dismissed = (ShipStationNotice.objects.get(order=order) for order in (first, second))
    browser.post(f"/setup/shipstation/notices/{retried.pk}/", {"act": "retry"})
    assert not Parcel.objects.exists()
    put_on_hold(first.pk, "", by="Ada")
    browser.post(f"/setup/shipstation/notices/{retried.pk}/", {"act": "retry"})
    browser.post(f"/setup/shipstation/notices/{dismissed.pk}/", {"act": "dismiss"})
    assert Parcel.objects.get().tracking_number == f"NUMBER-{first.pk}"
    assert "Labels that need attention" not in browser.get("/setup/shipstation/").content.decode()
    assert attention_count() == 0
    shipstation.label("NONE-1", "LOST-1")
    inbox = browser.get("/attention/").content.decode()
    assert ("NONE-1" in inbox, "LOST-1" in inbox, "Dismiss" in inbox) == (True, True, True)
    assert [(each.store, each.kind) for each in attention()] == [("", "label")]


def test_a_connection_may_be_limited_to_networks() -> None:
    browser = logged_in_as(a_person(Role.MANAGER))
    order = an_order(a_store())
    said = {"name": "Main", "username": "main", "active": "on"}
    assert browser.post(ADD, said | {"networks": "not-one"}).status_code == 422
    page = browser.post(ADD, said | {"networks": "203.0.113.7/24, 2001:db8::/48"}).content.decode()
    connection = ShipStationConnection.objects.get()
    assert connection.networks == ["203.0.113.0/24", "2001:db8::/48"]
    assert 'value="203.0.113.0/24 2001:db8::/48"' in page
    shipstation = ShipStation(connection, shown_password(page))
    for answer in (shipstation.ask(), shipstation.label("WEB-10234", "NUMBER-1")):
        assert (answer.status_code, b"may not be used from 127.0.0.1" in answer.content) == (403, True)
    assert not ShipStationNotice.objects.exists()
    there = shipstation.client.get(shipstation.path, headers=shipstation.login("wrong"))
    assert there.status_code == 401
    address = f"/setup/shipstation/{connection.pk}/"
    assert browser.post(address, said | {"networks": "127.0.0.0/8"}).status_code == 302
    assert shipstation.order(order) is not None
    assert AuditEntry.objects.filter(what__contains="allowed networks 127.0.0.0/8").count() == 1
    made = counterfoil("shipstation", "add", "Other", "--username", "other", "--network", "203.0.113.7", "--json").json
    assert made["networks"] == ["203.0.113.7/32"]


def test_the_command_does_the_same() -> None:
    order = an_order(a_store())
    made = counterfoil("shipstation", "add", "Main", "--username", "main", "--json").json
    shipstation = ShipStation(ShipStationConnection.objects.get(), made["password"])
    ref = ref_of(shipstation.order(order))
    put_on_hold(order.pk, "Fraud check", by="Ada")
    shipstation.label(ref, "NUMBER-1")
    (waiting,) = counterfoil("shipstation", "notices", "--json").json
    assert counterfoil("shipstation", "retry", str(waiting["id"])).code == 1
    assert counterfoil("shipstation", "dismiss", str(waiting["id"])).code == 0
    assert counterfoil("shipstation", "notices", "--json").json == []
    assert counterfoil("shipstation", "password", "Main", "--json").json["password"] != made["password"]
    assert [row["name"] for row in counterfoil("shipstation", "list", "--json").json] == ["Main"]
    assert counterfoil("shipstation", "password", "None").code == 1
