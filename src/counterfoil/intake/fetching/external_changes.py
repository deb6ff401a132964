"""Reads what others did with imported orders in the store: shipments they made, refunds, other addresses."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, StoreTrouble, TryAgain, read_order
from counterfoil.intake.updating.address_changes import note_addresses
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.log import log
from counterfoil.stores.models import (
    ADDRESS_UNREAD,
    REFUNDS_UNREAD,
    SHIPMENTS_UNREAD,
    LogKind,
    StoreState,
    WebIntegration,
    WebOrder,
)
from counterfoil.stores.sync.isolation import MOST_IN_A_ROW, REPORT, for_each_isolated
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.updates.outbox import shipments_in_doubt
from counterfoil.stores.weborders.changes import note_read_alone
from counterfoil.stores.weborders.external_shipments import keep_shipments
from counterfoil.stores.weborders.holds import ORDER_GONE, hold_deleted, is_held_as_gone_lately
from counterfoil.stores.weborders.reasons import end_reason
from counterfoil.stores.weborders.refunds import keep_refunds, note_unreadable
from counterfoil.stores.weborders.reused_numbers import is_another

BATCH = 50  # orders whose refunds are asked for with one call
ASK_AGAIN_AFTER = timedelta(hours=1)
NO_PERMISSION = (
    "Refunds can’t be read: the API account lacks the permission “Order transactions: read-only”. "
    "Create an API account that has it and enter its access token. Everything else keeps working."
)
REFUNDS_NOT_READ = "The order's refunds couldn’t be read."
NOT_READ = {
    SHIPMENTS_UNREAD: "They’re read again on every sync. Check the order's shipments in BigCommerce.",
    ADDRESS_UNREAD: "It’s read again on every sync. Check the order's address in BigCommerce before you ship.",
}
"""What to do about an order of which this couldn't be read."""
DEFECT = "An error in Counterfoil stopped reading other people's changes to this order. Nothing was lost."


def catch_up(session: StoreSession) -> None:
    """Reads shipments, refunds and addresses of the orders that are marked, until the session ends.

    Mostly one statement.
    """
    marked = list(
        WebOrder.objects.filter(
            Q(shipments_to_read=True) | Q(refunds_to_read=True) | Q(addresses_to_read=True),
            integration=session.integration,
            sales_order__isnull=False,
            other_placed_at=None,  # what the store has is another order's
        )
        .exclude(pk__in=session.unread)
        .select_related("integration", "sales_order")
        .order_by("bigcommerce_order_id")
    )
    _read_refunds(session, [each for each in marked if each.refunds_to_read])
    _read_shipments(session, [each for each in marked if each.shipments_to_read])
    _read_addresses(session, [each for each in marked if each.addresses_to_read])


def _read_shipments(session: StoreSession, web_orders: Sequence[WebOrder]) -> None:
    if not web_orders:
        return
    doubtful = set(shipments_in_doubt(session.integration).values_list("web_order", flat=True))
    certain = [each for each in web_orders if each.pk not in doubtful]

    def read(web_order: WebOrder) -> None:
        read_at = timezone.now()
        try:
            found = session.api.order_shipments(web_order.bigcommerce_order_id)
        except NeedsPerson as refused:
            if refused.code == "not_in_store":
                WebOrder.objects.filter(pk=web_order.pk).update(shipments_to_read=False)
                _note_deleted(web_order, refused)
            else:
                _not_read(session, web_order, SHIPMENTS_UNREAD, refused)
            return
        if not keep_shipments(web_order.pk, found, read_at=read_at, there=session.api.store_time(read_at)):
            session.unread.add(web_order.pk)
        _read_at_last(web_order, SHIPMENTS_UNREAD)

    for_each_isolated(session.while_it_lasts(certain), read, again=_later, defect=_defect)


def _read_addresses(session: StoreSession, web_orders: Sequence[WebOrder]) -> None:
    """Where an imported order goes by now, as far as the session has time. Nothing is taken over (design, rule 8)."""

    def read(web_order: WebOrder) -> None:
        read_at = timezone.now()
        try:
            body = session.api.order(web_order.bigcommerce_order_id)
            note_read_alone(session.integration, body, read_at)
            order = read_order(body)
            if not is_another(web_order.placed_at, order.date_created):
                note_addresses(web_order, order, web_order.imported_payload)
        except NeedsPerson as refused:
            if refused.code != "not_in_store":
                _not_read(session, web_order, ADDRESS_UNREAD, refused)
                return
            _note_deleted(web_order, refused)
        is_doubted = _is_held_as_gone_lately(web_order)
        if is_doubted:
            session.unread.add(web_order.pk)
        WebOrder.objects.filter(pk=web_order.pk).update(addresses_to_read=is_doubted)
        _read_at_last(web_order, ADDRESS_UNREAD)

    def defect(web_order: WebOrder, trace: str) -> None:
        WebOrder.objects.filter(pk=web_order.pk).update(addresses_to_read=False)
        _defect(web_order, trace)

    for_each_isolated(session.while_it_lasts(web_orders), read, again=_later, defect=defect)


def _later(_web_order: WebOrder, _trouble: TryAgain) -> None:
    """The mark stands, so it is read with the next pass."""


def _not_read(session: StoreSession, web_order: WebOrder, code: str, refused: NeedsPerson) -> None:
    """It stays to be read, and the order needs attention, with this reason code."""
    session.unread.add(web_order.pk)
    noted = WebOrder.objects.filter(pk=web_order.pk, reason_code__in=("", code))
    if noted.exclude(reason=refused.sentence).update(
        reason_code=code,
        reason=refused.sentence,
        next_step=NOT_READ[code],
        reason_since=Coalesce("reason_since", Now()),
    ):
        log(web_order.integration, LogKind.UPDATED, refused.sentence, import_id=web_order.import_id)


def _is_held_as_gone_lately(web_order: WebOrder) -> bool:
    """Whether it is to be read once more before what was said of it is believed: on hold as deleted for less than two
    minutes, also by another answer of this pass."""
    order = SalesOrder.objects.filter(web_order=web_order).values_list("pk", "hold_reason").first()
    return order is not None and is_held_as_gone_lately(*order)


def _note_deleted(web_order: WebOrder, refused: NeedsPerson) -> None:
    """The store has no such order any more: what is still to be shipped of it is not. Said in the log once."""
    if web_order.sales_order is not None and web_order.sales_order.hold_reason == ORDER_GONE:
        return
    log(web_order.integration, LogKind.UPDATED, refused.sentence, import_id=web_order.import_id)
    hold_deleted(web_order)


def _read_at_last(web_order: WebOrder, code: str) -> None:
    if web_order.reason_code == code:
        end_reason(WebOrder.objects.filter(pk=web_order.pk), code)


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


def _read_refunds(session: StoreSession, web_orders: Sequence[WebOrder]) -> None:
    """Many orders with one call. A store that does not let us is asked again after a while, not with each pass.

    Those whose refunds could not be read the last time come last, so that they hold up no other.
    """
    refused_at = session.integration.state.refunds_refused_at
    if not web_orders or (refused_at is not None and timezone.now() - refused_at < ASK_AGAIN_AFTER):
        return
    doubtful = [each for each in web_orders if each.reason_code == REFUNDS_UNREAD]
    others = [each for each in web_orders if each.reason_code != REFUNDS_UNREAD]
    try:
        _read_batches(session, deque([*_batches(others), *_batches(doubtful)]))
    except StoreTrouble as trouble:
        if trouble.code != "permission":
            raise
        _note_refused(session.integration)
        return
    if refused_at is not None:
        _note(session.integration.state, refused=False)


def _batches(web_orders: Sequence[WebOrder]) -> Iterator[Sequence[WebOrder]]:
    for start in range(0, len(web_orders), BATCH):
        yield web_orders[start : start + BATCH]


def _read_batches(session: StoreSession, batches: deque[Sequence[WebOrder]]) -> None:
    """One call each; where an answer cannot be read, its batch is halved, down to the one order that it is about.

    What did not work this time ends the reading when it happens three times in a row; everything else of the pass goes
    on, and what is marked is read with the next one.
    """
    in_a_row = 0
    while batches and not session.is_over:
        batch = batches.popleft()
        try:
            is_read = _read_batch(session, batch)
            in_a_row = 0
        except TryAgain as trouble:
            if trouble.after:
                raise
            in_a_row += 1
            if in_a_row >= MOST_IN_A_ROW:
                return
            session.unread.update(each.pk for each in batch if len(batch) == 1)
            is_read = len(batch) == 1
            if is_read:
                _not_this_time(batch[0], trouble)
        if not is_read:
            middle = len(batch) // 2
            batches += [batch[:middle], batch[middle:]]


def _read_batch(session: StoreSession, batch: Sequence[WebOrder]) -> bool:
    """Keeps the refunds of these orders; False where nobody can tell of which of them one is."""
    alone = batch[0].bigcommerce_order_id if len(batch) == 1 else None
    try:
        found, unreadable = session.api.refunds(each.bigcommerce_order_id for each in batch)
    except NeedsPerson as refused:
        if alone is None:
            return False
        session.unread.add(batch[0].pk)
        _refused(batch[0], refused)
        return True
    if alone is None and None in [*(each.order_id for each in found), *(each.order_id for each in unreadable)]:
        return False
    placed = [each if each.order_id is not None else msgspec.structs.replace(each, order_id=alone) for each in found]
    sentences = {each.order_id or alone or 0: each.sentence for each in unreadable}
    session.unread.update(each.pk for each in batch if each.bigcommerce_order_id in sentences)
    there = session.api.store_time(timezone.now())
    session.unread.update(keep_refunds(batch, placed, unreadable=sentences, there=there))
    return True


def _refused(web_order: WebOrder, refused: NeedsPerson) -> None:
    if refused.code != "not_in_store":
        note_unreadable(web_order, refused.sentence)
        return
    WebOrder.objects.filter(pk=web_order.pk).update(refunds_to_read=False)
    _note_deleted(web_order, refused)


def _not_this_time(web_order: WebOrder, trouble: TryAgain) -> None:
    """Trouble of a moment holds nothing; what comes again with the next pass does, so that someone can decide."""
    sentence = f"{REFUNDS_NOT_READ} {trouble.sentence}"
    note_unreadable(web_order, sentence, hold=web_order.reason_code == REFUNDS_UNREAD)


def _note_refused(integration: WebIntegration) -> None:
    if integration.state.refunds_refused_at is None:
        log(integration, LogKind.WAITING, NO_PERMISSION)
    _note(integration.state, refused=True)


def _note(state: StoreState, *, refused: bool) -> None:
    state.refunds_refused_at = timezone.now() if refused else None
    StoreState.objects.filter(pk=state.pk).update(refunds_refused_at=state.refunds_refused_at)
