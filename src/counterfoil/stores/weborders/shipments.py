"""Keeps what the store has of shipments, whoever made them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from counterfoil.bigcommerce import StoreShipment
from counterfoil.stores.models import WebOrder, WebShipment

OURS = Q(parcel__isnull=False, parcel__taken_over=False)
OTHERS = Q(parcel=None) | Q(parcel__taken_over=True)
Items = Counter[int]
"""Quantities by the line's id in the store."""


def keep_ours(web_order: WebOrder, parcel_id: int, shipment: StoreShipment) -> WebShipment:
    """Notes a shipment that is a parcel of ours, as the store has it now."""
    kept, _ = WebShipment.objects.update_or_create(
        web_order=web_order,
        bigcommerce_shipment_id=shipment.id,
        defaults={"parcel_id": parcel_id, "gone_at": None, **columns(shipment)},
        create_defaults={"parcel_id": parcel_id, "seen_at": timezone.now(), **columns(shipment)},
    )
    return kept


def keep_unknown(web_order: WebOrder, shipments: Iterable[StoreShipment]) -> None:
    """Notes the shipments that are not known yet: someone else made them, and the sales orders are to follow."""
    now = timezone.now()
    known = set(web_order.web_shipments.values_list("bigcommerce_shipment_id", flat=True))
    rows = [
        WebShipment(web_order=web_order, bigcommerce_shipment_id=shipment.id, seen_at=now, **columns(shipment))
        for shipment in shipments
        if shipment.id not in known
    ]
    if rows:
        WebShipment.objects.bulk_create(rows, ignore_conflicts=True)
        WebOrder.objects.filter(pk=web_order.pk).update(shipments_to_read=True)


def mark_deleted(web_order: WebOrder, shipment_ids: Iterable[int]) -> None:
    """Notes (on a locked order) that the store has these shipments no more, by their ids there.

    Nobody knows since when: what others shipped meanwhile may have left the number of shipped items as it was. So the
    order's shipments are read, and from now on that number is compared with the shipments that we know of.
    """
    gone = web_order.web_shipments.filter(bigcommerce_shipment_id__in=shipment_ids, gone_at=None)
    gone.update(gone_at=timezone.now())
    web_order.items_shipped_seen = items_known(web_order)
    web_order.shipments_to_read = True
    web_order.save(update_fields=["items_shipped_seen", "shipments_to_read"])


def items_known(web_order: WebOrder) -> int:
    """How many items lie in the shipments that the store has, as far as we know of them."""
    return count_items(web_order.web_shipments.filter(gone_at=None)).total()


def items_of(shipment: WebShipment) -> Items:
    """What lies in a shipment."""
    return count_items([shipment])


def count_items(shipments: Iterable[WebShipment]) -> Items:
    """What lies in these shipments together."""
    counted: Items = Counter()
    for shipment in shipments:
        for item in shipment.items:
            counted[item["order_product_id"]] += item["quantity"]
    return counted


def columns(shipment: StoreShipment) -> dict[str, Any]:
    """A shipment's fields as they are kept."""
    return {
        "order_address_id": shipment.order_address_id,
        "carrier": shipment.shipping_provider_display_name or shipment.shipping_provider or shipment.tracking_carrier,
        "service": shipment.shipping_method,
        "tracking_number": shipment.tracking_number,
        "tracking_link": shipment.tracking_link or shipment.generated_tracking_link,
        "comments": shipment.comments,
        "items": [{"order_product_id": item.order_product_id, "quantity": item.quantity} for item in shipment.items],
        "made_at": shipment.date_created,
    }


def named(shipment: WebShipment) -> str:
    """What people know it by: "the shipment UPS 1Z999", or its number in the store."""
    tracked = " ".join(part for part in (shipment.carrier, shipment.tracking_number) if part)
    return f"the shipment {tracked or shipment.bigcommerce_shipment_id}"
