"""An update that did not go out waits: each time longer, never for ever; what may have arrived is not lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, TryAgain, read_order
from counterfoil.dispatch.transitions import (
    defect,
    keep_waiting,
    mark_done,
    mark_failed,
    mark_not_sent,
    note_answer,
    note_written,
    retry_later,
)
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import LogEntry, LogKind, StoreUpdate, UpdateState
from tests.bigcommerce.examples import order_bytes
from tests.stores.factories import saved, web_order

pytestmark = pytest.mark.django_db
ASKED = {"state": "sending", "asked": {"tracking_number": "1Z"}}


def an_update(**values: Any) -> StoreUpdate:
    """A status of one order."""
    return StoreUpdate.objects.create(web_order=web_order(saved()), status_id=2, cause="mapped", **values)


def seconds_to_wait(update: StoreUpdate) -> float:
    """From now on."""
    return (update.due_at - timezone.now()).total_seconds()


@pytest.mark.parametrize(
    ("attempts", "after", "seconds"),
    [(0, None, 2), (1, None, 4), (3, None, 16), (8, None, 512), (9, None, 900), (500, None, 900), (0, 40, 40)],
)
def test_each_time_it_waits_twice_as_long(attempts: int, after: float | None, seconds: int) -> None:
    """A quarter of an hour at most, unless the store asks for more."""
    update = an_update(attempts=attempts)
    retry_later(update.pk, TryAgain("Busy.", after=after))
    update.refresh_from_db()
    assert (update.attempts, update.state, update.reason) == (attempts + 1, "waiting", "Busy.")
    assert seconds - 1.5 < seconds_to_wait(update) <= seconds


def test_its_attempts_are_counted_as_far_as_the_column_goes() -> None:
    """A store that is away for months stops no worker."""
    update = an_update(attempts=1000)
    retry_later(update.pk, TryAgain("Busy."))
    update.refresh_from_db()
    assert update.attempts == 1000


def test_what_may_have_arrived_stays_in_doubt() -> None:
    """It is looked for before it is sent again."""
    at = timezone.now()
    update = an_update(**ASKED, asked_at=at)
    retry_later(update.pk, TryAgain("It did not answer.", outcome_unknown=True))
    update.refresh_from_db()
    assert (update.state, update.asked_at, update.attempts) == ("sending", at, 1)
    assert seconds_to_wait(update) > 0


def test_what_has_ended_meanwhile_does_not_wait_again() -> None:
    """Someone skipped it, while a worker met trouble with it."""
    update = an_update(state="skipped", reason="not needed")
    for _ in range(2):
        retry_later(update.pk, TryAgain("Busy."))
        keep_waiting(update.pk)
    update.refresh_from_db()
    assert (update.state, update.reason, update.attempts) == ("skipped", "not needed", 0)


def test_while_the_store_cannot_be_used_no_attempt_is_counted() -> None:
    """Its time has come as soon as the store is there again."""
    update = an_update(state="sending")
    due = update.due_at
    keep_waiting(update.pk)
    update.refresh_from_db()
    assert (update.state, update.attempts, update.due_at) == ("waiting", 0, due)


def test_what_is_resolved_waits_like_any_other() -> None:
    """Nothing of it was carried out: no reason stands there any more."""
    update = an_update(**ASKED, asked_at=timezone.now(), reason="Its outcome is not known.")
    mark_not_sent(update.pk)
    update.refresh_from_db()
    assert (update.state, update.asked_at, update.reason) == ("waiting", None, "")


def test_a_defect_of_the_program_needs_a_person_since_it_first_appeared() -> None:
    """With the trace for whoever maintains it; what it said last is looked at by itself."""
    update = an_update(state="sending")
    other = StoreUpdate.objects.create(web_order=update.web_order, kind="staff_notes")
    defect(update.pk, "Traceback …")
    update.refresh_from_db()
    since = update.failed_since
    assert (update.state, update.reason_code, update.trace) == ("failed", "defect", "Traceback …")
    assert since is not None
    (item,) = attention()
    assert (item.sentence, item.next_step) == (
        "An error in Counterfoil stopped this update. Nothing was lost.",
        "Retry. If it happens again, send the trace to whoever maintains Counterfoil.",
    )
    defect(update.pk, "Traceback …")
    update.refresh_from_db()
    assert update.failed_since == since
    other.refresh_from_db()
    assert other.state == "waiting"


@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("made", [False, True])
def test_our_own_write_is_no_edit_and_hides_none(edited: bool, made: bool) -> None:
    """Where the store tells when it changed the order; an order that others had edited before stays edited."""
    seen = datetime(2026, 11, 1, 9, tzinfo=UTC)
    read = seen - timedelta(hours=1) if edited else seen
    order = web_order(saved(), modified_seen=seen, modified_read=read)
    at = seen + timedelta(hours=2)
    began = timezone.now()
    note_written(order, made_at=at if made else None)
    order.refresh_from_db()
    assert order.written_at is not None
    assert order.written_at >= began
    own = made and not edited
    assert (order.modified_seen, order.modified_read) == ((at, at) if own else (seen, read))


def test_what_was_sent_gives_no_reason_and_what_was_not_needed_does() -> None:
    """The log says both, of its order."""
    integration = saved()
    for number, state in ((1, UpdateState.SENT), (2, UpdateState.NOT_NEEDED)):
        update = StoreUpdate.objects.create(web_order=web_order(integration, number), status_id=2, reason="Busy.")
        mark_done(update, state, f"Order {number} is done.")
    assert list(StoreUpdate.objects.order_by("pk").values_list("reason", flat=True)) == ["", "Order 2 is done."]
    lines = list(LogEntry.objects.order_by("pk").values_list("import_id", "text"))
    assert lines == [("WEB-1", "Order 1 is done."), ("WEB-2", "Order 2 is done.")]


def test_what_the_store_refused_is_said_of_its_order() -> None:
    """In the log, with the sentence that needs attention."""
    update = an_update(state="sending")
    mark_failed(update.pk, NeedsPerson("refused", "No.", "Look at it."), "It could not be sent. No.")
    entry = LogEntry.objects.get()
    assert (entry.import_id, entry.text, entry.kind) == ("WEB-100", "It could not be sent. No.", LogKind.NOT_SENT)


def test_an_answer_tells_the_status_from_now_on_whatever_was_read_before_it_is_older() -> None:
    order = web_order(saved())
    began = timezone.now()
    note_answer(order, read_order(order_bytes(status_id=8)), edited=False)
    order.refresh_from_db()
    assert (order.status_seen, order.modified_seen) == (8, order.modified_read)
    assert order.status_seen_at == order.written_at
    assert order.written_at is not None
    assert order.written_at >= began
