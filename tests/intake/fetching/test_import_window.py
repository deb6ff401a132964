"""The day from which orders are imported begins where the store is, also before anybody tested the connection."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StoreTrouble
from counterfoil.platform.worker.sync import SyncResult, sync_store
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.attention.items import attention
from counterfoil.stores.integrations.connection import save_integration, test_connection
from counterfoil.stores.models import StoreState, WebIntegration, WebOrder
from counterfoil.stores.shipping.letterheads import home_of
from counterfoil.stores.weborders.requests import import_this_one
from tests.dispatch.factories import ship
from tests.factories import DOWNLOADED, NEW, connect, fresh, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore, paths

pytestmark = pytest.mark.django_db
CHICAGO = datetime(2025, 11, 30, 6, tzinfo=UTC)  # midnight of 30 November
CUT_OFF = CHICAGO.date()


def placed_at(store: SandboxStore, moment: datetime) -> int:
    """An order of that moment, or of the second after it."""
    store.set(clock_offset_seconds=(moment - datetime.now(UTC)).total_seconds() + 0.1)
    (order_id,) = store.place(1, kind="guest")
    store.set(clock_offset_seconds=0.0)
    return order_id


def tried(integration: WebIntegration) -> SyncResult:
    """A sync that may end in trouble."""
    return sync_store(fresh(integration), seconds=120.0)


def says(store: SandboxStore, **zone: Any) -> None:
    """The store says this of its time zone."""
    store.fault("GET", "^/v2/store$", status=200, body={"id": "sandbox", "name": "Shop", **zone})


@pytest.mark.parametrize("heeded", [True, False])
def test_an_order_of_the_evening_before_is_not_imported(store: SandboxStore, heeded: bool) -> None:
    """29 November 21:00 in Chicago is the 30th in UTC; a list that shows it all the same makes no difference."""
    store.set(ignored_filters=[] if heeded else ["min_date_created"])
    evening = placed_at(store, CHICAGO - timedelta(hours=3))
    last_minute = placed_at(store, CHICAGO - timedelta(seconds=30))
    midnight = placed_at(store, CHICAGO)
    integration = connect(store, not_before=CUT_OFF)
    run_sync(integration)
    run_sync(integration)
    assert [order.import_id for order in SalesOrder.objects.all()] == [f"WEB-{midnight}"]
    seen = WebOrder.objects.filter(bigcommerce_order_id__in=[evening, last_minute])
    assert seen.count() == (0 if heeded else 2)
    assert {each.state for each in seen} <= {"ignored"}
    assert {each.reason for each in seen} <= {
        "It was placed on 2025-11-29 in the store's time zone; orders are imported from 2025-11-30 on."
    }
    assert (store.status(evening), store.status(last_minute)) == (NEW, NEW)


def test_the_zone_is_read_with_one_call_before_anything_is_counted(store: SandboxStore) -> None:
    """Not again with the next sync, nor where there is no such day."""
    integration = connect(store, not_before=CUT_OFF)
    run_sync(integration)
    assert paths(store.calls())[:2] == ["GET /v2/store", "GET /v2/orders/count"]
    store.clear_calls()
    run_sync(integration)
    assert "GET /v2/store" not in paths(store.calls())
    WebIntegration.objects.update(not_before=None)
    StoreState.objects.update(zone_asked_at=None)
    run_sync(integration)
    assert "GET /v2/store" not in paths(store.calls())


def test_without_the_permission_nothing_is_imported_and_the_reason_names_it(store: SandboxStore) -> None:
    """What is imported goes on; the permission given, the orders come."""
    store.set(scopes=["store_v2_orders"])
    (first,) = store.place(1, kind="guest")
    integration = connect(store)
    run_sync(integration)
    WebIntegration.objects.update(not_before=timezone.now().date() - timedelta(days=3))
    (order_id,) = store.place(1, kind="guest")
    ship(first)
    trouble = tried(integration).trouble
    assert trouble is not None
    assert "“Information & settings: read-only”" in trouble.sentence
    assert SalesOrder.objects.count() == 1
    assert len(store.order(first)["shipments"]) == 1
    (item,) = attention()
    assert (item.code, item.sentence) == ("time_zone", trouble.sentence)
    assert store.status(order_id) == NEW
    store.set(scopes=["store_v2_orders", "store_v2_information_read_only"])
    run_sync(integration)
    assert sales_order(order_id)
    assert store.status(order_id) == DOWNLOADED
    assert attention() == []


@pytest.mark.parametrize(
    "zone",
    [
        {},
        {"timezone": None},
        {"timezone": {"name": "Nowhere/Else"}},
        {"timezone": {"name": "Nowhere/Else", "raw_offset": -21600, "dst_offset": -18000, "dst_correction": True}},
        {"timezone": {"raw_offset": 10**9}},
    ],
)
def test_a_zone_that_nobody_knows_keeps_all_orders_out(store: SandboxStore, zone: dict[str, Any]) -> None:
    """Also one of which only two offsets are known, since a day has one of them. What is wanted by number comes."""
    order_id = placed_at(store, CHICAGO + timedelta(days=300))
    wanted = placed_at(store, CHICAGO - timedelta(days=300))
    says(store, **zone)
    integration = connect(store, not_before=CUT_OFF)
    trouble = tried(integration).trouble
    assert trouble is not None
    assert trouble.code == "time_zone"
    assert not SalesOrder.objects.exists()
    import_this_one(integration, wanted, by="Ada")
    tried(integration)
    assert sales_order(wanted)
    assert not WebOrder.objects.filter(bigcommerce_order_id=order_id).exists()


def test_a_store_that_cannot_tell_its_zone_now_is_asked_again(store: SandboxStore) -> None:
    """In trouble for a moment: nothing is imported by another day meanwhile."""
    order_id = placed_at(store, CHICAGO + timedelta(days=1))
    store.fault("GET", "^/v2/store$", status=503, times=1)
    integration = connect(store, not_before=CUT_OFF)
    assert tried(integration).not_now is not None
    assert not SalesOrder.objects.exists()
    run_sync(integration)
    assert sales_order(order_id)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ({"name": "US/Central"}, CHICAGO),
        ({"name": "Etc/GMT+6"}, CHICAGO),
        ({"raw_offset": -21600}, CHICAGO),
        (
            {"name": "Custom", "raw_offset": 19800, "dst_offset": 19800, "dst_correction": False},
            CHICAGO - timedelta(hours=11, minutes=30),
        ),
    ],
)
def test_older_names_and_offsets_alone_are_understood(
    store: SandboxStore, zone: dict[str, Any], midnight: datetime
) -> None:
    """Where an offset holds all year."""
    before, after = placed_at(store, midnight - timedelta(seconds=30)), placed_at(store, midnight)
    says(store, timezone=zone)
    run_sync(connect(store, not_before=CUT_OFF))
    assert not WebOrder.objects.filter(bigcommerce_order_id=before).exists()
    assert sales_order(after)


@pytest.mark.parametrize("by", ["an hour", "the test"])
def test_a_store_that_moves_begins_its_day_elsewhere(store: SandboxStore, by: str) -> None:
    """Noticed within the hour, or with the test of the connection; the orders are listed anew."""
    order_id = placed_at(store, CHICAGO - timedelta(hours=3))
    integration = connect(store, not_before=CUT_OFF)
    run_sync(integration)
    assert not SalesOrder.objects.exists()
    store.set(time_zone="Asia/Tokyo")
    if by == "an hour":
        StoreState.objects.update(zone_asked_at=timezone.now() - timedelta(hours=1))
    else:
        assert all(check.ok for check in test_connection(fresh(integration)))
    run_sync(integration)
    assert sales_order(order_id)
    assert home_of(fresh(integration)) == "US"


def test_an_earlier_day_lets_in_what_was_left_alone(store: SandboxStore) -> None:
    """Where the store listed it all the same."""
    store.set(ignored_filters=["min_date_created"])
    order_id = placed_at(store, CHICAGO - timedelta(hours=3))
    integration = connect(store, not_before=CUT_OFF)
    run_sync(integration)
    assert web_order(order_id).state == "ignored"
    changed = fresh(integration)
    changed.not_before = CUT_OFF - timedelta(days=1)
    save_integration(changed, by="Ada")
    run_sync(integration)
    assert sales_order(order_id)


def test_an_order_before_the_day_is_imported_when_someone_wants_it(store: SandboxStore) -> None:
    """And updated like any other from then on, whatever the day."""
    order_id = placed_at(store, CHICAGO - timedelta(days=30))
    integration = connect(store, not_before=CUT_OFF)
    run_sync(integration)
    import_this_one(integration, order_id, by="Ada")
    run_sync(integration)
    assert sales_order(order_id)
    store.edit(order_id, customer_message="Please hurry", status_id=NEW)
    run_sync(integration)
    assert sales_order(order_id).customer_message == "Please hurry"
    store.clear_calls()
    run_sync(integration)
    assert len(store.calls()) == 2


def test_the_connection_test_says_that_the_zone_is_none(store: SandboxStore) -> None:
    """A note where no day depends on it."""
    says(store, timezone={"name": "Nowhere/Else"})
    integration = connect(store)
    (check,) = [each for each in test_connection(integration) if not each.ok]
    assert (check.note, "“Nowhere/Else”" in check.sentence) == (True, True)
    integration.not_before = CUT_OFF
    (check,) = [each for each in test_connection(integration) if not each.ok]
    assert not check.note
    assert isinstance(tried(integration).trouble, StoreTrouble | None)
