"""The kinds of store updates: what each is called, when it goes out, and what becomes of one that failed.

A new kind is a member of `UpdateKind` (a stored value), a row here, and a class in `dispatch` that sends it
(`dispatch/sender.py` lists these).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState
from counterfoil.stores.updates.parcel_text import shipment_text
from counterfoil.stores.updates.status_targets import renew_status


class SendingOrder(Enum):
    """When an update goes out, among the others of its order that are not done."""

    SHIPMENT = "after the earlier shipments"
    AFTER_SHIPMENTS = "after all shipments, and the earlier ones of its kind"
    ANY_TIME = "whatever waits"


def _keep(_update: StoreUpdate) -> None:
    """Nothing to renew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateType:
    """All that is to be known of a kind, but for how it is sent.

    `subject`: what *Needs attention* says it is about. `describe`: what an update changes, in a clerk's words; it needs
    what `descriptions.preloaded` loads. `newest_counts`: one that was sent or waits makes the older ones needless.
    `renew`: brings a failed update up to date before someone's retry, without saving it. `parcel_words`: where a parcel
    stands while its last update is of this kind; the state's own word where there is none.
    """

    kind: UpdateKind
    subject: str
    describe: Callable[[StoreUpdate], str]
    sending_order: SendingOrder
    newest_counts: bool = False
    renew: Callable[[StoreUpdate], None] = _keep
    parcel_words: Mapping[UpdateState, str] = field(default_factory=dict)


def _set_status(update: StoreUpdate) -> str:
    return f"Set the status {update.web_order.integration.status_text(update.status_id)}"


def _shipment(verb: str) -> Callable[[StoreUpdate], str]:
    def describe(update: StoreUpdate) -> str:
        return f"{verb} the {shipment_text(update.parcel) if update.parcel else 'shipment'}"

    return describe


UPDATE_TYPES = (
    UpdateType(
        kind=UpdateKind.STATUS,
        subject="Status",
        describe=_set_status,
        sending_order=SendingOrder.AFTER_SHIPMENTS,
        newest_counts=True,
        renew=renew_status,
    ),
    UpdateType(
        kind=UpdateKind.CREATE,
        subject="Shipment",
        describe=_shipment("Create"),
        sending_order=SendingOrder.SHIPMENT,
    ),
    UpdateType(
        kind=UpdateKind.CORRECT,
        subject="Correction of a shipment",
        describe=_shipment("Correct"),
        sending_order=SendingOrder.SHIPMENT,
        parcel_words={
            UpdateState.WAITING: "Correction waiting",
            UpdateState.SENDING: "Correction being sent",
            UpdateState.FAILED: "Correction failed",
            UpdateState.SKIPPED: "Correction skipped",
        },
    ),
    UpdateType(
        kind=UpdateKind.VOID,
        subject="Deletion of a shipment",
        describe=_shipment("Delete"),
        sending_order=SendingOrder.SHIPMENT,
        parcel_words={
            UpdateState.WAITING: "Waiting to be deleted",
            UpdateState.SENDING: "Being deleted",
            UpdateState.SENT: "Deleted in the store",
            UpdateState.FAILED: "Not deleted",
            UpdateState.SKIPPED: "Left in the store",
        },
    ),
    UpdateType(
        kind=UpdateKind.STAFF_NOTES,
        subject="Staff notes",
        describe=lambda _update: "Write the staff notes",
        sending_order=SendingOrder.ANY_TIME,
    ),
)
_BY_KIND = {each.kind: each for each in UPDATE_TYPES}


def type_of(kind: str) -> UpdateType:
    """The row of a kind, by its stored value."""
    return _BY_KIND[UpdateKind(kind)]


def kinds_with(sending_order: SendingOrder) -> tuple[UpdateKind, ...]:
    """The kinds that go out then."""
    return tuple(each.kind for each in UPDATE_TYPES if each.sending_order is sending_order)


SHIPMENT_KINDS = kinds_with(SendingOrder.SHIPMENT)
"""What concerns a parcel. These go before statuses, and hold back the statuses of their order."""

OTHER_KINDS = tuple(each.kind for each in UPDATE_TYPES if each.sending_order is not SendingOrder.SHIPMENT)
