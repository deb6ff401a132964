"""The tracking numbers of an order in the head of its page: those of its parcels, then those of others' shipments."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from counterfoil.sales.models import Parcel
from counterfoil.stores.integrations.links import is_web_link
from counterfoil.stores.models import WebShipment

MOST = 6
"""So many stand in the head; the others under Shipping."""


@dataclass(frozen=True, slots=True)
class TrackingNumber:
    """A number with its carrier, and where it is followed ("": not known)."""

    carrier: str
    number: str
    link: str


def tracking_numbers() -> dict[str, Any]:
    """Columns for a statement over sales orders; read by `numbers_of`."""
    parcels = Parcel.objects.filter(shipment__order=OuterRef("pk"), voided_at=None).order_by("pk")
    others = WebShipment.objects.filter(web_order__sales_order=OuterRef("pk"), parcel=None, gone_at=None).order_by("pk")
    named = {"carrier": "carrier", "number": "tracking_number", "link": "tracking_link"}
    ours = named | {"made": "web_shipment__tracking_link"}
    return {
        "parcel_numbers": ArraySubquery(parcels.exclude(tracking_number="").values(it=JSONObject(**ours))[: MOST + 1]),
        "other_numbers": ArraySubquery(others.exclude(tracking_number="").values(it=JSONObject(**named))[: MOST + 1]),
    }


def numbers_of(order: Any) -> list[TrackingNumber]:
    """Of an order that was loaded with `tracking_numbers`; one more than `MOST` where there are more."""
    found = [*order.parcel_numbers, *order.other_numbers]
    return [TrackingNumber(each["carrier"], each["number"], _link(each)) for each in found][: MOST + 1]


def _link(found: dict[str, str | None]) -> str:
    links = (found["link"] or "", found.get("made") or "")
    return next((link for link in links if is_web_link(link)), "")
