"""ShipStation as the other end: it logs in, asks for orders, and posts notices of labels."""

import base64
from typing import Any
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring
from django.http import HttpResponse
from django.test import Client

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import ShipStationConnection
from counterfoil.stores.shipstation.connections import ConnectionDraft, make_connection

ALWAYS = {"start_date": "01/01/2020 00:00", "end_date": "12/31/2037 00:00"}


class ShipStation:
    """An account that has a custom store here."""

    def __init__(self, connection: ShipStationConnection, password: str) -> None:
        self.connection, self.password = connection, password
        self.client = Client(raise_request_exception=False)
        self.path = f"/api/shipstation/{connection.pk}"

    def login(self, password: str | None = None) -> dict[str, str]:
        """The header of the login."""
        said = f"{self.connection.username}:{self.password if password is None else password}"
        return {"Authorization": f"Basic {base64.b64encode(said.encode()).decode()}"}

    def ask(self, **asked: Any) -> HttpResponse:
        """GET ?action=export, of all times unless it says otherwise."""
        return self.client.get(self.path, {"action": "export"} | ALWAYS | asked, headers=self.login())

    def orders(self, **asked: Any) -> list[Any]:
        """The Order elements of a page."""
        answer = self.ask(**asked)
        assert answer.status_code == 200, answer.content
        return list(fromstring(answer.content).findall("Order"))

    def order(self, order: SalesOrder) -> Any:
        """The one element of an order."""
        (found,) = [each for each in self.orders() if each.findtext("OrderNumber") == order.name]
        return found

    def post(self, body: str | bytes, **asked: str) -> HttpResponse:
        """POST ?action=shipnotify with this body."""
        query = "&".join(f"{name}={value}" for name, value in ({"action": "shipnotify"} | asked).items())
        return self.client.post(f"{self.path}?{query}", body, content_type="text/xml", headers=self.login())

    def label(self, ref: str, number: str, items: list[dict[str, Any]] | None = None, **said: str) -> HttpResponse:
        """Posts the notice of a label for an order."""
        return self.post(notice(ref, number, items, **said))


def notice(ref: str, number: str, items: list[dict[str, Any]] | None = None, **said: str) -> str:
    """A ShipNotice as ShipStation's guide shows it."""
    fields = {"OrderID": ref, "Carrier": "USPS", "Service": "Priority Mail", "TrackingNumber": number}
    fields |= {"LabelCreateDate": "12/01/2026 12:56", "ShipDate": "12/01/2026"} | said
    rows = "".join(f"<Item>{_elements(item)}</Item>" for item in items or [])
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return f"{head}<ShipNotice>{_elements(fields)}<Items>{rows}</Items></ShipNotice>"


def _elements(said: dict[str, Any]) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in said.items())


def a_shipstation(name: str = "Warehouse", **more: Any) -> ShipStation:
    """An account with a new connection."""
    username = name.lower().replace(" ", "-")
    return ShipStation(*make_connection(ConnectionDraft(name, username, **more), by="Ada"))


def ref_of(element: Any) -> str:
    """The OrderID of an element."""
    return str(element.findtext("OrderID"))
