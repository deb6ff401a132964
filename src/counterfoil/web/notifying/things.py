"""The things that people may be told of at once, as they stand now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from django.urls import reverse
from django.utils.http import urlencode

from counterfoil.stores.attention import AttentionItem, attention
from counterfoil.stores.models import LogEntry, LogKind, WebIntegration
from counterfoil.stores.trouble import MENDED_BY_A_PERSON

PATIENCE_WITH_STORES = timedelta(minutes=5)  # a store that is away for a moment is no news
WAS_PAUSED = "paused: False → True"


class Cause(Enum):
    """Why a thing may be mailed before it has waited for long."""

    STORE = auto()
    UPDATE = auto()
    DEFECT = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to tell. `key` stays the same as long as it is the same trouble; `name`: the import ID, or the store.

    `by`: who brought it about, as the log names them; nobody is told of their own doing.
    """

    key: str
    cause: Cause
    store: str
    name: str
    since: datetime
    sentence: str
    next_step: str
    path: str
    needs_person: bool = True
    by: str = ""


def things_now() -> list[Thing]:
    """All of them, the oldest first. Six statements, whatever the number."""
    stores = {each.code: each for each in WebIntegration.objects.all()}
    things = [*_in_need(stores), *_paused([each for each in stores.values() if each.paused])]
    return sorted(things, key=lambda thing: thing.since)


def _in_need(stores: dict[str, WebIntegration]) -> Iterator[Thing]:
    for item in attention():
        since = item.since or datetime.now(UTC)
        if item.kind == "store" and item.code not in MENDED_BY_A_PERSON and _age(since) < PATIENCE_WITH_STORES:
            continue
        yield Thing(
            key=f"{item.kind}:{item.pk}:{item.since and item.since.isoformat()}",
            cause=_cause(item),
            store=item.store,
            name=item.import_id or item.store,
            since=since,
            sentence=item.sentence,
            next_step=item.next_step,
            path=_path(item, stores),
        )


def _cause(item: AttentionItem) -> Cause:
    if item.code == "defect":
        return Cause.DEFECT
    return {"store": Cause.STORE, "update": Cause.UPDATE}.get(item.kind, Cause.NONE)


def _path(item: AttentionItem, stores: dict[str, WebIntegration]) -> str:
    if item.kind == "store" and item.store in stores:
        return reverse("integration", args=[stores[item.store].pk])
    return f"{reverse('attention')}?{urlencode({'q': item.import_id})}"


def _paused(stores: list[WebIntegration]) -> Iterator[Thing]:
    """Those that someone paused; one that was never read yet is being set up."""
    lines = LogEntry.objects.filter(integration__in=stores, kind=LogKind.SETTINGS, text__contains=WAS_PAUSED)
    last = {line.integration_id: line for line in lines.order_by("at")} if stores else {}
    for store in stores:
        if line := last.get(store.pk):
            by = line.text.partition(" changed ")[0]
            yield Thing(
                key=f"paused:{line.pk}",
                cause=Cause.STORE,
                store=store.code,
                name=store.code,
                since=line.at,
                sentence=f"{by} paused the store: its orders are not read. What was shipped is still sent.",
                next_step="Resume it when its orders are to come in again.",
                path=reverse("integration", args=[store.pk]),
                needs_person=False,
                by=by,
            )


def _age(since: datetime) -> timedelta:
    return datetime.now(UTC) - since
