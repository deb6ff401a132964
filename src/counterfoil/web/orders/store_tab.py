"""What the store says of an order now, and what it was told: the *Web* tab of a sales order."""

from dataclasses import dataclass
from decimal import Decimal

from counterfoil.sales.models import OrderLine
from counterfoil.stores.integrations.links import is_web_link, order_there
from counterfoil.stores.models import Payload, StoreUpdate, WebOrder, WebRefund, WebShipment
from counterfoil.stores.updates.descriptions import describe, preloaded

MOST_UPDATES = 50
MOST_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class ForeignShipment:
    """A shipment that someone else made in the store, with its items in words."""

    shipment: WebShipment
    items: list[str]

    @property
    def link(self) -> str:
        """Where it is followed; "" where the store named no web address."""
        return self.shipment.tracking_link if is_web_link(self.shipment.tracking_link) else ""


@dataclass(frozen=True, slots=True)
class StoreTab:
    """Everything of the tab. `control_panel`: the order's page there, "" when it is not known. `versions` and
    `updates`: the newest ones.
    """

    web_order: WebOrder
    was_edited: bool
    control_panel: str
    refunds: list[tuple[WebRefund, list[str]]]
    refunded: Decimal
    foreign: list[ForeignShipment]
    updates: list[tuple[StoreUpdate, str]]
    versions: list[Payload]


def store_says(web_order: WebOrder, lines: list[OrderLine]) -> StoreTab:
    """Five statements; needs the integration and its state loaded along."""
    names = _names(lines)
    refunds = [(each, _items(each.items, names, "item_id")) for each in web_order.refunds.all()]
    return StoreTab(
        web_order,
        was_edited=was_edited(web_order),
        control_panel=control_panel(web_order),
        refunds=refunds,
        refunded=sum((each.amount for each, _ in refunds), Decimal(0)),
        foreign=foreign_shipments(web_order, lines),
        updates=[(each, describe(each)) for each in preloaded(web_order.updates.order_by("-pk"))[:MOST_UPDATES]],
        versions=list(web_order.payloads.only("pk", "read_at", "web_order")[:MOST_VERSIONS]),
    )


def foreign_shipments(web_order: WebOrder, lines: list[OrderLine]) -> list[ForeignShipment]:
    """The shipments that others made in the store and that are no parcels here. One statement."""
    names = _names(lines)
    found = web_order.web_shipments.filter(parcel=None, gone_at=None)
    return [ForeignShipment(each, _items(each.items, names, "order_product_id")) for each in found]


def _names(lines: list[OrderLine]) -> dict[int | None, str]:
    return {line.source_id: line.name for line in lines}


def was_edited(web_order: WebOrder) -> bool:
    """Whether the order was changed in the store after the version that was read last."""
    seen, read = web_order.modified_seen, web_order.modified_read
    return seen is not None and read is not None and seen > read


def control_panel(web_order: WebOrder) -> str:
    """The order's page in the store's control panel."""
    return order_there(web_order.integration, web_order.bigcommerce_order_id)


def _items(items: list[dict[str, object]], names: dict[int | None, str], key: str) -> list[str]:
    """ "2 × MUG" for each item; what is no line (shipping, the whole order) by its type."""
    told = []
    for item in items:
        number = item.get(key)
        name = names.get(number if isinstance(number, int) else None) if number else None
        kind = str(item.get("item_type") or "item").replace("_", " ").capitalize()
        told.append(f"{item.get('quantity') or 1} × {name}" if name else kind)
    return told
