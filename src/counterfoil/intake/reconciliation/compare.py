"""One order of the store against the sales orders: what is not alike, and what explains it."""

from collections.abc import Iterator
from dataclasses import dataclass

from counterfoil.bigcommerce import NEVER_OVERWRITTEN, OrderSummary, StatusId
from counterfoil.sales.models import StatusRole
from counterfoil.sales.money import money_in
from counterfoil.stores.models import (
    IN_HAND,
    READ_SEPARATELY,
    Difference,
    DifferenceKind,
    UpdateKind,
    UpdateState,
    WebIntegration,
    WebOrderState,
)
from counterfoil.stores.reconciliation.known_orders import KnownOrder
from counterfoil.stores.updates.kinds import SHIPMENT_KINDS
from counterfoil.stores.weborders.holds import ORDER_GONE, REASONS
from counterfoil.stores.weborders.poll_window import changed_lately
from counterfoil.stores.weborders.reused_numbers import another_order

PAID_FOR = frozenset(
    {
        StatusId.SHIPPED,
        StatusId.PARTIALLY_SHIPPED,
        StatusId.AWAITING_PICKUP,
        StatusId.AWAITING_SHIPMENT,
        StatusId.AWAITING_FULFILLMENT,
        StatusId.COMPLETED,
        StatusId.PARTIALLY_REFUNDED,
    }
)
"""In these an order is being dealt with, or was: it should be imported."""
SHIPPED_THERE = (StatusId.SHIPPED, StatusId.PARTIALLY_SHIPPED)
DONE_WITH = (StatusRole.SHIPPED, StatusRole.CANCELLED)
SEE_ATTENTION = "See Needs attention."
EDITED = "It was edited in the store after its import."
READ_THEM = "Read its shipments again."
HELD = "This wasn’t known before. The order is now on hold here."
IMPORT_IT = "Import it, or leave it if someone else is handling it."


@dataclass(frozen=True, slots=True)
class FoundDifference:
    """What is not alike. `is_off`: nothing explains it."""

    kind: DifferenceKind
    is_off: bool
    sentence: str
    next_step: str = ""
    ours: str = ""
    theirs: str = ""

    def as_row(self, order_id: int, known: KnownOrder | None) -> Difference:
        """As it is kept, still without its reconciliation."""
        return Difference(
            kind=self.kind,
            is_off=self.is_off,
            bigcommerce_order_id=order_id,
            web_order_id=known.pk if known else None,
            ours=self.ours,
            theirs=self.theirs,
            sentence=self.sentence,
            next_step=self.next_step,
        )


def compare(integration: WebIntegration, there: OrderSummary, known: KnownOrder | None) -> list[FoundDifference] | None:
    """What is not alike, empty where all is; None where the order stands outside import and was never imported."""
    other = None if known is None else another_there(there, known)
    if other is not None:
        return [other]
    if known is not None and known.is_imported:
        return [*_doubled(known), *_total(there, known), *_status(integration, there, known), *_shipped(there, known)]
    found = _not_imported(integration, there, known)
    return None if found is None else [found]


def gone(known: KnownOrder) -> FoundDifference:
    """It was imported, and the store's list does not show it."""
    done_with = known.role in DONE_WITH
    return FoundDifference(
        DifferenceKind.GONE,
        is_off=not done_with,
        sentence="The store doesn’t list it: it was deleted or archived there.",
        next_step="" if done_with else "Find out why; cancel it here if it’s no longer wanted.",
        ours="Imported",
    )


def another_there(there: OrderSummary, known: KnownOrder) -> FoundDifference | None:
    """The store has another order under the number of an imported one; None where it is the same."""
    said = another_order(known.placed_at, there.date_created)
    if said is None:
        return None
    return FoundDifference(DifferenceKind.GONE, True, said.sentence, said.next_step, "Imported", "Another order")


def is_unseen(there: OrderSummary, known: KnownOrder) -> bool:
    """Whether no poll has shown yet that the store has stopped the order, or shipped, refunded or deleted
    something of it, or has another one under its number."""
    if another_there(there, known) is not None:
        return known.other_placed_at != there.date_created
    return is_stopped_unseen(there, known) or _is_changed_unseen(there, known)


def is_stopped_unseen(there: OrderSummary, known: KnownOrder) -> bool:
    """Whether the store has stopped an imported order, and no poll has shown that."""
    return known.is_imported and there.status_id in REASONS and there.status_id != known.status_seen


def _is_changed_unseen(there: OrderSummary, known: KnownOrder) -> bool:
    is_shipped = there.items_shipped not in (known.items_shipped_seen, known.shipped)
    is_changed = (there.status_id, there.date_modified) != (known.status_seen, known.modified_seen)
    is_deleted = there.is_deleted and known.role not in DONE_WITH
    is_back = known.hold_reason == ORDER_GONE and not there.is_deleted
    return known.is_imported and (is_shipped or is_deleted or is_back or (is_changed and there.shows_refund))


def _not_imported(integration: WebIntegration, there: OrderSummary, known: KnownOrder | None) -> FoundDifference | None:
    label = integration.status_text(there.status_id)
    if known is not None and known.state == WebOrderState.NOT_IMPORTED:
        step = f"{known.next_step} {SEE_ATTENTION}".strip()
        return FoundDifference(DifferenceKind.NOT_IMPORTED, False, known.reason, step, theirs=label)
    if known is not None and known.state == WebOrderState.IGNORED:
        return FoundDifference(DifferenceKind.IGNORED, False, known.reason, known.next_step, theirs=label)
    if there.is_deleted:
        return None
    if there.status_id in integration.new_statuses:
        return _waits(integration, there, known, label)
    if there.status_id not in PAID_FOR and there.status_id != integration.downloaded_status:
        return None
    sentence = f"It’s {label} in the store and was never imported."
    return FoundDifference(DifferenceKind.MISSING, True, sentence, IMPORT_IT, theirs=label)


def _waits(integration: WebIntegration, there: OrderSummary, known: KnownOrder | None, label: str) -> FoundDifference:
    """It stands in a new order status: it comes by itself, unless it should have come long ago."""
    if integration.paused:
        why = "The store is paused, so its orders aren’t imported."
    elif known is None and integration.first_orders is not None:
        why = f"Only the first {integration.first_orders} orders of this store are imported."
    elif known is not None or changed_lately(integration.state.listed_at, there.date_modified):
        why = "It will be imported on one of the next syncs."
    else:
        sentence = f"It has been {label} in the store since before that status was checked, and was missed."
        return FoundDifference(DifferenceKind.MISSING, True, sentence, IMPORT_IT, theirs=label)
    return FoundDifference(DifferenceKind.WAITING, False, f"It’s waiting in {label}. {why}", theirs=label)


def _doubled(known: KnownOrder) -> Iterator[FoundDifference]:
    if known.copies > 1:
        sentence = f"There are {known.copies} sales orders for it."
        yield FoundDifference(DifferenceKind.DOUBLED, True, sentence, "Cancel all but one, and report how it happened.")


def _total(there: OrderSummary, known: KnownOrder) -> Iterator[FoundDifference]:
    if there.may_total(known.total):
        return
    currency = known.currency or ""
    ours = money_in(known.total, currency) if known.total is not None else ""
    if there.total_inc_tax is None:
        sentence = "The store's total couldn’t be read."
        yield FoundDifference(DifferenceKind.TOTAL, True, sentence, "Check the order in BigCommerce.", ours=ours)
        return
    theirs = money_in(there.total_inc_tax, currency)
    explained = _explained(known)
    sentence = f"{explained or EDITED} The total is {theirs} there, {ours} here."
    step = "" if explained else "Import the change, or keep the order as it was."
    yield FoundDifference(DifferenceKind.TOTAL, not explained, sentence, step, ours, theirs)


def _explained(known: KnownOrder) -> str:
    """Why the sales order does not have the present version yet; "" where nothing says so."""
    if known.is_read_again or known.has_undone([UpdateKind.STATUS], *IN_HAND):
        return "It is being read again."
    if known.reason_code not in ("", *READ_SEPARATELY):
        return f"A newer version wasn’t imported: {known.reason} {SEE_ATTENTION}"
    return ""


def _status(integration: WebIntegration, there: OrderSummary, known: KnownOrder) -> Iterator[FoundDifference]:
    if is_stopped_unseen(there, known):
        seen, theirs = integration.status_text(known.status_seen), integration.status_text(there.status_id)
        yield FoundDifference(DifferenceKind.STATUS, False, f"{REASONS[there.status_id]} {HELD}", "", seen, theirs)
        return
    if known.status_sent is None or there.status_id == known.status_sent:
        return
    if there.status_id in SHIPPED_THERE and there.items_shipped:
        return  # the store's own reaction to a shipment, of which the shipments tell
    ours, theirs = integration.status_text(known.status_sent), integration.status_text(there.status_id)
    is_off, step = False, ""
    if known.has_undone([UpdateKind.STATUS], *IN_HAND):
        why = "An update is on its way."
    elif known.has_undone([UpdateKind.STATUS], UpdateState.FAILED):
        why, step = "An update was refused.", SEE_ATTENTION
    elif there.status_id in integration.new_statuses:
        why = "Someone set it back, so it will be imported again on the next sync."
    elif there.status_id == known.onto and there.status_id not in NEVER_OVERWRITTEN:
        why, is_off, step = "It’s back in its earlier status.", True, "Set our status again, or leave it."
    else:
        why = "Someone has changed it there since."
    yield FoundDifference(
        DifferenceKind.STATUS, is_off, f"{why} It’s {theirs} there; {ours} was set last.", step, ours, theirs
    )


def _shipped(there: OrderSummary, known: KnownOrder) -> Iterator[FoundDifference]:
    ours, theirs = _items(known.shipped), _items(there.items_shipped)
    comes = known.shipments_to_read or there.items_shipped != known.items_shipped_seen
    step = "They’ll be read on the next sync." if comes else READ_THEM
    if there.items_shipped > known.shipped:
        sentence = f"The store shows {theirs} shipped; {ours} are known here."
        yield FoundDifference(DifferenceKind.SHIPMENT_HERE, not comes, sentence, step, ours, theirs)
    elif there.items_shipped < known.shipped:
        sentence = f"The store shows {theirs} shipped, but {ours} were: a shipment was probably deleted there."
        yield FoundDifference(DifferenceKind.SHIPMENT_THERE, not comes, sentence, step, ours, theirs)
    elif known.has_undone(SHIPMENT_KINDS, *IN_HAND):
        yield FoundDifference(
            DifferenceKind.SHIPMENT_THERE, False, "A parcel is on its way to the store.", "", ours, theirs
        )
    elif known.has_undone(SHIPMENT_KINDS, UpdateState.FAILED):
        sentence = "The store is missing one of our parcels."
        yield FoundDifference(DifferenceKind.SHIPMENT_THERE, False, sentence, SEE_ATTENTION, ours, theirs)


def _items(number: int) -> str:
    return f"{number} item{'' if number == 1 else 's'}"
