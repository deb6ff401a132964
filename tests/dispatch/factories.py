"""Orders that stand in the sales data and in the store, and what the tests of dispatch do with them."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from counterfoil.sales.models import OrderLine, OrderStatus, Parcel, SalesOrder
from counterfoil.sales.orders.status import change_status, find_status
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, process_shipment
from counterfoil.stores.models import LogEntry, StatusMapping, StoreUpdate, UpdateKind, WebIntegration, WebShipment
from tests.factories import connect, in_store, run_sync, sales_order, updates
from tests.sandbox_store import SandboxStore


def imported(
    store: SandboxStore, *, quantities: tuple[int, ...] = (2, 3), **options: Any
) -> tuple[int, WebIntegration]:
    """An order with these quantities, imported and acknowledged; the calls so far are forgotten."""
    integration = connect(store, **options)
    order_id = place(store, *quantities)
    run_sync(integration)
    store.clear_calls()
    return order_id, integration


def place(store: SandboxStore, *quantities: int) -> int:
    """A new order of one address with these quantities of as many items."""
    while True:
        (order_id,) = store.place(1, kind="guest")
        lines = store.order(order_id)["lines"]
        if len(lines) >= len(quantities):
            break
        store.delete(order_id)
    wanted = [*quantities, *[0] * (len(lines) - len(quantities))]
    store.edit(order_id, lines=[{"id": line["id"], "quantity": each} for line, each in zip(lines, wanted, strict=True)])
    return order_id


def lines_of(order_id: int) -> list[OrderLine]:
    """The lines of an imported order."""
    return list(sales_order(order_id).lines.select_related("order"))


def ship(order_id: int, *quantities: int, by: str = "clerk", **tracking: str) -> Parcel:
    """Ships so many of each line in one parcel; without quantities all that is open."""
    order = sales_order(order_id)
    lines = list(order.lines.all())
    wanted = quantities or tuple(line.open for line in lines)
    items = {line.pk: quantity for line, quantity in zip(lines, wanted, strict=False) if quantity}
    process_shipment(order.pk, [ParcelDraft(Tracking(**tracking), items)], by=by)
    return Parcel.objects.latest("pk")


def ship_there(store: SandboxStore, order_id: int, *quantities: int, **tracking: str) -> dict[str, Any]:
    """Another app ships so many of each line."""
    lines = in_store(store, order_id)["products"]
    items = [
        {"order_product_id": line["id"], "quantity": quantity}
        for line, quantity in zip(lines, quantities, strict=False)
        if quantity
    ]
    (made,) = store.ship(order_id, order_address_id=lines[0]["order_address_id"], items=items, **tracking)
    return made


def put(order_id: int, name: str) -> SalesOrder:
    """Puts an order into an order status."""
    order = sales_order(order_id)
    change_status(order.pk, find_status(name), by="clerk")
    return order


def assign(integration: WebIntegration, **mapping: int) -> None:
    """Assigns BigCommerce statuses to order statuses; names are given with _ for a space."""
    for name, status_id in mapping.items():
        status = OrderStatus.objects.get(name=name.replace("_", " "))
        StatusMapping.objects.create(integration=integration, order_status=status, status_id=status_id)


def shipments_in(store: SandboxStore, order_id: int) -> list[dict[str, Any]]:
    """The shipments that the store has of an order."""
    return list(store.order(order_id)["shipments"])


def writes(store: SandboxStore) -> list[str]:
    """The calls that changed something in the store: "POST shipment", "PUT order"."""
    changed = [call for call in store.calls() if call["method"] != "GET"]
    return [f"{call['method']} {'shipment' if 'shipments' in call['path'] else 'order'}" for call in changed]


def reads(store: SandboxStore) -> int:
    """How many calls only read."""
    return sum(call["method"] == "GET" for call in store.calls())


def creation(order_id: int) -> StoreUpdate:
    """The update that makes the order's latest shipment."""
    return [update for update in updates(order_id) if update.kind == UpdateKind.CREATE][-1]


def make_due() -> None:
    """Lets the waiting of updates that were put off pass."""
    StoreUpdate.objects.filter(state__in=["waiting", "sending"]).update(due_at=timezone.now())


def let_pass(passed: timedelta) -> None:
    """Moves all that waits, is in doubt or was seen back in time."""
    WebShipment.objects.update(seen_at=F("seen_at") - passed)
    StoreUpdate.objects.filter(state__in=["waiting", "sending"]).update(
        due_at=timezone.now(), asked_at=F("asked_at") - passed
    )


def log_text() -> str:
    """The web integration log."""
    return "\n".join(LogEntry.objects.order_by("pk").values_list("text", flat=True))
