"""Reads what others did with imported orders in the store: shipments they made, refunds."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, StoreTrouble, TryAgain
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, StoreState, WebIntegration, WebOrder
from counterfoil.stores.sync.isolation import REPORT, one_by_one
from counterfoil.stores.sync.session import Visit
from counterfoil.stores.updates.outbox import shipments_in_doubt
from counterfoil.stores.weborders.external_shipments import keep_shipments
from counterfoil.stores.weborders.refunds import keep_refunds

BATCH = 50  # orders whose refunds are asked for with one call
ASK_AGAIN_AFTER = timedelta(hours=1)
NO_PERMISSION = (
    "Refunds cannot be read: the API account lacks the permission “Order transactions: read-only”. "
    "Make an API account that has it, and enter its access token. Everything else goes on."
)
DEFECT = "A defect of the program stopped the reading of what others did with this order. Nothing was lost."


def catch_up(visit: Visit) -> None:
    """Reads the shipments and refunds of the orders that are marked, until the visit is over. Mostly one statement."""
    marked = list(
        WebOrder.objects.filter(
            Q(shipments_to_read=True) | Q(refunds_to_read=True),
            integration=visit.integration,
            sales_order__isnull=False,
        )
        .select_related("integration", "sales_order")
        .order_by("bigcommerce_order_id")
    )
    _read_refunds(visit, [each for each in marked if each.refunds_to_read])
    _read_shipments(visit, [each for each in marked if each.shipments_to_read])


def _read_shipments(visit: Visit, web_orders: Sequence[WebOrder]) -> None:
    if not web_orders:
        return
    doubtful = set(shipments_in_doubt(visit.integration).values_list("web_order", flat=True))
    certain = [each for each in web_orders if each.pk not in doubtful]

    def read(web_order: WebOrder) -> None:
        read_at = timezone.now()
        try:
            found = visit.client.order_shipments(web_order.bigcommerce_order_id)
        except NeedsPerson as refused:
            _give_up(web_order, refused, shipments_to_read=False)
            return
        keep_shipments(web_order.pk, found, read_at=read_at)

    one_by_one(visit.while_it_lasts(certain), read, again=_later, defect=_defect)


def _later(_web_order: WebOrder, _trouble: TryAgain) -> None:
    """The mark stands, so it is read with the next pass."""


def _give_up(web_order: WebOrder, refused: NeedsPerson, **mark: bool) -> None:
    WebOrder.objects.filter(pk=web_order.pk).update(**mark)
    log(web_order.integration, LogKind.UPDATED, refused.sentence, import_id=web_order.import_id)


def _defect(web_order: WebOrder, trace: str) -> None:
    WebOrder.objects.filter(pk=web_order.pk).update(
        shipments_to_read=False,
        reason_code="defect",
        reason=DEFECT,
        next_step=REPORT,
        reason_since=Coalesce("reason_since", Now()),
        trace=trace,
    )
    log(web_order.integration, LogKind.DEFECT, DEFECT, import_id=web_order.import_id)


def _read_refunds(visit: Visit, web_orders: Sequence[WebOrder]) -> None:
    """Many orders with one call. A store that does not let us is asked again after a while, not with each pass."""
    refused_at = visit.integration.state.refunds_refused_at
    if not web_orders or (refused_at is not None and timezone.now() - refused_at < ASK_AGAIN_AFTER):
        return
    try:
        for batch in visit.while_it_lasts(_batches(web_orders)):
            _read_batch(visit, batch)
    except StoreTrouble as trouble:
        if trouble.code != "permission":
            raise
        _note_refused(visit.integration)
        return
    if refused_at is not None:
        _note(visit.integration.state, refused=False)


def _batches(web_orders: Sequence[WebOrder]) -> Iterator[Sequence[WebOrder]]:
    for start in range(0, len(web_orders), BATCH):
        yield web_orders[start : start + BATCH]


def _read_batch(visit: Visit, batch: Sequence[WebOrder]) -> None:
    """One call; where an answer cannot be read it is halved, down to the one order that then is passed over."""
    try:
        refunds = visit.client.refunds(each.bigcommerce_order_id for each in batch)
    except NeedsPerson as refused:
        if len(batch) == 1:
            _give_up(batch[0], refused, refunds_to_read=False)
            return
        middle = len(batch) // 2
        _read_batch(visit, batch[:middle])
        _read_batch(visit, batch[middle:])
        return
    keep_refunds(batch, refunds)


def _note_refused(integration: WebIntegration) -> None:
    if integration.state.refunds_refused_at is None:
        log(integration, LogKind.WAITING, NO_PERMISSION)
    _note(integration.state, refused=True)


def _note(state: StoreState, *, refused: bool) -> None:
    state.refunds_refused_at = timezone.now() if refused else None
    StoreState.objects.filter(pk=state.pk).update(refunds_refused_at=state.refunds_refused_at)
