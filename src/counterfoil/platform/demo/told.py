"""Tells the sandbox store in one go what was done here over the months.

Sent one by one these updates would take as long as they took a real past. What is kept of each is what sending keeps
(`dispatch/create_shipment.py`, `dispatch/set_status.py`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Prefetch
from django.utils import timezone

from counterfoil.bigcommerce.parsing import read_shipments
from counterfoil.bigcommerce.shipments import quantities
from counterfoil.dispatch.shipment_requests import new_shipment
from counterfoil.platform.demo.store import SandboxControl
from counterfoil.sales.models import Parcel
from counterfoil.stores.models import (
    LogEntry,
    LogKind,
    StoreUpdate,
    UpdateKind,
    UpdateState,
    WebIntegration,
    WebOrder,
    WebShipment,
)
from counterfoil.stores.updates.parcel_text import shipment_text
from counterfoil.stores.weborders.shipments import columns

A_MOMENT = timedelta(seconds=3)
_KEPT = (
    "status_seen", "status_seen_at", "status_sent", "modified_seen", "modified_read", "written_at",
    "items_shipped_seen",
)  # fmt: skip


@dataclass
class _Order:
    """What is to be told of one order."""

    web_order: WebOrder
    creations: list[StoreUpdate] = field(default_factory=list)
    status: StoreUpdate | None = None

    def request(self) -> dict[str, Any]:
        """As the control of the sandbox store takes it."""
        made = []
        for update in self.creations:
            assert update.parcel is not None
            at = int((update.created_at + A_MOMENT).timestamp())
            made.append({"at": at, **msgspec.to_builtins(new_shipment(update.parcel))})
        status = self.status.status_id if self.status else None
        return {"id": self.web_order.bigcommerce_order_id, "status_id": status, "shipments": made}


def tell_history(integration: WebIntegration, control: SandboxControl) -> None:
    """All updates that wait: the store has them, and each counts as sent."""
    orders = _waiting(integration)
    asked = json.loads(json.dumps([order.request() for order in orders.values()]))
    answers = control.ask("POST", "/history", {"orders": asked})["orders"]
    shipments: list[WebShipment] = []
    lines: list[LogEntry] = []
    for order, answer in zip(orders.values(), answers, strict=True):
        shipments += _note_shipments(order, answer)
        _note_order(order, answer)
        lines += [_line(integration, order, text) for text in _texts(integration, order)]
    WebShipment.objects.bulk_create(shipments)
    WebOrder.objects.bulk_update([order.web_order for order in orders.values()], _KEPT, batch_size=100)
    LogEntry.objects.bulk_create(lines)
    sent = [each.pk for order in orders.values() for each in (*order.creations, order.status) if each]
    StoreUpdate.objects.filter(pk__in=sent).update(state=UpdateState.SENT, ended_at=timezone.now())


def _waiting(integration: WebIntegration) -> dict[int, _Order]:
    parcels = Parcel.objects.select_related("shipment__order", "ship_to").prefetch_related(
        "items__line", "boxes", "shipment__order__addresses"
    )
    updates = StoreUpdate.objects.filter(web_order__integration=integration, state=UpdateState.WAITING)
    found: dict[int, _Order] = {}
    for update in updates.select_related("web_order").prefetch_related(Prefetch("parcel", parcels)):
        order = found.setdefault(update.web_order_id, _Order(update.web_order))
        if update.kind == UpdateKind.CREATE:
            order.creations.append(update)
        elif update.kind == UpdateKind.STATUS:
            order.status = update
    return found


def _note_shipments(order: _Order, answer: dict[str, Any]) -> Sequence[WebShipment]:
    made = read_shipments(json.dumps(answer["shipments"]).encode())
    order.web_order.items_shipped_seen += sum(quantities(shipment).total() for shipment in made)
    return [
        WebShipment(
            web_order=order.web_order,
            bigcommerce_shipment_id=shipment.id,
            parcel_id=update.parcel_id,
            seen_at=update.created_at,
            **columns(shipment),
        )
        for update, shipment in zip(order.creations, made, strict=True)
    ]


def _note_order(order: _Order, answer: dict[str, Any]) -> None:
    web_order = order.web_order
    web_order.status_seen = answer["status_id"]
    web_order.status_sent = order.status.status_id if order.status else web_order.status_sent
    web_order.modified_seen = web_order.modified_read = datetime.fromtimestamp(answer["modified"], UTC)
    web_order.status_seen_at = web_order.written_at = timezone.now()


def _texts(integration: WebIntegration, order: _Order) -> list[str]:
    made = [f"Created the {shipment_text(each.parcel)} in the store." for each in order.creations if each.parcel]
    if order.status is None:
        return made
    cause = order.status.get_cause_display().lower()
    return [*made, f"Status in the store: {integration.status_text(order.status.status_id)} ({cause})."]


def _line(integration: WebIntegration, order: _Order, text: str) -> LogEntry:
    return LogEntry(integration=integration, kind=LogKind.SENT, import_id=order.web_order.import_id, text=text)
