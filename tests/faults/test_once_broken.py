"""What a fault broke once, so that it never does again."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone
from faults.answers import ENDPOINTS, once
from faults.environment import FaultEnvironment, How
from faults.kills import shipment
from faults.malformed import WHOLE_ORDER
from faults.tally import Tally

from counterfoil.bigcommerce.client import LARGEST_LIST
from counterfoil.stores.models import LogEntry, StoreState, WebOrder, WebShipment
from counterfoil.stores.weborders.changes import LEFT_OUT, OVERLAPS_FOR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("point", [45, 47])
def test_a_database_that_is_read_only_for_a_moment_leaves_nothing_to_a_person(
    hit: FaultEnvironment, point: int
) -> None:
    """A standby that has just taken over refuses writes: the shipment waits, and is sent by the next sync."""
    hit.fresh()
    act, given = shipment(hit)
    hit.children.run(act, error="read only", at=point, **{"with": given})
    tally = Tally("R10", "read only")
    tally.add(hit.verdict() if hit.sync_until_idle() else [], 0, "")
    assert tally.notes == []


def test_an_order_with_a_date_in_a_far_future_hides_none_that_come_after_it(hit: FaultEnvironment) -> None:
    """What changed is asked for from the last change on: a wrong date of one order is none."""
    integration = hit.fresh()
    order_id = hit.place()
    document = hit.store.api("GET", f"/v2/orders/{order_id}").json()
    hit.store.place_raw(document | {"id": order_id + 1, "date_modified": "Tue, 01 Jan 2999 00:00:00 +0000"})
    hit.sync_until_idle()
    late = hit.place()
    hit.sync_until_idle()
    assert WebOrder.objects.get(bigcommerce_order_id=late).state == "imported"
    assert StoreState.objects.get(integration=integration).seen_until < timezone.now() + timedelta(days=1)


def test_a_light_list_that_is_too_much_for_the_store_is_made_smaller(hit: FaultEnvironment) -> None:
    """A store that cannot answer for 250 orders at once is asked for 25; nothing waits for a person."""
    hit.fresh()
    for _ in range(3):
        hit.place()
    hit.sync_until_idle()
    hit.store.fault("GET", "/orders$", query="limit=250", status=503)
    late = hit.place()
    hit.sync_until_idle()
    hit.store.clear_faults()
    assert WebOrder.objects.get(bigcommerce_order_id=late).state == "imported"
    assert hit.verdict() == []


@pytest.mark.parametrize(("endpoint", "answer"), [("delete a shipment", "404"), ("order counts", "10 MB")])
def test_a_store_that_is_wrong_for_a_moment_is_asked_again(hit: FaultEnvironment, endpoint: str, answer: str) -> None:
    """It says that a shipment is gone, and lists it; it says how many orders it has, in ten megabytes."""
    tally = Tally("R3", "an answer")
    (there,) = (each for each in ENDPOINTS if each.name == endpoint)
    once(hit, tally, there, answer, How())
    assert tally.notes == []


def test_a_store_in_trouble_for_a_moment_hides_no_order_from_the_light_list(hit: FaultEnvironment) -> None:
    """Four refusals in a row look like an order that cannot be shown; it is asked for once more, and was shipped."""
    hit.fresh()
    shipped = hit.place()
    hit.sync_until_idle()
    hit.store.ship(shipped)
    hit.store.set(clock_offset_seconds=2.0)  # its dates have whole seconds
    hit.place()
    hit.store.fault("GET", "/orders$", query="sort=date_modified", status=503, times=4)
    hit.sync_until_idle()
    assert WebShipment.objects.filter(web_order__bigcommerce_order_id=shipped).exists()
    assert hit.verdict() == []


def test_an_order_that_one_poll_could_not_see_is_looked_for_by_the_next(hit: FaultEnvironment) -> None:
    """The store refuses all that shows one order, until the poll is over; others stand behind it."""
    integration = hit.fresh()
    shipped = hit.place()
    hit.sync_until_idle()
    hit.store.ship(shipped)
    hit.store.set(clock_offset_seconds=2.0)  # its dates have whole seconds
    hit.place()
    hit.store.fault("GET", "/orders$", query="sort=date_modified.*(limit=2|page=1&)", status=503)
    hit.run_sync()
    state = StoreState.objects.get(integration=integration)
    assert state.left_out_at is not None
    hit.store.clear_faults()
    hit.sync_until_idle()
    assert WebShipment.objects.filter(web_order__bigcommerce_order_id=shipped).exists()
    assert StoreState.objects.get(integration=integration).left_out_at is None
    assert hit.verdict() == []


def test_an_order_that_is_never_shown_is_left_out_for_good_after_ten_minutes(hit: FaultEnvironment) -> None:
    """What stands behind it is seen all the while; then a line in the log says how to find out about it."""
    integration = hit.fresh()
    first = hit.place()
    document = hit.store.api("GET", f"/v2/orders/{first}?{WHOLE_ORDER}").json()
    hit.sync_until_idle()
    large = {"id": first + 1, "staff_notes": "x" * (LARGEST_LIST + 1), "date_modified": format_datetime(timezone.now())}
    hit.store.place_raw(document | large)
    hit.store.set(clock_offset_seconds=2.0)  # its dates have whole seconds
    late = hit.place()
    hit.sync_until_idle()
    state = StoreState.objects.get(integration=integration)
    assert state.left_out_at is not None
    assert WebOrder.objects.get(bigcommerce_order_id=late).status_seen is not None
    StoreState.objects.update(left_out_at=state.left_out_at - OVERLAPS_FOR)
    hit.run_sync()
    assert LogEntry.objects.filter(text=LEFT_OUT).count() == 1
    assert StoreState.objects.get(integration=integration).seen_until > state.seen_until


@pytest.mark.parametrize("gap", [0, 1, 40])
def test_an_order_too_large_for_every_list_hides_none_that_come_after_it(hit: FaultEnvironment, gap: int) -> None:
    """Not even the light list shows it: its id is found out, it needs a person, and all others are imported."""
    hit.fresh()
    first = hit.place()
    document = hit.store.api("GET", f"/v2/orders/{first}?{WHOLE_ORDER}").json()
    large = first + gap + 1
    hit.store.place_raw(document | {"id": large, "staff_notes": "x" * (LARGEST_LIST + 1)})
    late = hit.store.place_raw(document | {"id": large + gap + 1})
    hit.run_sync()
    states = dict(WebOrder.objects.values_list("bigcommerce_order_id", "state"))
    assert states == {first: "imported", large: "not_imported", late: "imported"}
