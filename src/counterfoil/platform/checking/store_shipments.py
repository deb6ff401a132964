"""Each parcel against the shipments that the store has of its order (I6)."""

from collections import Counter
from collections.abc import Iterable, Sequence

from counterfoil.bigcommerce import NeedsPerson, TryAgain
from counterfoil.bigcommerce.shipments import StoreShipment, quantities
from counterfoil.platform.checking.findings import Finding, Report
from counterfoil.sales.models import OrderLine, Parcel
from counterfoil.sales.shipping.tracking_numbers import comparable
from counterfoil.stores.models import (
    IN_HAND,
    StoreUpdate,
    UpdateKind,
    UpdateState,
    WebOrder,
    WebShipment,
)
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.updates.kinds import SHIPMENT_KINDS

LOOK = "Check the order's shipments in BigCommerce."


def check_parcels(session: StoreSession, web_orders: Sequence[WebOrder], report: Report) -> None:
    """One call for each of these web orders that has a parcel of ours."""
    told = StoreUpdate.objects.filter(web_order__in=web_orders, kind=UpdateKind.CREATE)
    wanted = set(told.values_list("web_order_id", flat=True))
    having = [each for each in web_orders if each.pk in wanted]
    done = 0
    for done, web_order in enumerate(session.while_it_lasts(having), start=1):
        try:
            shipments = session.api.order_shipments(web_order.bigcommerce_order_id)
        except NeedsPerson:
            continue  # the order does not exist any more
        _check(web_order, shipments, report)
        session.progress("shipments checked", done, len(having))
    report.looked_at["orders_with_parcels"] += done
    if done < len(having):
        raise TryAgain(f"Of {len(having)} orders with parcels, {done} were checked within an hour.")


def _check(web_order: WebOrder, shipments: Sequence[StoreShipment], report: Report) -> None:
    listed = {each.bigcommerce_shipment_id: each for each in WebShipment.objects.filter(web_order=web_order)}
    in_store = {each.id: each for each in shipments}
    updates = list(StoreUpdate.objects.filter(web_order=web_order, kind__in=SHIPMENT_KINDS).order_by("pk"))
    if any(each.state in IN_HAND for each in updates):
        report.under_way["I6"] += 1
        return
    said = [*_of_parcels(updates, listed.values(), in_store), *_of_others(listed, in_store)]
    for sentence in said:
        finding = Finding(
            "I6", f"{web_order.import_id}: {sentence}", LOOK, web_order.integration.code, web_order.import_id
        )
        report.findings.append(finding)


def _of_parcels(
    updates: Sequence[StoreUpdate], listed: Iterable[WebShipment], in_store: dict[int, StoreShipment]
) -> list[str]:
    """What is wrong with the parcels that the store was told about."""
    shipment_of = {each.parcel_id: each.bigcommerce_shipment_id for each in listed if each.parcel_id}
    sent = [each for each in updates if each.kind == UpdateKind.CREATE and each.state == UpdateState.SENT]
    made = {each.parcel_id for each in sent if each.parcel_id is not None}
    left = {each.parcel_id for each in updates if each.kind == UpdateKind.VOID and each.state == UpdateState.SKIPPED}
    said = []
    for parcel in (
        Parcel.objects.filter(pk__in=made).select_related("shipment").prefetch_related("items__line", "boxes")
    ):
        shipment = in_store.get(shipment_of.get(parcel.pk, 0))
        if parcel.voided_at is not None:
            if shipment is not None and parcel.pk not in left:
                said.append(f"parcel {parcel.pk} was voided, but its shipment is still in the store.")
        elif shipment is None:
            said.append(f"parcel {parcel.pk} was sent, but its shipment isn’t in the store.")
        else:
            said += _differences(parcel, shipment, updates)
    return said


def _differences(parcel: Parcel, shipment: StoreShipment, updates: Sequence[StoreUpdate]) -> list[str]:
    said = []
    ours = Counter({item.line.source_id or 0: item.quantity for item in parcel.items.all()})
    theirs = quantities(shipment)
    if ours != theirs and not _were_replaced(parcel, theirs):
        said.append(f"parcel {parcel.pk} and its shipment don’t have the same items.")
    skipped = any(
        each.parcel_id == parcel.pk and each.kind == UpdateKind.CORRECT and each.state == UpdateState.SKIPPED
        for each in updates
    )
    if not skipped and comparable(parcel.tracking_number) != comparable(shipment.tracking_number):
        said.append(f"parcel {parcel.pk} has a different tracking number in the store.")
    return said


def _were_replaced(parcel: Parcel, theirs: Counter[int]) -> bool:
    """Whether the shipment names lines that the order has no more: it left before equal ones took their place there."""
    lines = OrderLine.objects.filter(order=parcel.shipment.order_id).values_list("source_id", flat=True)
    held = sum(item.quantity for item in parcel.items.all())
    return not set(theirs) <= set(lines) and held == theirs.total()


def _of_others(listed: dict[int, WebShipment], in_store: dict[int, StoreShipment]) -> list[str]:
    """Shipments that nobody here knows; one that is like one of ours was made twice."""
    unknown = [each for shipment_id, each in in_store.items() if shipment_id not in listed]
    ours = {_likeness(in_store[pk]) for pk, each in listed.items() if each.parcel_id and pk in in_store}
    return [
        f"shipment {each.id} was created twice in the store."
        if _likeness(each) in ours
        else f"shipment {each.id} of the store isn’t listed here."
        for each in unknown
    ]


def _likeness(shipment: StoreShipment) -> tuple[str, tuple[tuple[int, int], ...]]:
    items = sorted((item.order_product_id, item.quantity) for item in shipment.items)
    return comparable(shipment.tracking_number), tuple(items)
