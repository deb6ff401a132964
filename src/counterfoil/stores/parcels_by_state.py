"""Which parcels stand where in the store: what `parcel_state` says of one, asked of any number of them."""

from collections.abc import Callable
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from counterfoil.sales.models import Parcel
from counterfoil.stores.models import SHIPMENT_KINDS, StoreUpdate, UpdateKind, UpdateState

Parcels = QuerySet[Parcel]
_ON_THEIR_WAY = (UpdateState.WAITING, UpdateState.SENDING)


class Standing(StrEnum):
    """What a list of parcels can be narrowed to."""

    NOT_YET = "not_yet"
    WAITING = "waiting"
    FAILED = "failed"
    SENT = "sent"
    TAKEN_OVER = "taken_over"
    VOIDED = "voided"


def parcels_that_are(standing: Standing, parcels: Parcels) -> Parcels:
    """The parcels that stand so. A further box stands where the parcel it belongs to stands."""
    return _NARROWED[standing](parcels)


def _not_yet(parcels: Parcels) -> Parcels:
    return _told(parcels, *_ON_THEIR_WAY, UpdateState.FAILED)


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


_NARROWED: dict[Standing, Callable[[Parcels], Parcels]] = {
    Standing.NOT_YET: _not_yet,
    Standing.WAITING: lambda parcels: _told(parcels, *_ON_THEIR_WAY),
    Standing.FAILED: lambda parcels: _told(parcels, UpdateState.FAILED),
    Standing.SENT: _sent,
    Standing.TAKEN_OVER: lambda parcels: parcels.filter(taken_over=True),
    Standing.VOIDED: lambda parcels: parcels.filter(voided_at__isnull=False),
}
