"""What the demo has for a person to decide: six causes under *Needs attention*, holds, a dispute, a refund, and more.

Each is brought about as it comes about in a real past: by an edit in the store's control panel, by another program's
shipment, by a clerk's change here.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from counterfoil.bigcommerce.statuses import StatusId
from counterfoil.platform.demo.history import BEN, MARIA, PastWork
from counterfoil.platform.demo.store import SandboxControl
from counterfoil.platform.demo.tracking import tracking
from counterfoil.sales.models import AddressKind, OrderAddress, SalesOrder
from counterfoil.sales.orders.edit import edit_address, edit_order
from counterfoil.sales.orders.status import change_status, put_on_hold
from counterfoil.sales.shipping.shipments import ParcelDraft, open_items, process_shipment

LAMP = {"product_id": 9040, "variant_id": 9040, "sku": "LAMP-BRASS-40", "name": "Brass lamp, 40 cm"}
Scene = Callable[[PastWork, SandboxControl, SalesOrder], None]


def stage(
    past: PastWork, control: SandboxControl, to_ship: Sequence[SalesOrder], shipped: Sequence[SalesOrder]
) -> None:
    """All scenes; each takes an order of its own, where there are enough."""
    orders, done = iter(to_ship), iter(shipped)
    for scenes, of in ((_OF_OPEN_ORDERS, orders), (_OF_SHIPPED_ORDERS, done)):
        for scene, order in zip(scenes, of, strict=False):
            with past.moments.step(max(past.today(), order.order_date)):
                scene(past, control, order)
    for place in (_place_unknown_product, _place_wrong_total):
        place(control)


def number_of(order: SalesOrder) -> int:
    """Its number in the store."""
    return int(order.web_order_number)


def disputed(_past: PastWork, control: SandboxControl, order: SalesOrder) -> None:
    """The shopper disputes the payment."""
    control.edit(number_of(order), {"status_id": StatusId.DISPUTED.value})


def cancelled_there(_past: PastWork, control: SandboxControl, order: SalesOrder) -> None:
    """The owner cancels it in the store before it is packed."""
    control.edit(number_of(order), {"status_id": StatusId.CANCELLED.value})


def address_changed(_past: PastWork, control: SandboxControl, order: SalesOrder) -> None:
    """The shopper has moved, and says so in the store."""
    address = control.order(number_of(order))["addresses"][0]
    control.edit(number_of(order), {"addresses": [{"id": address["id"], "street_1": "48 Willow Lane", "street_2": ""}]})


def held_by_hand(_past: PastWork, _control: SandboxControl, order: SalesOrder) -> None:
    """A clerk waits for an answer."""
    put_on_hold(order.pk, "Asked whether the gift box may be blue; no answer yet.", by=BEN)


def held_by_status(past: PastWork, _control: SandboxControl, order: SalesOrder) -> None:
    """Everybody waits for the next delivery."""
    change_status(order.pk, past.statuses["On Hold"], by=MARIA, why="Kettles are due Thursday")
    put_on_hold(order.pk, "Waiting for kettles, due Thursday.", by=MARIA)
    edit_order(order.pk, notes="Kettles will be back Thursday. Told the customer.", by=MARIA)


def packed_then_cancelled(past: PastWork, control: SandboxControl, order: SalesOrder) -> None:
    """The parcel is processed while the shopper's cancellation comes in: it waits."""
    process_shipment(order.pk, [_everything(past, order)], by=MARIA)
    control.edit(number_of(order), {"status_id": StatusId.CANCELLED.value})


def shipped_twice(past: PastWork, control: SandboxControl, order: SalesOrder) -> None:
    """Another program ships it in the store in the minute in which it is packed here."""
    process_shipment(order.pk, [_everything(past, order)], by=BEN)
    number = number_of(order)
    control.ask("POST", f"/orders/{number}/shipments", {"tracking_number": "9405511699000000000000"})


def edited_on_both_sides(_past: PastWork, control: SandboxControl, order: SalesOrder) -> None:
    """A clerk corrects the address here; the owner corrects it in the store, and has the order imported again."""
    address = next(each for each in order.addresses.all() if each.kind == AddressKind.SHIP_TO)
    edit_address(address.pk, {"street_2": "Apt 5"}, by=MARIA)
    there = control.order(number_of(order))["addresses"][0]
    changes = {
        "addresses": [{"id": there["id"], "street_2": "Apt 15"}],
        "status_id": StatusId.AWAITING_FULFILLMENT.value,
    }
    control.edit(number_of(order), changes)


def in_progress(_past: PastWork, _control: SandboxControl, order: SalesOrder) -> None:
    """The customer has called."""
    edit_order(order.pk, notes="Customer called: ship with the next order.", by=BEN)


def closed_and_changed_there(past: PastWork, control: SandboxControl, order: SalesOrder) -> None:
    """A clerk closes it here; the owner has put it into another status in the store meanwhile."""
    change_status(order.pk, past.statuses["Closed"], by=MARIA)
    control.edit(number_of(order), {"status_id": StatusId.AWAITING_PICKUP.value})


def partly_refunded(_past: PastWork, control: SandboxControl, order: SalesOrder) -> None:
    """One item came back broken."""
    line = control.order(number_of(order))["lines"][0]
    item = {"item_type": "PRODUCT", "item_id": line["id"], "quantity": 1}
    control.ask("POST", f"/orders/{number_of(order)}/refunds", {"items": [item], "reason": "Arrived broken"})


_OF_OPEN_ORDERS: tuple[Scene, ...] = (
    shipped_twice,
    packed_then_cancelled,
    edited_on_both_sides,
    disputed,
    address_changed,
    held_by_hand,
    held_by_status,
    cancelled_there,
    in_progress,
)
_OF_SHIPPED_ORDERS: tuple[Scene, ...] = (closed_and_changed_there, partly_refunded)


def _everything(past: PastWork, order: SalesOrder) -> ParcelDraft:
    country = OrderAddress.objects.filter(order=order, kind=AddressKind.SHIP_TO).values_list("country_code", flat=True)
    return ParcelDraft(tracking(past.rng, country[0]), open_items(order))


def _place_unknown_product(control: SandboxControl) -> None:
    """An order with a product that is in no list yet."""
    number = _place(control)
    line = control.order(number)["lines"][0]
    control.edit(number, {"lines": [{"id": line["id"], **LAMP}], "raw": True})
    control.edit(number, {"status_id": StatusId.AWAITING_FULFILLMENT.value})


def _place_wrong_total(control: SandboxControl) -> None:
    """An app has changed the total by two cents."""
    number = _place(control)
    total = Decimal(control.order(number)["header"]["total_inc_tax"]) + Decimal("0.02")
    control.edit(number, {"total_inc_tax": str(total), "status_id": StatusId.AWAITING_FULFILLMENT.value})


def _place(control: SandboxControl) -> int:
    """An order that does not count as paid yet."""
    asked = {"count": 1, "kind": "registered", "seed": 4711, "fields": {"status_id": StatusId.PENDING.value}}
    return int(control.ask("POST", "/orders", dict(asked))["ids"][0])
