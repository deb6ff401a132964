"""Needs attention: everything that waits for a person, and what a person can do about it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from counterfoil.sales.money import money_text
from counterfoil.stores.journal import log
from counterfoil.stores.models import (
    Conflict,
    LogKind,
    StoreState,
    StoreUpdate,
    UpdateKind,
    UpdateState,
    WebOrder,
    WebOrderState,
)
from counterfoil.stores.staff_notes import tell_staff
from counterfoil.stores.updates import wait_again
from counterfoil.stores.wake_ups import wake

ASKED = "Someone asked to try again."


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """One thing that needs a person: which order (or store), why, what to do, since when."""

    store: str
    import_id: str
    code: str
    sentence: str
    next_step: str
    since: datetime | None
    kind: str
    pk: int
    difference_may_be_accepted: bool = False


def attention() -> list[AttentionItem]:
    """Everything that needs a person, the oldest first. Four statements, whatever the number."""
    items = [*_stores(), *_orders(), *_updates(), *_conflicts()]
    return sorted(items, key=lambda item: item.since or timezone.now())


def oldest(number: int) -> list[AttentionItem]:
    """Those that have waited longest, the oldest first. Four statements, each of so many rows."""
    items = [*_stores(number), *_orders(number), *_updates(number), *_conflicts(number)]
    return sorted(items, key=lambda item: item.since or timezone.now())[:number]


def attention_count() -> int:
    """How many things need a person. One statement."""
    return counts().total()


def counts() -> Counter[tuple[str, str]]:
    """How many things need a person, by import source code and kind (as an AttentionItem's). One statement."""
    code = "web_order__integration__code"
    counted = (
        _counted(StoreState.objects.exclude(trouble_code=""), "store", "integration__code"),
        _counted(WebOrder.objects.exclude(reason_code=""), "order", "integration__code"),
        _counted(StoreUpdate.objects.filter(state=UpdateState.FAILED), "update", code),
        _counted(Conflict.objects.all(), "conflict", code),
    )
    return Counter({(store, kind): number for store, kind, number in counted[0].union(*counted[1:], all=True)})


def _counted(rows: QuerySet[Any], kind: str, code: str) -> QuerySet[Any, tuple[Any, ...]]:
    return rows.order_by().values_list(F(code), Value(kind)).annotate(number=Count("pk"))


def _stores(most: int | None = None) -> Iterator[AttentionItem]:
    waiting = StoreState.objects.exclude(trouble_code="").select_related("integration")
    for state in waiting.order_by("trouble_since")[:most]:
        code = state.integration.code
        yield AttentionItem(
            code,
            "",
            state.trouble_code,
            state.trouble,
            state.trouble_next_step,
            state.trouble_since,
            "store",
            state.integration_id,
        )


def _orders(most: int | None = None) -> Iterator[AttentionItem]:
    refused = WebOrder.objects.exclude(reason_code="").select_related("integration")
    for order in refused.order_by("reason_since")[:most]:
        yield AttentionItem(
            order.integration.code,
            order.import_id,
            order.reason_code,
            order.reason,
            order.next_step,
            order.reason_since,
            "order",
            order.pk,
            difference_may_be_accepted=order.reason_code == "totals",
        )


def _updates(most: int | None = None) -> Iterator[AttentionItem]:
    failed = StoreUpdate.objects.filter(state=UpdateState.FAILED).select_related("web_order__integration")
    for update in failed.order_by(Coalesce("ended_at", "created_at"))[:most]:
        order = update.web_order
        yield AttentionItem(
            order.integration.code,
            order.import_id,
            update.reason_code,
            update.reason,
            update.next_step,
            update.ended_at or update.created_at,
            "update",
            update.pk,
        )


def _conflicts(most: int | None = None) -> Iterator[AttentionItem]:
    for conflict in Conflict.objects.select_related("web_order__integration").order_by("since")[:most]:
        order = conflict.web_order
        yield AttentionItem(
            order.integration.code,
            order.import_id,
            "conflict",
            f"The {conflict.field} was changed here ({conflict.ours}) and in the store ({conflict.theirs}).",
            "Pick the value that is right.",
            conflict.since,
            "conflict",
            conflict.pk,
        )


def retry(import_ids: list[str] | None = None) -> int:
    """Tries again what could not be imported or sent: these orders', or all. Returns how many items that were."""
    orders = WebOrder.objects.exclude(reason_code="")
    updates = StoreUpdate.objects.filter(state=UpdateState.FAILED)
    if import_ids is not None:
        orders = orders.filter(import_id__in=import_ids)
        updates = updates.filter(web_order__import_id__in=import_ids)
    with transaction.atomic():
        stores = set(orders.values_list("integration", flat=True))
        count = orders.update(read_again=ASKED)
        stores |= (sent := _send_again(updates)).keys()
        wake(stores)
    return count + sum(sent.values())


def retry_update(update_id: int) -> bool:
    """Sends one failed update again; False when it is none (any more)."""
    with transaction.atomic():
        sent = _send_again(StoreUpdate.objects.filter(pk=update_id, state=UpdateState.FAILED))
        wake(sent)
    return bool(sent)


def _send_again(failed: QuerySet[StoreUpdate]) -> Counter[int]:
    """Failed updates wait again, unless a newer one has taken their place; returns how many, by web integration.

    A status is set onto what the store has now: whoever retries has seen it.
    """
    sent: Counter[int] = Counter()
    for update in failed.select_for_update(of=("self",)).select_related("web_order").order_by("pk"):
        update.due_at, update.attempts, update.ended_at = timezone.now(), 0, None
        update.reason_code = update.reason = update.next_step = update.trace = ""
        if update.kind == UpdateKind.STATUS:
            update.onto = update.web_order.status_seen
        wait_again(update)
        sent[update.web_order.integration_id] += 1
    return sent


def skip(import_id: str, *, why: str, by: str) -> int:
    """Gives up on an order or on its failed updates, for a reason. Returns how many items that were."""
    why = f"Skipped by {by}: {why}"
    count = 0
    with transaction.atomic():
        orders = WebOrder.locked().select_related("integration")
        for order in orders.filter(import_id=import_id):
            if order.reason_code:
                _skip_order(order, why)
                count += 1
            count += _skip_updates(order, StoreUpdate.objects.all(), why)
            if count:
                log(order.integration, LogKind.IGNORED, why, import_id=order.import_id)
                wake({order.integration_id})
    return count


def skip_update(update_id: int, *, why: str, by: str) -> bool:
    """Gives up on one failed update, for a reason; False when it is none (any more). Later ones of its order go on."""
    why = f"Skipped by {by}: {why}"
    with transaction.atomic():
        order = WebOrder.locked().select_related("integration").get(updates=update_id)
        if not _skip_updates(order, StoreUpdate.objects.filter(pk=update_id), why):
            return False
        log(order.integration, LogKind.IGNORED, why, import_id=order.import_id)
        wake({order.integration_id})
    return True


def _skip_updates(order: WebOrder, updates: QuerySet[StoreUpdate], why: str) -> int:
    return updates.filter(web_order=order, state=UpdateState.FAILED).update(
        state=UpdateState.SKIPPED, reason=why, ended_at=timezone.now()
    )


def _skip_order(order: WebOrder, why: str) -> None:
    before = order.reason_code
    if order.state != WebOrderState.IMPORTED:
        order.state, order.reason = WebOrderState.IGNORED, why
    else:
        order.reason = ""
    order.reason_code = order.next_step = order.trace = order.read_again = ""
    order.reason_since, order.unknown_skus = None, []
    order.save()
    tell_staff(order.integration, order, before=before)


def accept_difference(import_id: str, *, by: str) -> None:
    """Accepts the difference that stopped an order; it is imported with a visible Rounding line."""
    with transaction.atomic():
        order = WebOrder.locked().select_related("integration").get(import_id=import_id, reason_code="totals")
        order.accepted_difference = order.difference
        order.read_again = ASKED
        order.save(update_fields=["accepted_difference", "read_again"])
        text = f"{by} accepted a difference of {money_text(order.difference)} as a Rounding line."
        log(order.integration, LogKind.SETTINGS, text, import_id=import_id)
        wake({order.integration_id})


def ask_to_import(web_order: WebOrder, *, by: str) -> None:
    """Someone wants this order in the books, whatever its status in the store."""
    with transaction.atomic():
        WebOrder.objects.filter(pk=web_order.pk).update(wanted=True)
        log(web_order.integration, LogKind.SETTINGS, f"{by} asked to import this order.", import_id=web_order.import_id)
        wake({web_order.integration_id})
