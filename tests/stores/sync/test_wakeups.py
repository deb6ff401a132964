"""Stores are woken when something is to be said to them, and not more often than that helps."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from counterfoil.stores.models import StoreState
from counterfoil.stores.sync.wakeups import wake, woken_in_bulk
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db(transaction=True)


def times_made_due(captured: CaptureQueriesContext) -> int:
    """How often a store was made due."""
    return sum("UPDATE" in each["sql"] and "stores_storestate" in each["sql"] for each in captured.captured_queries)


def test_a_store_that_is_woken_is_due_and_rung_for() -> None:
    """At once, with one wake-up that waits."""
    store, other = a_store(), a_store("SHOP-")
    before = ProcrastinateJob.objects.count()
    wake({store.pk})
    wake({store.pk})
    due = dict(StoreState.objects.values_list("integration", "due_at"))
    assert due[store.pk] < due[other.pk]
    assert ProcrastinateJob.objects.count() == before + 1


def test_many_wake_ups_in_bulk_are_two() -> None:
    """One at the beginning, so that sending starts at once, and one in the end for what came after."""
    store, long_ago = a_store(), timezone.now() - timedelta(days=1)
    with CaptureQueriesContext(connection) as captured, woken_in_bulk():
        for _ in range(50):
            wake({store.pk})
        StoreState.objects.filter(integration=store).update(due_at=long_ago)
        before = times_made_due(captured)
    assert (before, times_made_due(captured)) == (2, 3), "one of them is this test's own"
    assert StoreState.objects.get(integration=store).due_at > long_ago


def test_a_single_wake_up_in_bulk_is_one() -> None:
    """Nothing is owed in the end."""
    store = a_store()
    with CaptureQueriesContext(connection) as captured, woken_in_bulk():
        wake({store.pk})
    assert times_made_due(captured) == 1


def test_bulk_ends_with_its_block_also_when_that_fails() -> None:
    """What was committed before is sent; later wake-ups are heard one by one."""
    store = a_store()

    def broken_off() -> None:
        with woken_in_bulk():
            wake({store.pk})
            wake({store.pk})
            raise ZeroDivisionError

    with CaptureQueriesContext(connection) as captured:
        with pytest.raises(ZeroDivisionError):
            broken_off()
        assert times_made_due(captured) == 2
        wake({store.pk})
        assert times_made_due(captured) == 3
