"""Where a parcel stands in the store, in words."""

import pytest

from counterfoil.sales.models import Parcel
from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState
from counterfoil.stores.updates.parcel_status import parcel_state

CREATE, CORRECT, VOID = UpdateKind.CREATE, UpdateKind.CORRECT, UpdateKind.VOID
W, G, S, N, F, K = (
    UpdateState.WAITING,
    UpdateState.SENDING,
    UpdateState.SENT,
    UpdateState.NOT_NEEDED,
    UpdateState.FAILED,
    UpdateState.SKIPPED,
)


@pytest.mark.parametrize(
    ("told", "word", "text"),
    [
        ([], "not_for_store", "Not for a store"),
        ([(CREATE, W)], "waiting", "Waiting"),
        ([(CREATE, G)], "sending", "Being sent"),
        ([(CREATE, S)], "sent", "Sent"),
        ([(CREATE, F)], "failed", "Failed"),
        ([(CREATE, K)], "skipped", "Skipped"),
        ([(CREATE, S), (CORRECT, W)], "waiting", "Correction waiting"),
        ([(CREATE, S), (CORRECT, F)], "failed", "Correction failed"),
        ([(CREATE, S), (CORRECT, S)], "sent", "Sent"),
        ([(CREATE, S), (CORRECT, S), (CORRECT, N)], "sent", "Sent"),
        ([(CREATE, S), (VOID, W)], "waiting", "Waiting to be deleted"),
        ([(CREATE, S), (VOID, S)], "sent", "Deleted in the store"),
        ([(CREATE, S), (VOID, F)], "failed", "Not deleted"),
        ([(CREATE, N)], "not_needed", "Not needed"),
    ],
)
def test_the_last_update_that_says_something_decides(
    told: list[tuple[UpdateKind, UpdateState]], word: str, text: str
) -> None:
    """A correction that went out leaves the parcel sent."""
    updates = [StoreUpdate(parcel_id=7, kind=kind, state=state) for kind, state in told]
    state = parcel_state(Parcel(pk=7), updates)
    assert (state.word, state.text) == (word, text)


def test_a_failure_says_why_and_what_to_do() -> None:
    """In the sentence that stands under Needs attention too."""
    failed = StoreUpdate(parcel_id=7, kind=CREATE, state=F, reason="Only 1 is left.", next_step="Look there.")
    state = parcel_state(Parcel(pk=7), [failed])
    assert (state.reason, state.next_step) == ("Only 1 is left.", "Look there.")


def test_other_parcels_and_statuses_say_nothing_of_it_only_what_concerns_the_parcel() -> None:
    others = [StoreUpdate(parcel_id=8, kind=CREATE, state=F), StoreUpdate(kind=UpdateKind.STATUS, status_id=2, state=F)]
    assert parcel_state(Parcel(pk=7), others).word == "not_for_store"


def test_a_further_box_stands_where_its_parcel_stands() -> None:
    """Its tracking number goes along in the comments of that one's shipment."""
    sent = StoreUpdate(parcel_id=7, kind=CREATE, state=S)
    assert parcel_state(Parcel(pk=8, belongs_to_id=7), [sent]).word == "sent"


def test_what_was_taken_over_is_never_sent() -> None:
    """It was made there."""
    assert parcel_state(Parcel(pk=7, taken_over=True), []).text == "Taken over from the store"
