"""Keeps what the store has of shipments, whoever made them."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from counterfoil.bigcommerce import StoreShipment
from counterfoil.stores.models import WebOrder, WebShipment


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
