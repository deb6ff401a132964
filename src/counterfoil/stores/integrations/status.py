"""How a store is doing: whether it can be used, and what waits there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Q
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.stores.integrations.outage import ELSEWHERE, RESOLVED_BY_A_PERSON
from counterfoil.stores.models import IN_HAND, LogEntry, LogKind, StoreUpdate, WebIntegration, WebOrder
from counterfoil.stores.sync.long_work import WorkUnderWay, under_way


class StoreCondition(StrEnum):
    """What is said of a store in a word or two."""

    WAITING = "Waiting"
    PAUSED = "Paused"
    NEW = "Not synced yet"
    STALE = "Not synced"
    CONNECTED = "Connected"


@dataclass(frozen=True, slots=True)
class InStatus:
    """How many orders of the store stand in one BigCommerce status, and what that status means to us."""

    status_id: int
    label: str
    count: int
    meaning: str


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """A store: can it be used, what waits there, what stands outside import, what became of what was seen."""

    integration: WebIntegration
    word: StoreCondition
    why: str = ""
    next_step: str = ""
    statuses: Sequence[InStatus] = field(default=())
    became: dict[str, int] = field(default_factory=dict)
    moved: int = 0

    @property
    def waiting(self) -> int:
        """How many orders stand in a new order status: as counted last, without those we have moved on since."""
        counted = sum(each.count for each in self.statuses if each.status_id in self.integration.new_statuses)
        return max(0, counted - self.moved)

    @property
    def synced_at(self) -> datetime | None:
        """When the store was last read: a sync that it did not answer is none. A paused store is only sent to."""
        state = self.integration.state
        return state.visited_at if self.integration.paused else state.glanced_at

    @property
    def work(self) -> list[WorkUnderWay]:
        """What takes minutes and is under way: how far it is, how long it takes, what it waits for."""
        return list(under_way(self.integration.state).values())

    @property
    def mended_by_settings(self) -> bool:
        """Whether a person has to change the store setup before the store can be used again."""
        return self.integration.state.trouble_code in RESOLVED_BY_A_PERSON - {ELSEWHERE}

    @property
    def is_elsewhere(self) -> bool:
        """Whether another installation may work on the store."""
        return self.integration.state.trouble_code == ELSEWHERE

    @property
    def outside(self) -> list[InStatus]:
        """The statuses outside import that orders stand in, without those that we put there."""
        new, ours = self.integration.new_statuses, self.integration.state.ours
        left = [replace(each, count=each.count - ours.get(str(each.status_id), 0)) for each in self.statuses]
        return [each for each in left if each.count > 0 and each.status_id not in new]


def store_statuses(integrations: Sequence[WebIntegration], *, counted: bool = True) -> list[StoreStatus]:
    """Of these stores; their states are to be loaded along. Two statements more, whatever their number.

    Without `counted` one: then what became of all that was ever seen stays out.
    """
    became: dict[int, dict[str, int]] = {each.pk: {} for each in integrations}
    orders = WebOrder.objects.filter(integration__in=integrations).order_by()
    if counted:
        for row in orders.values("integration", "state").annotate(number=Count("pk")):
            became[row["integration"]][row["state"]] = row["number"]
    moved = dict(orders.filter(_moved(integrations)).values_list("integration").annotate(number=Count("pk")))
    return [_status_of(each, became[each.pk], moved.get(each.pk, 0)) for each in integrations]


def _moved(integrations: Sequence[WebIntegration]) -> Q:
    """What a pass has moved on since it began, when the store was counted: that waits no longer.

    Each with its own moment, along the index of both: joined to the moment, every order of the store would be read.
    """
    moved = Q(pk__in=[])
    for each in integrations:
        if each.state.glanced_at is not None:
            moved |= Q(integration=each, written_at__gte=each.state.glanced_at)
    return moved


_NOBODY_CAME_FOR = timedelta(minutes=5)
_A_SYNC = timedelta(minutes=2)
_LATE = timedelta(minutes=1)


def _status_of(integration: WebIntegration, became: dict[str, int], moved: int) -> StoreStatus:
    state = integration.state
    statuses = [_in_status(integration, status) for status in StatusId]
    if state.waiting:
        words = (StoreCondition.WAITING, state.trouble, state.trouble_next_step)
    elif integration.paused:
        words = (StoreCondition.PAUSED, "Orders aren’t imported; shipments are still sent.", "")
    elif state.visited_at is None:
        words = (StoreCondition.NEW, "The worker will sync the store within seconds.", "")
    elif _is_stale(integration):
        words = (StoreCondition.STALE, *_why_stale(integration))
    else:
        words = (StoreCondition.CONNECTED, "", "")
    return StoreStatus(integration, *words, statuses=statuses, became=became, moved=moved)


def _is_stale(integration: WebIntegration) -> bool:
    """Whether nobody has looked there for three polls, or for five minutes where it is polled that often."""
    state, now, poll = integration.state, timezone.now(), timedelta(seconds=integration.poll_seconds)
    missed = min(max(3 * poll, _A_SYNC), max(_NOBODY_CAME_FOR, poll + timedelta(minutes=1)))
    if state.due_at > now + max(poll, _NOBODY_CAME_FOR):
        return False  # it was put off on purpose
    looked_at = state.glanced_at or integration.created_at
    return state.due_at < now - min(missed, _NOBODY_CAME_FOR) or looked_at < now - missed


def _why_stale(integration: WebIntegration) -> tuple[str, str]:
    state, now = integration.state, timezone.now()
    is_recent = state.visited_at is not None and now - state.visited_at < _NOBODY_CAME_FOR
    if is_recent and state.due_at > now - _LATE:  # who tries also says when to come back
        return "BigCommerce hasn’t responded for several minutes.", "Counterfoil keeps trying."
    return "Counterfoil has stopped checking this store.", "Start a worker: counterfoil worker."


def _in_status(integration: WebIntegration, status: StatusId) -> InStatus:
    meaning = {integration.downloaded_status: "Downloaded", integration.error_status: "Import error"}.get(status, "")
    if status in integration.new_statuses:
        meaning = "New order status"
    count = integration.state.counts.get(str(status.value), 0)
    return InStatus(status.value, integration.status_text(status.value), count, meaning)


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """What was done at a store since someone asked for it; `since` is when."""

    since: datetime
    done: bool
    trouble: str
    imported: int
    updated: int
    unchanged: int
    not_imported: int
    ignored: int
    sent: int
    still_to_tell: int

    @property
    def decided(self) -> int:
        """How many orders were decided on."""
        return self.imported + self.updated + self.unchanged + self.not_imported + self.ignored

    @property
    def nobody_came(self) -> bool:
        """Whether it looks as if no worker runs."""
        return not self.done and not self.decided and (timezone.now() - self.since).total_seconds() > 20


def progress_since(integration: WebIntegration, since: datetime) -> SyncProgress:
    """Counted from the log and the store updates. Two statements; needs the store's state loaded freshly."""
    state = integration.state
    kinds = {
        "imported": LogKind.IMPORTED,
        "updated": LogKind.UPDATED,
        "unchanged": LogKind.UNCHANGED,
        "not_imported": LogKind.NOT_IMPORTED,
        "ignored": LogKind.IGNORED,
        "sent": LogKind.SENT,
    }
    lines = LogEntry.objects.filter(integration=integration, at__gte=since)
    counted = lines.aggregate(**{name: Count("pk", filter=Q(kind=kind)) for name, kind in kinds.items()})
    waiting = StoreUpdate.objects.filter(web_order__integration=integration, state__in=IN_HAND).count()
    # Asking makes the store due at once; the sync that did it all makes it due later.
    done = state.due_at > timezone.now() or (state.visited_at is not None and state.visited_at > since and not waiting)
    return SyncProgress(since=since, done=done, trouble=state.trouble, still_to_tell=waiting, **counted)
