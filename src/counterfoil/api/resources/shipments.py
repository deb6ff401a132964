"""Shipments: process them, correct and void their parcels."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from counterfoil.api.acts import Done, act, check_version, version_of
from counterfoil.api.authentication import token_of
from counterfoil.api.lookup import locked_order, order_called, parcel_called
from counterfoil.api.problems import invalid
from counterfoil.api.schemas.common import Id
from counterfoil.api.schemas.shipments import (
    CorrectedSchema,
    CorrectionSent,
    ParcelDocumentSchema,
    ParcelSent,
    ShipmentSent,
    ShippedSchema,
    ShippingSchema,
    VoidSent,
)
from counterfoil.api.service import Resource, answer
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderLine, Parcel, SalesOrder
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.shipping.carrier_detection import carrier_by_number
from counterfoil.sales.shipping.csv_parcels import ALL, Items, SkuParcel, drafts_by_sku
from counterfoil.sales.shipping.shipments import (
    ParcelDraft,
    Tracking,
    correct_parcel,
    parcel_drafts,
    process_shipment,
    void_parcel,
    with_carriers,
)
from counterfoil.sales.shipping.tracking_numbers import read_tracking_number, read_tracking_numbers
from counterfoil.stores.order_documents import shipments, shipping_document
from counterfoil.stores.shipping.carrier_lookup import CarrierBook

router = Resource("Shipments")
TRACKING = Tracking.__slots__


@router.reads("/orders/{order}/shipments", ShippingSchema, operation_id="listShipments", url_name="shipments")
def list_shipments(request: HttpRequest, order: str) -> HttpResponse:
    """The shipments of a sales order with their parcels, and those that others created in the store."""
    return answer(shipping_document(order_called(token_of(request), order)))


@router.acts(
    "post",
    "/orders/{order}/shipments",
    {201: ShippedSchema},
    scope="ship",
    operation_id="processShipment",
    url_name="shipments",
)
def process(request: HttpRequest, order: str, sent: ShipmentSent) -> HttpResponse:
    """Ships everything or some of what is open, in one or more parcels; the store is updated within seconds.

    Send an Idempotency-Key, and nothing ships twice, however often you send the request.
    """
    token = token_of(request)
    if sent.not_scanned and "manage" not in token.scopes:
        raise invalid("not_scanned", "Only a token with the scope manage can ship unscanned items.", "Scan the items.")

    def do() -> Done:
        found = locked_order(request, order)
        drafts, remarks = with_carriers(_drafts(found, sent.parcels))
        known = CarrierBook()
        shipment = process_shipment(
            found.pk,
            drafts,
            by=token.by,
            ask_about_numbers=not sent.allow_used_numbers,
            unscanned=sent.not_scanned,
        )
        remarks += [
            f"“{name}” isn’t in the carrier list; it’s sent to the store as it is."
            for name in dict.fromkeys(draft.tracking.carrier for draft in drafts)
            if name and name not in known
        ]
        document = shipping_document(found) | {"shipment": shipment.pk, "remarks": remarks}
        headers = {"Location": f"/api/v1/orders/{found.name}/shipments", "ETag": version_of(found)}
        return Done(document, "Processed a shipment.", found.name, status=201, headers=headers)

    return act(request, do)


def _drafts(order: SalesOrder, parcels: Sequence[ParcelSent]) -> list[ParcelDraft]:
    """The parcels as they are processed; raises Problem, and Refused for what is not open."""
    _check_tracking(parcels)
    by_line = [item.line is not None for parcel in parcels for item in parcel.items or ()]
    if not any(by_line):
        by_sku = [SkuParcel(_tracking(parcel), _items(at, parcel)) for at, parcel in enumerate(parcels)]
        return drafts_by_sku(order.pk, by_sku)
    if not all(by_line) or any(parcel.items is None and not parcel.further_box for parcel in parcels):
        raise invalid("parcels", "Some items have a line and some don’t.", "Use line for all of them.")
    lines = {line.position: line for line in order.lines.all()}
    drafts: list[ParcelDraft] = []
    for at, parcel in enumerate(parcels):
        drafts += parcel_drafts(_tracking(parcel), _held(order, lines, f"parcels.{at}.items", parcel))
    return drafts


def _held(order: SalesOrder, lines: Mapping[int, OrderLine], field: str, parcel: ParcelSent) -> dict[int, int]:
    """Order line id → quantity; raises Problem."""
    held: dict[int, int] = {}
    for number, item in enumerate(parcel.items or ()):
        line = lines.get(-1 if item.line is None else item.line)
        if line is None:
            raise invalid(
                f"{field}.{number}.line",
                f"{order.name} has no line {item.line}.",
                f"GET /api/v1/orders/{order.name} lists its lines; send a line’s position.",
            )
        if line.pk in held:
            raise invalid(
                f"{field}.{number}.line", f"Line {item.line} appears twice in this parcel.", "Add up the quantities."
            )
        held[line.pk] = line.open if item.quantity is None else item.quantity
    return held


def _items(at: int, parcel: ParcelSent) -> Items:
    """SKU without case → quantity."""
    if parcel.items is None:
        return {} if parcel.further_box else {ALL: None}
    found: Items = {}
    for number, item in enumerate(parcel.items):
        field = f"parcels.{at}.items.{number}.part_number"
        name = (item.part_number or "").strip().casefold()
        if not name:
            raise invalid(field, "The item has neither part_number nor line.", "Send one of them.")
        if name in found:
            raise invalid(field, f"{item.part_number} appears twice in this parcel.", "Add up the quantities.")
        found[name] = item.quantity
    return found


def _check_tracking(parcels: Sequence[ParcelSent]) -> None:
    """Raises Problem for what no carrier and no store takes."""
    for at, parcel in enumerate(parcels):
        if parcel.further_box and parcel.items is not None:
            raise invalid(f"parcels.{at}.items", "A further box can’t have items of its own.", "Leave out “items”.")
        if parcel.further_box and at == 0:
            raise invalid(
                "parcels.0.further_box",
                "A further box must follow the parcel it belongs to.",
                "Send the parcel with the items first.",
            )
        try:
            for text in read_tracking_numbers(parcel.tracking_number) or [""]:
                replace(_tracking(parcel), tracking_number=text).checked()
        except Refused as refused:
            raise invalid(f"parcels.{at}", refused.sentence, refused.next_step) from refused


def _tracking(parcel: ParcelSent) -> Tracking:
    return Tracking(*(getattr(parcel, name) for name in TRACKING))


@router.reads("/parcels/{parcel}", ParcelDocumentSchema, operation_id="getParcel", url_name="parcel")
def get_parcel(request: HttpRequest, parcel: Id) -> HttpResponse:
    """One parcel: its items, its tracking and its state in the store. ETag is its order's version."""
    found = parcel_called(request, parcel)
    order = found.shipment.order
    shape = next(each for shipment in shipments(order) for each in shipment["parcels"] if each["id"] == found.pk)
    named = {"order": order.name, "shipment": found.shipment_id}
    return answer(shape | named, headers={"ETag": version_of(order)})


@router.acts(
    "patch", "/parcels/{parcel}", {200: CorrectedSchema}, scope="ship", operation_id="correctParcel", url_name="parcel"
)
def correct(request: HttpRequest, parcel: Id, sent: CorrectionSent) -> HttpResponse:
    """Corrects a parcel's carrier and tracking, here and in the store. Items can't be corrected."""
    token = token_of(request)
    given = {name: value for name in TRACKING if (value := getattr(sent, name)) is not None}
    if not given:
        raise invalid("", "There is nothing to correct.", f"Send at least one of: {', '.join(TRACKING)}.")

    def do() -> Done:
        found = _locked_parcel(request, parcel)
        present = {name: getattr(found, name) for name in TRACKING}
        new, note = Tracking(**present | given), ""
        if "tracking_number" in given and "carrier" not in given:
            carrier, note = carrier_by_number(new.carrier, read_tracking_number(new.tracking_number))
            new = replace(new, carrier=carrier)
        changed = correct_parcel(found.pk, new, by=token.by, ask_about_numbers=not sent.allow_used_numbers)
        order = found.shipment.order
        document = shipping_document(order) | {"changed": changed, "remarks": [note] if note else []}
        about = f"{order.name}, parcel {found.pk}"
        return Done(document, "Corrected a parcel.", about, headers={"ETag": version_of(order)})

    return act(request, do)


@router.acts(
    "post",
    "/parcels/{parcel}/void",
    {200: ShippingSchema},
    scope="ship",
    operation_id="voidParcel",
    url_name="parcel-void",
)
def void(request: HttpRequest, parcel: Id, sent: VoidSent) -> HttpResponse:
    """Voids a parcel with its further boxes: its items are open again, and its shipment in the store is deleted."""
    token = token_of(request)

    def do() -> Done:
        found = _locked_parcel(request, parcel)
        void_parcel(found.pk, by=token.by, reason=sent.reason)
        order = found.shipment.order
        document = shipping_document(order)
        return Done(
            document, "Voided a parcel.", f"{order.name}, parcel {found.pk}", headers={"ETag": version_of(order)}
        )

    return act(request, do)


def _locked_parcel(request: HttpRequest, pk: int) -> Parcel:
    """The parcel, its order locked, in the version that the request asks for; raises Problem."""
    order_id = parcel_called(request, pk).shipment.order_id
    check_version(request, lock_order(order_id))
    return parcel_called(request, pk)
