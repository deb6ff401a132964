"""One order that cannot be read, or that the program fails on, stops no other; what became of it stands with it."""

from contextlib import closing
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId, TryAgain
from counterfoil.intake.fetching import orders as fetching
from counterfoil.intake.fetching.orders import read_one
from counterfoil.intake.importing.import_order import import_order
from counterfoil.platform.worker.sync import sync_store
from counterfoil.stores.attention.actions import retry_group
from counterfoil.stores.attention.items import AttentionItem, attention
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.models import Payload, StoreState, WebIntegration, WebOrder, WebOrderState
from counterfoil.stores.sync.session import open_session
from tests.factories import DOWNLOADED, ERROR, NEW, connect, fresh, run_sync, sales_order, web_order
from tests.intake.defects import keep_again, refuse_to_keep
from tests.sandbox_store import SandboxStore, paths

pytestmark = pytest.mark.django_db
MANY_LINES = "over_fifty_lines"
"""An order whose lines beyond the fiftieth are read with a call of their own."""


def the_only_one(order_id: int) -> AttentionItem:
    """What needs attention, which is this order alone."""
    (item,) = attention()
    assert item.import_id == f"WEB-{order_id}"
    return item


def stopped_once(store: SandboxStore) -> tuple[int, WebIntegration]:
    """An order that a defect kept out, which is repaired now."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    refuse_to_keep(order_id)
    run_sync(integration)
    keep_again()
    return order_id, integration


def test_a_defect_stops_its_order_alone_and_the_store_is_told_nothing(store: SandboxStore) -> None:
    """The trace is for whoever maintains the program; once it is repaired, retry imports the order."""
    before, order_id, after = store.place(3, kind="guest")
    integration = connect(store)
    refuse_to_keep(order_id)
    done = run_sync(integration)
    assert done.imports.outcomes == {"Imported": 2, "NotImported": 1}
    assert sales_order(before)
    assert sales_order(after)
    item = the_only_one(order_id)
    assert (item.code, item.sentence) == ("defect", "An error in Counterfoil stopped this order. Nothing was lost.")
    assert "planted" in item.trace
    assert (store.status(order_id), store.status(before)) == (NEW, DOWNLOADED)
    keep_again()
    assert retry_group() == 1
    run_sync(integration)
    assert sales_order(order_id)
    assert attention() == []
    assert (store.status(order_id), web_order(order_id).trace) == (DOWNLOADED, "")


def test_a_defect_during_a_retry_is_listed_as_well(store: SandboxStore) -> None:
    """The order waits since it first did."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    refuse_to_keep(order_id)
    run_sync(integration)
    since = the_only_one(order_id).since
    retry_group()
    run_sync(integration)
    item = the_only_one(order_id)
    assert (item.code, item.since, item.is_tried) == ("defect", since, False)


def test_lines_that_the_store_has_no_more_keep_only_their_order_out(store: SandboxStore) -> None:
    """An order may be deleted between the list and the call for its lines: then the store is told nothing of it."""
    (order_id,) = store.place(1, kind=MANY_LINES)
    (other,) = store.place(1, kind="guest")
    store.fault("GET", f"^/v2/orders/{order_id}/products", status=404)
    done = run_sync(connect(store))
    assert done.imports.outcomes == {"Imported": 1, "NotImported": 1}
    assert sales_order(other)
    assert the_only_one(order_id).sentence == "BigCommerce doesn’t have this order."
    assert store.status(order_id) == NEW


def test_lines_that_cannot_be_read_keep_only_their_order_out_and_the_store_says_so(store: SandboxStore) -> None:
    """What comes in the lines' place is no list of lines: a person has to look."""
    (order_id,) = store.place(1, kind=MANY_LINES)
    (other,) = store.place(1, kind="guest")
    store.fault("GET", f"^/v2/orders/{order_id}/products", status=200, body=[{"id": "no number"}])
    run_sync(connect(store))
    assert sales_order(other)
    the_only_one(order_id)
    assert store.status(order_id) == ERROR


def test_lines_that_cannot_be_read_now_are_read_with_a_later_sync(store: SandboxStore) -> None:
    """The other orders go on; nobody needs to do anything."""
    (order_id,) = store.place(1, kind=MANY_LINES)
    (other,) = store.place(1, kind="guest")
    integration = connect(store)
    path = f"^/v2/orders/{order_id}/products"
    store.fault("GET", path, status=200, body={"no": "list"})
    run_sync(integration)
    assert sales_order(other)
    assert (attention(), web_order(order_id).state) == ([], WebOrderState.UNDECIDED)
    assert web_order(order_id).read_again.startswith("It could not be read completely: ")
    run_sync(integration)
    assert web_order(order_id).read_again.startswith("It could not be read completely: ")
    store.clear_faults()
    run_sync(integration)
    assert sales_order(order_id)
    assert web_order(order_id).read_again == ""


def test_an_order_that_was_deleted_before_its_retry_says_so(store: SandboxStore) -> None:
    """It is in the store no more, so that there is nothing to be told."""
    order_id, integration = stopped_once(store)
    store.delete(order_id)
    retry_group()
    run_sync(integration)
    item = the_only_one(order_id)
    assert (item.code, item.sentence) == ("not_in_store", "BigCommerce doesn’t have this order.")
    assert item.trace == ""


def test_an_order_that_went_on_in_the_store_before_its_retry_is_not_imported(store: SandboxStore) -> None:
    """Someone took care of it there; it is listed as ignored, with that reason."""
    order_id, integration = stopped_once(store)
    store.edit(order_id, status_id=StatusId.COMPLETED)
    retry_group()
    run_sync(integration)
    order = WebOrder.objects.get()
    assert order.state == WebOrderState.IGNORED
    assert order.reason == "The order is Completed in BigCommerce, which isn’t a new order status."
    assert attention() == []


def test_the_store_is_told_of_an_order_that_cannot_be_read_and_it_is_read_once(store: SandboxStore) -> None:
    """Nothing but the date of its last change has to be readable for that; a new version is tried again."""
    broken = store.place(2, kind="guest")
    integration = connect(store)
    store.edit(broken[0], total_inc_tax="abc", raw=True)
    store.edit(broken[1], items_total="many", raw=True)
    run_sync(integration)
    assert [store.status(order_id) for order_id in broken] == [ERROR, ERROR]
    store.clear_calls()
    run_sync(integration)
    assert [path for path in paths(store.calls()) if "/orders/1" in path] == []
    store.edit(broken[1], items_total=1, status_id=NEW, raw=True)
    run_sync(integration)
    assert sales_order(broken[1])
    assert the_only_one(broken[0]).code == "unreadable"


def test_a_later_version_that_cannot_be_read_leaves_the_order_and_is_told_to_the_store(
    store: SandboxStore,
) -> None:
    """The sales order stays as it was; what is wrong is listed."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    run_sync(integration)
    total = sales_order(order_id).total
    store.edit(order_id, total_inc_tax="abc", status_id=NEW, raw=True)
    run_sync(integration)
    assert the_only_one(order_id).code == "unreadable"
    assert (sales_order(order_id).total, store.status(order_id)) == (total, ERROR)


def test_an_order_of_which_not_even_the_last_change_can_be_read_is_told_as_well(store: SandboxStore) -> None:
    """The lists do not show it, so nothing newer is known of it."""
    raw = b'{"id": 990001, "status_id": 11, "date_created": "soon", "date_modified": "soon"}'
    order_id = store.place_raw(raw, order_id=990001)
    run_sync(connect(store))
    assert the_only_one(order_id).code == "unreadable"
    assert web_order(order_id).modified_read is None
    assert [call["path"] for call in store.calls() if call["method"] == "PUT"] == [f"/v2/orders/{order_id}"]


def test_a_version_read_before_our_own_write_decides_nothing(store: SandboxStore) -> None:
    """It is read again, and only then decided on."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    run_sync(integration)
    with open_session(fresh(integration), seconds=60) as there:
        kept = read_one(there.integration, there.api, order_id)
        WebOrder.objects.update(written_at=timezone.now())
        assert import_order(there.integration, kept.web_order_id) is None
    assert web_order(order_id).read_again == "It was read before our last change to it was finished."
    run_sync(integration)
    assert web_order(order_id).read_again == ""


LIST, LIGHT = {"query": "include="}, {"query": "sort=id(:|%3A)asc"}


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ([{"status": 429}], r"\(status 429\)"),
        ([LIST | {"body": {}}, LIGHT | {"status": 429}], r"\(status 429\)"),
        ([{"cut": "before"}], "was lost before it responded"),
        ([{"body": {}}], "couldn’t be read"),
    ],
)
def test_a_list_that_fails_in_every_size_is_trouble_of_the_store(
    store: SandboxStore, faults: list[dict[str, Any]], words: str
) -> None:
    """No order is blamed for it."""
    store.place(2, kind="guest")
    integration = connect(store)
    for fault in faults:
        store.fault("GET", "^/v2/orders$", **{"status": 200} | fault)
    with open_session(fresh(integration), seconds=60, quota_wait=0) as there, pytest.raises(TryAgain, match=words):
        list(fetching.list_new_orders(integration, there.api))
    assert not WebOrder.objects.exists()


def test_a_new_order_waits_for_none_that_were_refused_before(store: SandboxStore) -> None:
    """They stay in a new order status where the store does not take another one, and each list shows them first."""
    integration = connect(store)
    refused = store.place(3, kind="guest", total_inc_tax="1.0000")
    store.fault("PUT", "/orders/", status=422)
    run_sync(integration)
    before = {each: web_order(each).decided_at for each in refused}
    (new,) = store.place(1, kind="guest")
    run_sync(integration)
    after = {each: web_order(each).decided_at for each in refused}
    assert all(after[each] > before[each] for each in refused)
    assert web_order(new).decided_at < min(after.values())


def test_those_that_were_refused_take_turns(store: SandboxStore) -> None:
    """Whoever was decided on longest ago comes first, so that each has its turn where time runs out."""
    integration = connect(store)
    refused = store.place(3, kind="guest", total_inc_tax="1.0000")
    run_sync(integration)
    last, first, second = (web_order(each) for each in refused)
    now = timezone.now()
    for age, each in enumerate((last, second, first), start=1):
        WebOrder.objects.filter(pk=each.pk).update(decided_at=now - timedelta(hours=age))
    integration = fresh(integration)
    integration.state.listed_at = now - timedelta(minutes=1)
    Payload.objects.update(read_at=now)
    WebOrder.objects.update(status_seen=NEW)
    assert [each.web_order_id for each in fetching.listed_unchanged(integration)] == [first.pk, second.pk, last.pk]


@pytest.fixture
def cramped(store: SandboxStore) -> SandboxStore:
    """A store that sends two orders on a page."""
    store.set(most_of_a_page=2)
    return store


def listed(integration: WebIntegration, pages: int) -> list[int]:
    """What so many pages of a list show, before its time runs out."""
    with (
        open_session(integration, seconds=60) as there,
        closing(fetching.list_new_orders(there.integration, there.api)) as found,
    ):
        return [kept.bigcommerce_order_id for page in islice(found, pages) for kept in page]


def test_a_list_that_ran_out_of_time_goes_on_where_it_was(cramped: SandboxStore) -> None:
    """One that takes longer than a sync would else show the same orders each time, and never the last."""
    first, second = cramped.place(3), cramped.place(3)
    for order_id in second:
        cramped.edit(order_id, status_id=StatusId.AWAITING_PICKUP)
    integration = connect(cramped, new_statuses=[NEW, StatusId.AWAITING_PICKUP])
    shown = [listed(fresh(integration), pages) for pages in (1, 2, 9)]
    assert shown == [first[:2], [first[2], *second[:2]], second[2:]]
    assert fresh(integration).state.list_began_at is None
    assert listed(fresh(integration), 9) == [*first, *second]


def test_a_list_that_the_store_broke_off_goes_on_where_it_was(cramped: SandboxStore) -> None:
    """What came before the failure is imported, and not listed again."""
    placed = cramped.place(6)
    integration = connect(cramped)
    cramped.fault("GET", "^/v2/orders$", query=f"min_id={placed[1] + 1}&", header_only_retry=1)
    sync_store(fresh(integration), seconds=60, quota_wait=0)
    imported = WebOrder.objects.filter(state=WebOrderState.IMPORTED).order_by("pk")
    assert sorted(imported.values_list("bigcommerce_order_id", flat=True)) == placed[:2]
    cramped.clear_faults()
    assert listed(fresh(integration), 9) == placed[2:]


def test_a_list_that_changed_settings_overtook_begins_anew(cramped: SandboxStore) -> None:
    """An earlier first day lets orders in that the list has passed already."""
    placed = cramped.place(5)
    integration = connect(cramped)
    with open_session(fresh(integration), seconds=60) as there:
        with closing(fetching.list_new_orders(there.integration, there.api)) as found:
            next(found)
            save_integration(fresh(integration), by="Kim")
        assert there.integration.state.list_began_at is not None
    assert fresh(integration).state.list_began_at is None
    assert listed(fresh(integration), 9) == placed


def test_a_list_that_a_killed_process_began_is_a_whole_one(cramped: SandboxStore) -> None:
    """Where the list before it ended says nothing of where this one was."""
    placed = cramped.place(4)
    integration = connect(cramped)
    assert listed(fresh(integration), 9) == placed
    with open_session(fresh(integration), seconds=60) as there:
        found = fetching.list_new_orders(there.integration, there.api)
        StoreState.objects.filter(integration=integration).update(list_min_id=placed[-1] + 1)
        next(found)
        began = fresh(integration).state
        assert (began.list_began_at is not None, began.list_min_id) == (True, 1)
        found.close()
