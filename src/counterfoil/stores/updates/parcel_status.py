"""Where a parcel stands in the store, in one word and in words for people."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from counterfoil.sales.models import Parcel
from counterfoil.stores.models import IN_HAND, UNDONE, StoreUpdate, UpdateKind, UpdateState
from counterfoil.stores.updates.kinds import SHIPMENT_KINDS, type_of

NOT_FOR_STORE, TAKEN_OVER = "not_for_store", "taken_over"


@dataclass(frozen=True, slots=True)
class ParcelState:
    """`word`: an update's state, not_for_store or taken_over. `text` says it to people, `reason` why it failed.

    `is_gone`: the parcel was voided and its shipment deleted.
    """

    word: str
    text: str
    reason: str = ""
    next_step: str = ""
    is_gone: bool = False


def parcel_state(parcel: Parcel, updates: Iterable[StoreUpdate]) -> ParcelState:
    """Where a parcel stands; `updates`: those of its order (or of itself), in the order they arose.

    A further box stands where the parcel it belongs to stands: its tracking number goes along with that one.
    """
    if parcel.taken_over:
        return ParcelState(TAKEN_OVER, "Taken over from the store")
    told = [
        each for each in updates if each.kind in SHIPMENT_KINDS and each.parcel_id in (parcel.pk, parcel.belongs_to_id)
    ]
    if not told:
        return ParcelState(NOT_FOR_STORE, "Not for a store")
    return _of(_decisive(told))


def _decisive(told: Sequence[StoreUpdate]) -> StoreUpdate:
    """The last update that says something: a correction that was sent, or not needed, leaves what was before."""
    for update in reversed(told):
        if update.state != UpdateState.NOT_NEEDED and not _is_done_correction(update):
            return update
    return told[0]


def _is_done_correction(update: StoreUpdate) -> bool:
    return update.kind == UpdateKind.CORRECT and update.state == UpdateState.SENT


def _of(update: StoreUpdate) -> ParcelState:
    state = UpdateState(update.state)
    words = type_of(update.kind).parcel_words
    reason = update.reason if state in (UpdateState.FAILED, UpdateState.SKIPPED) else ""
    next_step = update.next_step if state == UpdateState.FAILED else ""
    is_gone = update.kind == UpdateKind.VOID and state == UpdateState.SENT
    return ParcelState(state.value, words.get(state, state.label), reason, next_step, is_gone)


Parcels = QuerySet[Parcel]


class ParcelStanding(StrEnum):
    """What a list of parcels can be narrowed to."""

    NOT_YET = "not_yet"
    WAITING = "waiting"
    FAILED = "failed"
    SENT = "sent"
    TAKEN_OVER = "taken_over"
    VOIDED = "voided"


def parcels_that_are(standing: ParcelStanding, parcels: Parcels) -> Parcels:
    """The parcels that stand so. A further box stands where the parcel it belongs to stands."""
    return _NARROWED[standing](parcels)


def _not_yet(parcels: Parcels) -> Parcels:
    return _told(parcels, *UNDONE)


def _told(parcels: Parcels, *states: UpdateState) -> Parcels:
    """Those that an update in one of these states is about.

    These are few, and an index knows them: they are asked for first, state by state, as the indexes are.
    """
    updates = StoreUpdate.objects.filter(kind__in=SHIPMENT_KINDS).order_by()
    held: list[int | None] = []
    for state in states:
        held += updates.filter(state=state).values_list("parcel", flat=True)
    boxes = Parcel.objects.filter(belongs_to__in=held).order_by().values_list("pk", flat=True)
    return parcels.filter(pk__in=[pk for pk in (*held, *boxes) if pk is not None])


def _sent(parcels: Parcels) -> Parcels:
    made = StoreUpdate.objects.filter(
        Q(parcel=OuterRef("pk")) | Q(parcel=OuterRef("belongs_to")), kind=UpdateKind.CREATE, state=UpdateState.SENT
    )
    return parcels.filter(Exists(made), voided_at=None)


_NARROWED: dict[ParcelStanding, Callable[[Parcels], Parcels]] = {
    ParcelStanding.NOT_YET: _not_yet,
    ParcelStanding.WAITING: lambda parcels: _told(parcels, *IN_HAND),
    ParcelStanding.FAILED: lambda parcels: _told(parcels, UpdateState.FAILED),
    ParcelStanding.SENT: _sent,
    ParcelStanding.TAKEN_OVER: lambda parcels: parcels.filter(taken_over=True),
    ParcelStanding.VOIDED: lambda parcels: parcels.filter(voided_at__isnull=False),
}
