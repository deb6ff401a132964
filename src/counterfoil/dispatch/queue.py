"""Which updates may go out now, and when the next one may."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Min, OuterRef, Q, QuerySet

from counterfoil.sales.db.due import due
from counterfoil.stores.models import (
    IN_HAND,
    READ_SEPARATELY,
    UNDONE,
    StoreUpdate,
    UpdateCause,
    UpdateKind,
    WebIntegration,
    WebOrder,
)
from counterfoil.stores.updates.kinds import SHIPMENT_KINDS, SendingOrder, kinds_with
from counterfoil.stores.updates.outbox import UNDONE_ACKNOWLEDGEMENTS
from counterfoil.stores.weborders.reasons import EDITED_MEANWHILE

LONGEST_WAIT = timedelta(minutes=75)
"""Longer than any update is put off: an hour, where a store says so."""

_SAME_ORDER = StoreUpdate.objects.filter(web_order=OuterRef("web_order"), state__in=UNDONE)
_EARLIER = _SAME_ORDER.filter(pk__lt=OuterRef("pk"))


def _after_shipments(kind: UpdateKind) -> Q:
    return Q(kind=kind) & (Exists(_EARLIER.filter(kind=kind)) | Exists(_SAME_ORDER.filter(kind__in=SHIPMENT_KINDS)))


# A shipment waits for the earlier ones of its order; a status for all shipments of its order and its earlier statuses.
HELD_BACK = reduce(
    or_,
    map(_after_shipments, kinds_with(SendingOrder.AFTER_SHIPMENTS)),
    Q(kind__in=SHIPMENT_KINDS) & Exists(_EARLIER.filter(kind__in=SHIPMENT_KINDS)),
)
# Of an order on hold nothing new is shipped; what may have been made already is looked for all the same, and what was
# voided is put down as not needed, since the rest of the order waits for it.
ON_HOLD = (
    Q(kind=UpdateKind.CREATE, asked_at=None, parcel__voided_at=None, web_order__sales_order__hold_overridden_by="")
    & Q(web_order__sales_order__hold_reason__gt="")
)  # fmt: skip

# What was refunded need not be shipped: refunds that are known of are read first, with the next pass. A store that is
# paused, or does not let us read them, is shipped from all the same; so is what a manager has released.
_REFUNDS_FIRST = WebOrder.objects.filter(
    pk=OuterRef("web_order"),
    refunds_to_read=True,
    other_placed_at=None,
    sales_order__hold_overridden_by="",
    integration__paused=False,
    integration__state__refunds_refused_at=None,
)
REFUNDS_UNREAD = Q(kind=UpdateKind.CREATE, asked_at=None, parcel__voided_at=None) & Exists(_REFUNDS_FIRST)

# An order that someone has set back to a new order status is read and imported first: its shipment would move it on in
# the store, and what was changed with it would never be read. A store that is paused is not imported from. A status
# that answers no import says nothing about it, nor does what needs a person beside the order: it may have been set back
# in the second of our own last write.
_DECIDED_ON = Q(modified_read=F("modified_seen")) & (
    Exists(UNDONE_ACKNOWLEDGEMENTS.filter(web_order=OuterRef("pk"))) | ~Q(reason_code__in=("", *READ_SEPARATELY))
)
_SET_BACK = WebOrder.objects.filter(
    integration__paused=False,
    other_placed_at=None,
    integration__new_statuses__contains=[F("status_seen")],
).exclude(_DECIDED_ON)
# So does a status that answers no import: it would take the order out of the new order status.
_MOVES_THE_ORDER = Q(kind=UpdateKind.CREATE, asked_at=None, parcel__voided_at=None) | Q(
    kind=UpdateKind.STATUS, acknowledges=False
)
# What the answer to an acknowledgement showed to have been edited is read and imported first, too.
_EDITED = WebOrder.objects.filter(integration__paused=False, other_placed_at=None, read_again=EDITED_MEANWHILE)
IMPORT_FIRST = _MOVES_THE_ORDER & (
    Exists(_SET_BACK.filter(pk=OuterRef("web_order"))) | Exists(_EDITED.filter(pk=OuterRef("web_order")))
)

MAY_GO = ExpressionWrapper(~HELD_BACK & ~ON_HOLD & ~REFUNDS_UNREAD & ~IMPORT_FIRST, output_field=BooleanField())


def first_in_line(integration: WebIntegration) -> QuerySet[StoreUpdate]:
    """The updates that nothing but their time holds back."""
    return StoreUpdate.objects.filter(MAY_GO, web_order__integration=integration, state__in=IN_HAND)


def is_set_back(web_order: WebOrder) -> bool:
    """Whether the order is imported first, before a shipment of it is made or made once more."""
    return _SET_BACK.filter(pk=web_order.pk).exists()


def kinds_due(integration: WebIntegration) -> set[str]:
    """The kinds of which an update's time has come, whether or not something else still holds it back.

    One quick statement: most syncs find nothing here, and need not ask what holds back what.
    """
    in_hand = StoreUpdate.objects.filter(web_order__integration=integration, state__in=IN_HAND)
    return set(in_hand.filter(due(LONGEST_WAIT)).order_by().values_list("kind", flat=True).distinct())


# What follows from an order status here, and answers no import.
_MAPPED_ALONE = Q(kind=UpdateKind.STATUS, cause=UpdateCause.MAPPED, acknowledges=False)


def due_updates(
    integration: WebIntegration, kinds: Sequence[UpdateKind], *, mapped: bool = True
) -> QuerySet[StoreUpdate]:
    """The updates to send now, in the order they arose; without `mapped` not those that the mapping alone asks for.

    Those that did not go come last: three in a row end the round, and would keep all others waiting.
    """
    found = first_in_line(integration).filter(due(LONGEST_WAIT), kind__in=kinds).order_by("attempts", "pk")
    return found if mapped else found.exclude(_MAPPED_ALONE)


class Due(NamedTuple):
    """An update that is due."""

    pk: int
    kind: str
    import_id: str
    acknowledges: bool

    @property
    def overwrites(self) -> bool:
        """Whether it moves an order on whatever its status became meanwhile, and no answer shows what that was."""
        return self.kind == UpdateKind.CREATE or (self.kind == UpdateKind.STATUS and not self.acknowledges)


def rounds(integration: WebIntegration, kinds: Sequence[UpdateKind], *, mapped: bool = True) -> Iterator[Due]:
    """The updates that are due, each once; what was held back by one of them follows in a later round."""
    tried: set[int] = set()
    columns = ("pk", "kind", "web_order__import_id", "acknowledges")

    def left() -> QuerySet[StoreUpdate]:
        return due_updates(integration, kinds, mapped=mapped).exclude(pk__in=tried)

    while waiting := [Due(*row) for row in left().values_list(*columns)]:
        for each in waiting:
            tried.add(each.pk)
            yield each


def next_due_at(integration: WebIntegration) -> datetime | None:
    """When the next update may go out; None when none waits for its time alone."""
    if not StoreUpdate.objects.filter(web_order__integration=integration, state__in=IN_HAND).exists():
        return None
    found: datetime | None = first_in_line(integration).aggregate(Min("due_at"))["due_at__min"]
    return found
