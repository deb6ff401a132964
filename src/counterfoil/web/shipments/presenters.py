"""The shipments of a sales order as the page shows them: parcels, what lies in them, how they stand in the store."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from counterfoil.sales.db.bounded_list import in_order
from counterfoil.sales.models import Parcel, ParcelItem, SalesOrder, Shipment
from counterfoil.stores.integrations.links import is_web_link
from counterfoil.stores.models import IN_HAND, StoreUpdate, UpdateState, WebOrder, WebShipment
from counterfoil.stores.updates.kinds import SHIPMENT_KINDS
from counterfoil.stores.updates.parcel_status import NOT_FOR_STORE, TAKEN_OVER, ParcelState, parcel_state
from counterfoil.web.ui import status_colors


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A parcel, its items, its state in the store, and the further boxes that belong to it."""

    parcel: Parcel
    items: list[ParcelItem]
    state: ParcelState
    boxes: "list[ParcelView]"
    web_shipment: WebShipment | None

    @property
    def link(self) -> str:
        """Where the parcel is followed: its own link, else the one that the store made; "" for what is no link."""
        made = self.web_shipment.tracking_link if self.web_shipment else ""
        return next((link for link in (self.parcel.tracking_link, made) if is_web_link(link)), "")

    @property
    def tone(self) -> str:
        """The color of its state."""
        if self.state.is_gone or self.state.word in (NOT_FOR_STORE, TAKEN_OVER):
            return status_colors.QUIET
        return status_colors.update_tone(self.state.word)

    @property
    def may_be_changed(self) -> bool:
        """Whether its tracking can be corrected, or the parcel voided, here."""
        return self.parcel.voided_at is None and not self.parcel.taken_over

    @property
    def is_on_its_way(self) -> bool:
        """Whether its state changes by itself soon."""
        return self.state.word in IN_HAND

    @property
    def needs_someone(self) -> bool:
        """Whether the store could not be told."""
        return self.state.word == UpdateState.FAILED


@dataclass(frozen=True, slots=True)
class ShownShipment:
    """A shipment with its parcels."""

    shipment: Shipment
    parcels: list[ParcelView]


def shipments_of(order: SalesOrder, web_order: WebOrder | None) -> list[ShownShipment]:
    """The shipments of an order, the newest first. Four statements at most."""
    parcels = list(
        Parcel.objects.filter(shipment__order=order)
        .select_related("shipment", "web_shipment")
        .prefetch_related("items__line")
    )
    updates = list(web_order.updates.filter(kind__in=SHIPMENT_KINDS)) if web_order and parcels else []
    shown: dict[int, ShownShipment] = {}
    for parcel in parcels:
        if parcel.belongs_to_id is None:
            held = shown.setdefault(parcel.shipment_id, ShownShipment(parcel.shipment, []))
            held.parcels.append(_shown(parcel, parcels, updates))
    return sorted(shown.values(), key=lambda each: each.shipment.pk, reverse=True)


_ITEMS = ParcelItem.objects.select_related("line").only(
    *("parcel", "quantity", "line__part_number", "line__product_number", "line__description")
)
_LISTED = (
    Parcel.objects.select_related("shipment__order__client", "web_shipment", "belongs_to")
    .only(
        *("shipment", "carrier", "service", "tracking_number", "tracking_link", "taken_over", "voided_at"),
        *("void_reason", "shipment__processed_at", "belongs_to__carrier", "belongs_to__tracking_number"),
        *(f"shipment__order__{name}" for name in ("number", "import_id", "source", "client__name")),
        *("web_shipment__parcel", "web_shipment__tracking_link"),
    )
    .prefetch_related(Prefetch("items", _ITEMS))
)
"""What a list or a file says of parcels: of the 150 fields of these records, twenty."""


def shown_parcels(ids: Sequence[int]) -> list[ParcelView]:
    """Parcels of any orders, each by itself, with its order and client. Three statements, whatever their number."""
    found = in_order(_LISTED, ids)
    told = defaultdict(list)
    for update in StoreUpdate.objects.filter(parcel__in={each.belongs_to_id or each.pk for each in found}):
        told[update.parcel_id].append(update)
    return [_shown(each, (), told[each.belongs_to_id or each.pk]) for each in found]


def shown_shipment(shipment: Shipment) -> ShownShipment:
    """One shipment with its parcels and their boxes. Four statements at most."""
    parcels = list(shipment.parcels.select_related("web_shipment").prefetch_related("items__line"))
    updates = list(StoreUpdate.objects.filter(parcel__in=parcels))
    return ShownShipment(shipment, [_shown(each, parcels, updates) for each in parcels if not each.belongs_to_id])


def shown_parcel(parcel: Parcel) -> ParcelView:
    """One parcel by itself, with its boxes."""
    family = [parcel, *parcel.boxes.all()]
    updates = list(StoreUpdate.objects.filter(parcel__in=[parcel.pk, parcel.belongs_to_id or parcel.pk]))
    return _shown(parcel, family, updates)


def _shown(parcel: Parcel, parcels: Sequence[Parcel], updates: Sequence[StoreUpdate]) -> ParcelView:
    boxes = [_shown(each, (), updates) for each in parcels if each.belongs_to_id == parcel.pk]
    web_shipment: WebShipment | None = getattr(parcel, "web_shipment", None)
    return ParcelView(parcel, list(parcel.items.all()), parcel_state(parcel, updates), boxes, web_shipment)
