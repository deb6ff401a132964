"""What a person does about what needs attention: try again, skip with a reason, accept a difference."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from counterfoil.sales.models import OrderChange
from counterfoil.sales.money import money_in
from counterfoil.sales.orders.addresses import changed_there, mark_decided
from counterfoil.stores.attention.causes import DECISIONS
from counterfoil.stores.attention.items import EVERYTHING, Narrowed, attention_count, keys_of
from counterfoil.stores.log import log
from counterfoil.stores.models import (
    ADDRESS_CHANGED,
    ADDRESS_UNREAD,
    EDITED_IN_STORE,
    REFUNDS_UNREAD,
    SHIPMENTS_UNREAD,
    LogKind,
    StatusMapping,
    StoreUpdate,
    UpdateCause,
    UpdateState,
    WebOrder,
    WebOrderState,
)
from counterfoil.stores.sync.wakeups import wake
from counterfoil.stores.updates.kinds import SHIPMENT_KINDS, type_of
from counterfoil.stores.updates.outbox import wait_again
from counterfoil.stores.weborders.reasons import ask_about_edit
from counterfoil.stores.weborders.staff_notes import tell_staff

ASKED = "Someone requested a retry."
WENT_ON = "The order changed to another order status before this status was sent."
BATCH = 500
"""So many rows are locked at a time; what is done with ten thousand must not stop a store for as long."""


def retry(import_ids: Collection[str]) -> int:
    """Tries again what could not be imported or sent of these orders. Returns how many items that were."""
    orders = WebOrder.objects.exclude(reason_code="").filter(import_id__in=import_ids)
    return _retry(orders, StoreUpdate.objects.filter(state=UpdateState.FAILED, web_order__import_id__in=import_ids))


def retry_group(narrowed: Narrowed = EVERYTHING) -> int:
    """As `retry`, of all that is so narrowed. A conflict, a hold or a store is nothing that can be tried again.

    What is to be decided one by one is left out unless it is narrowed to its cause.
    """
    keys = keys_of(without_decisions(narrowed))
    orders = WebOrder.objects.exclude(reason_code="").filter(pk__in=keys["order"])
    return _retry(orders, StoreUpdate.objects.filter(state=UpdateState.FAILED, pk__in=keys["update"]))


def without_decisions(narrowed: Narrowed) -> Narrowed:
    """What can be retried all at once. Narrowed to a cause it is that: whoever chose it has read what a retry does."""
    if narrowed.cause:
        return narrowed
    return replace(narrowed, none_of=(*(narrowed.none_of or ()), *DECISIONS))


def decisions_in(narrowed: Narrowed) -> int:
    """How many items `retry_group` leaves for a person to decide. One statement."""
    sorts = DECISIONS if narrowed.sorts is None else tuple(set(DECISIONS).intersection(narrowed.sorts))
    return 0 if narrowed.cause else attention_count(replace(narrowed, sorts=sorts))


def _retry(orders: QuerySet[WebOrder], updates: QuerySet[StoreUpdate]) -> int:
    with transaction.atomic():
        stores = set(orders.order_by().values_list("integration", flat=True).distinct())
        orders.filter(reason_code=EDITED_IN_STORE).update(wanted=True)  # whatever its status is since
        count = orders.update(read_again=ASKED)
        stores |= (sent := _send_again(updates)).keys()
        wake(stores)
    return count + sent.total()


def retry_update(update_id: int) -> bool:
    """Sends one failed update again; False when it is none (any more)."""
    return _retry(WebOrder.objects.none(), StoreUpdate.objects.filter(pk=update_id, state=UpdateState.FAILED)) > 0


def _send_again(failed: QuerySet[StoreUpdate]) -> Counter[int]:
    """Failed updates wait again, unless a newer one has taken their place; returns how many, by web integration.

    A status is set onto what the store has now: whoever retries has seen it. Since when it fails is kept.
    """
    sent: Counter[int] = Counter()
    for update in failed.select_for_update(of=("self",)).select_related("web_order__integration").order_by("pk"):
        update.due_at, update.attempts, update.ended_at = timezone.now(), 0, None
        update.reason_code = update.reason = update.next_step = update.trace = ""
        type_of(update.kind).renew(update)
        if _went_on(update):
            update.state, update.reason, update.ended_at = UpdateState.NOT_NEEDED, WENT_ON, timezone.now()
            update.failed_since = None
            update.save()
        else:
            wait_again(update)
        sent[update.web_order.integration_id] += 1
    return sent


def _went_on(update: StoreUpdate) -> bool:
    """Whether a mapped status is out of date: the order was put into an order status since that has another."""
    order_id = update.web_order.sales_order_id
    if update.cause != UpdateCause.MAPPED or update.acknowledges or order_id is None:
        return False
    if not OrderChange.objects.filter(order=order_id, field="status", at__gt=update.created_at).exists():
        return False
    mapped = StatusMapping.objects.filter(
        integration=update.web_order.integration_id, order_status__orders=order_id
    ).values_list("status_id", flat=True)
    return update.status_id not in mapped


def skip(import_id: str, *, why: str, by: str) -> int:
    """Gives up on an order and on its failed updates, for a reason. Returns how many items that were."""
    return _skip({each.pk: Skipped(order=True) for each in WebOrder.objects.filter(import_id=import_id)}, why, by)


def skip_update(update_id: int, *, why: str, by: str) -> bool:
    """Gives up on one failed update, for a reason; False when it is none (any more). Later ones of its order go on."""
    return _skip(_by_order([update_id]), why, by) > 0


def skip_group(narrowed: Narrowed, *, why: str, by: str) -> int:
    """Gives up on the orders and the failed updates that are so narrowed, for a reason. Returns how many they were.

    An order that is not imported takes its failed updates along. Of ten thousand a part may be done when it breaks.
    """
    keys = keys_of(narrowed)
    wanted: dict[int, Skipped] = _by_order(keys["update"])
    wanted |= {pk: Skipped(order=True) for pk in keys["order"]}
    pks = sorted(wanted)
    parts = (pks[start : start + BATCH] for start in range(0, len(pks), BATCH))
    return sum(_skip({pk: wanted[pk] for pk in part}, why, by) for part in parts)


@dataclass(slots=True)
class Skipped:
    """What is given up of one order of a store: it with all its failed updates, or these updates."""

    order: bool = False
    updates: list[int] = field(default_factory=list)


def _by_order(update_ids: Iterable[int]) -> dict[int, Skipped]:
    found: dict[int, Skipped] = {}
    for order, update in StoreUpdate.objects.filter(pk__in=update_ids).values_list("web_order", "pk"):
        found.setdefault(order, Skipped()).updates.append(update)
    return found


def _skip(wanted: Mapping[int, Skipped], why: str, by: str) -> int:
    why = f"Skipped by {by}: {why}"
    count, stores = 0, set()
    with transaction.atomic():
        orders = WebOrder.locked().select_related("integration").filter(pk__in=wanted).order_by("pk")
        for order in orders:
            given_up = _skip_one(order, wanted[order.pk], why)
            if given_up:
                log(order.integration, LogKind.IGNORED, why, import_id=order.import_id)
                stores.add(order.integration_id)
                count += given_up
        wake(stores)
    return count


def _skip_one(order: WebOrder, wanted: Skipped, why: str) -> int:
    failed = StoreUpdate.objects.filter(web_order=order, state=UpdateState.FAILED)
    count = 0
    if wanted.order and order.reason_code:
        _skip_order(order, why)
        count = 1
    failed = failed if wanted.order else failed.filter(pk__in=wanted.updates)
    if failed.filter(kind__in=SHIPMENT_KINDS).exists():  # it may have been carried out
        WebOrder.objects.filter(pk=order.pk).update(shipments_to_read=True)
    return count + _skip_updates(failed, why)


def _skip_updates(failed: QuerySet[StoreUpdate], why: str) -> int:
    return failed.update(state=UpdateState.SKIPPED, reason=why, ended_at=timezone.now(), failed_since=None)


def _skip_order(order: WebOrder, why: str) -> None:
    before = order.reason_code
    if before == EDITED_IN_STORE or order.is_behind:
        order.edit_pending = False
    if before == REFUNDS_UNREAD:
        order.refunds_to_read = False
    elif before == SHIPMENTS_UNREAD:
        order.shipments_to_read = False
    elif before == ADDRESS_UNREAD:
        order.addresses_to_read = False
    elif before == ADDRESS_CHANGED and order.sales_order is not None:
        for address in changed_there(order.sales_order.addresses.all()):
            mark_decided(address)
    if order.state != WebOrderState.IMPORTED:
        order.state, order.reason = WebOrderState.IGNORED, why
    else:
        order.reason = ""
    order.reason_code = order.next_step = order.trace = order.read_again = ""
    order.reason_since, order.unknown_skus = None, []
    ask_about_edit(order)
    order.save()
    tell_staff(order.integration, order, before=before)


def accept_difference(import_id: str, *, by: str, seen: Decimal | None = None) -> bool:
    """Accepts the difference that stopped an order; it is imported with a visible Rounding line.

    False when there is none (any more), or another than the manager has `seen`: then nothing is accepted.
    """
    with transaction.atomic():
        stopped = WebOrder.locked().select_related("integration").filter(import_id=import_id, reason_code="totals")
        order = stopped.first()
        if order is None or (seen is not None and order.difference != seen):
            return False
        order.accepted_difference = order.difference
        order.read_again = ASKED
        order.save(update_fields=["accepted_difference", "read_again"])
        difference = money_in(order.difference, order.difference_currency)
        text = f"{by} accepted a difference of {difference} as a Rounding line."
        log(order.integration, LogKind.SETTINGS, text, import_id=import_id)
        wake({order.integration_id})
    return True
