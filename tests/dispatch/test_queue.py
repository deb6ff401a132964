"""What is due is due at its own store, and the next sync knows when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from counterfoil.dispatch.queue import due_updates, kinds_due, next_due_at, rounds
from counterfoil.stores.models import StoreUpdate
from counterfoil.stores.updates.kinds import OTHER_KINDS
from tests.stores.factories import saved, web_order

pytestmark = pytest.mark.django_db


def test_a_session_sends_the_updates_of_its_own_store() -> None:
    """Never those that wait for another one, which has other orders under the same numbers."""
    one, other = saved(), saved(code="B-", store_hash="other")
    mine, theirs = (StoreUpdate.objects.create(web_order=web_order(each), status_id=2) for each in (one, other))
    assert list(due_updates(one, OTHER_KINDS)) == [mine]
    assert [due.pk for due in rounds(other, OTHER_KINDS)] == [theirs.pk]


def test_the_next_one_is_due_when_the_first_of_its_store_is() -> None:
    """What waits for another update of its order is due after it; where nothing waits there is no time."""
    one, other, idle = saved(), saved(code="B-", store_hash="other"), saved(code="C-", store_hash="idle")
    now = timezone.now()
    order = web_order(one)
    for waits, state, minutes in (
        (order, "sending", 10),
        (order, "waiting", 1),
        (web_order(one, 101), "waiting", 20),
        (web_order(other), "waiting", 5),
    ):
        due_at = now + timedelta(minutes=minutes)
        StoreUpdate.objects.create(web_order=waits, status_id=2, state=state, due_at=due_at)
    assert next_due_at(one) == now + timedelta(minutes=10)
    assert next_due_at(other) == now + timedelta(minutes=5)
    assert next_due_at(idle) is None


def test_an_update_put_off_before_this_machine_s_clock_was_set_back_is_due() -> None:
    """Nothing is put off for a day; what is put off for an hour, as a store may ask, waits."""
    one = saved()
    now = timezone.now()
    before, _ = (
        StoreUpdate.objects.create(web_order=web_order(one, order_id), status_id=2, due_at=now + timedelta(hours=hours))
        for order_id, hours in ((100, 24), (101, 1))
    )
    assert list(due_updates(one, OTHER_KINDS)) == [before]
    assert kinds_due(one) == {before.kind}
