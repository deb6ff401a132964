"""The items that people may be told of at once, as they stand now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from hashlib import sha256

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from counterfoil.stores.attention.items import AttentionItem, attention
from counterfoil.stores.integrations.outage import RESOLVED_BY_A_PERSON
from counterfoil.stores.models import Difference, LogEntry, LogKind, Reconciliation, WebIntegration

PATIENCE_WITH_STORES = timedelta(minutes=5)  # a store that is away for a moment is not worth telling
WAS_PAUSED = "paused: False → True"


class EventCause(Enum):
    """Why a thing may be mailed before it has waited for long."""

    STORE = auto()
    UPDATE = auto()
    DEFECT = auto()
    DIFFERENCE = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell. `key` stays the same as long as it is the same trouble; `name`: the import ID, or the store.

    `by`: who brought it about, as the log names them; nobody is told of their own doing.
    """

    key: str
    cause: EventCause
    store: str
    name: str
    since: datetime
    sentence: str
    next_step: str
    path: str
    needs_person: bool = True
    by: str = ""


def current_events() -> list[Event]:
    """All of them, the oldest first. Four statements, whatever the number."""
    return sorted([*_in_need(), *_paused(), *_differences()], key=lambda event: event.since)


def _in_need() -> Iterator[Event]:
    patient_until = timezone.now() - PATIENCE_WITH_STORES
    for item in attention():
        if item.kind == "store" and item.code not in RESOLVED_BY_A_PERSON and item.since > patient_until:
            continue
        yield Event(
            key=item.key,
            cause=_cause(item),
            store=item.store,
            name=item.import_id or item.store,
            since=item.since,
            sentence=item.sentence,
            next_step=item.next_step,
            path=_path(item),
        )


def _cause(item: AttentionItem) -> EventCause:
    if item.code == "defect":
        return EventCause.DEFECT
    return {"store": EventCause.STORE, "update": EventCause.UPDATE}.get(item.kind, EventCause.NONE)


def _path(item: AttentionItem) -> str:
    if item.kind == "store":
        return reverse("integration", args=[item.store_pk])
    return f"{reverse('attention')}?{urlencode({'q': item.import_id})}"


def _differences() -> Iterator[Event]:
    """What each store's last night found; the same as the night before is the same thing still."""
    nights = Reconciliation.objects.filter(asked_by="").exclude(ended_at=None)
    last = nights.order_by("integration_id", "-id").distinct("integration_id").values("pk")
    found = Difference.objects.filter(reconciliation__in=last, is_off=True, mended="")
    of_stores: dict[Reconciliation, list[Difference]] = {}
    for each in found.select_related("reconciliation__integration"):
        of_stores.setdefault(each.reconciliation, []).append(each)
    for night, differences in of_stores.items():
        orders = sorted({(each.bigcommerce_order_id, each.kind) for each in differences})
        number = len({order for order, _ in orders})
        named = ", ".join(night.integration.import_id(order) for order in sorted({order for order, _ in orders})[:5])
        yield Event(
            key=f"differences-{night.integration_id}-{sha256(repr(orders).encode()).hexdigest()[:16]}",
            cause=EventCause.DIFFERENCE,
            store=night.integration.code,
            name=night.integration.code,
            since=night.ended_at or night.asked_at,
            sentence=f"{number} order{' differs' if number == 1 else 's differ'} from the store: "
            f"{named}{' …' if number > 5 else ''}.",
            next_step="Each comes with the reason and a button to fix it.",
            path=reverse("reconciliation", args=[night.pk]),
            needs_person=False,
        )


def _paused() -> Iterator[Event]:
    """The stores that someone paused; one that was never read yet is being set up."""
    stores = {store.pk: store for store in WebIntegration.objects.filter(paused=True)}
    lines = LogEntry.objects.filter(integration__in=stores, kind=LogKind.SETTINGS, text__contains=WAS_PAUSED)
    last = {line.integration_id: line for line in lines.order_by("at")}
    for pk, line in last.items():
        by = line.text.partition(" changed ")[0]
        yield Event(
            key=f"paused-{line.pk}",
            cause=EventCause.STORE,
            store=stores[pk].code,
            name=stores[pk].code,
            since=line.at,
            sentence=f"{by} paused the store: its orders aren’t imported. Shipments are still sent.",
            next_step="Resume it to import its orders again.",
            path=reverse("integration", args=[pk]),
            needs_person=False,
            by=by,
        )
