"""The store's orders against the sales orders: each difference is found, explained, and resolved by its action."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId, StoreTrouble, TryAgain
from counterfoil.intake.reconciliation.run import (
    _moments,
    ask_for_reconciliation,
    ask_for_the_nights,
    go_on_reconciling,
    usual_period,
)
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import Difference, DifferenceKind, Reconciliation, StoreState, WebIntegration, WebOrder
from counterfoil.stores.reconciliation.resolve import RESOLVE_BUTTONS, resolve, resolve_all
from counterfoil.stores.sync.session import open_session
from tests.dispatch.factories import imported, place, ship
from tests.factories import DOWNLOADED, connect, fresh, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def reconcile(integration: WebIntegration, **options: Any) -> Reconciliation:
    """The usual days, compared to the end, and nothing else done at the store."""
    found = ask_for_reconciliation(fresh(integration), *usual_period(fresh(integration)), by="clerk")
    go_on(integration, **options)
    found.refresh_from_db()
    return found


def go_on(integration: WebIntegration, **options: Any) -> None:
    """Compares from where it stopped, and does nothing else at the store."""
    with open_session(fresh(integration), **{"seconds": 60.0} | options) as there:
        go_on_reconciling(there)


def off(found: Reconciliation) -> dict[int, str]:
    """What is off, by order."""
    return dict(found.differences.filter(is_off=True).values_list("bigcommerce_order_id", "kind"))


def explained(found: Reconciliation) -> set[str]:
    """What kinds of differences have their explanation."""
    return set(found.differences.filter(is_off=False).values_list("kind", flat=True))


def the_one(found: Reconciliation) -> Difference:
    return found.differences.select_related("reconciliation__integration").get()


def test_where_all_is_well_everything_is_alike_in_one_call(store: SandboxStore) -> None:
    """Orders that stand outside import are counted, and no difference."""
    integration = connect(store)
    store.place(12)
    store.place(2, status_id=StatusId.AWAITING_PAYMENT)
    run_sync(integration)
    found = reconcile(integration)
    assert (found.orders, found.alike, found.outside, found.calls) == (14, 12, 2, 1)
    assert not found.differences.exists()
    assert found.ended_at


def test_an_order_that_was_never_imported_is_missing_and_comes_with_a_press(store: SandboxStore) -> None:
    """Someone shipped it in the store without its ever having been in a new order status."""
    integration = connect(store)
    (number,) = store.place(1, kind="guest", status_id=StatusId.SHIPPED)
    run_sync(integration)
    found = reconcile(integration)
    assert off(found) == {number: "missing"}
    assert "It’s Shipped in the store and was never imported." in the_one(found).sentence
    resolve(the_one(found), by="clerk")
    resolve(the_one(found), by="clerk")  # a second press does nothing
    run_sync(integration)
    assert sales_order(number)
    assert the_one(found).mended == "Requested by clerk."
    assert not off(reconcile(integration))


def test_what_waits_is_explained_and_what_should_have_come_is_off(store: SandboxStore) -> None:
    """A new order that no list has shown is off as soon as the new order status was listed after it was changed."""
    integration = connect(store)
    run_sync(integration)
    (number,) = store.place(1, kind="guest")
    found = reconcile(integration)
    assert (off(found), explained(found)) == ({}, {"waiting"})
    StoreState.objects.update(listed_at=timezone.now() + timedelta(hours=1))
    assert off(reconcile(integration)) == {number: "missing"}
    StoreState.objects.update(listed_at=timezone.now() - timedelta(days=1))
    WebIntegration.objects.update(paused=True)
    assert "paused" in the_one(reconcile(integration)).sentence


def test_what_is_not_imported_or_ignored_says_why(store: SandboxStore) -> None:
    """Their reasons stand in the rows; nothing of it is off, since it is known."""
    integration = connect(store, unknown_product="refuse")
    (number,) = store.place(1, kind="guest")
    run_sync(integration)
    found = reconcile(integration)
    assert (off(found), explained(found)) == ({}, {"not_imported"})
    assert web_order(number).reason in the_one(found).sentence


def test_a_total_that_was_edited_in_the_store_is_taken_over_with_a_press(store: SandboxStore) -> None:
    """Both totals are shown; the import that follows is an update of the same sales order."""
    number, integration = imported(store)
    lines = store.order(number)["lines"]
    store.edit(number, lines=[{"id": lines[0]["id"], "quantity": 9}, *({"id": each["id"]} for each in lines[1:])])
    run_sync(integration)
    found = reconcile(integration)
    assert off(found) == {number: "total"}
    row = the_one(found)
    assert row.ours != row.theirs
    assert row.ours in row.sentence
    resolve(row, by="clerk")
    run_sync(integration)
    run_sync(integration)
    assert not off(reconcile(integration))
    assert SalesOrder.objects.count() == 1


def test_a_status_that_fell_back_is_set_again_and_one_that_went_on_is_explained(store: SandboxStore) -> None:
    """Back where it stood before ours: off. Another one: someone's decision."""
    number, integration = imported(store)
    before = web_order(number).updates.get().onto
    integration.new_statuses = [StatusId.AWAITING_PICKUP]  # so that it is not simply imported again
    integration.save()
    store.edit(number, status_id=before)
    run_sync(integration)
    found = reconcile(integration)
    assert off(found) == {number: "status"}
    resolve(the_one(found), by="clerk")
    run_sync(integration)
    assert store.status(number) == DOWNLOADED
    assert not off(reconcile(integration))
    store.edit(number, status_id=StatusId.COMPLETED)
    run_sync(integration)
    found = reconcile(integration)
    assert (off(found), explained(found)) == ({}, {"status"})
    assert "Someone has changed it there since." in the_one(found).sentence


def test_a_shipment_on_its_way_is_explained_and_one_that_was_deleted_leads_to_attention(store: SandboxStore) -> None:
    """What we shipped and the store does not show."""
    number, integration = imported(store)
    ship(number, carrier="ups", tracking_number="1Z1")
    found = reconcile(integration)
    assert (off(found), explained(found)) == ({}, {"shipment_there"})
    run_sync(integration)
    assert not off(reconcile(integration))
    (shipment,) = store.control("GET", f"/orders/{number}")["shipments"]
    store.api("DELETE", f"/v2/orders/{number}/shipments/{shipment['id']}")
    found = reconcile(integration)
    assert "shipment_there" in explained(found)
    WebOrder.objects.update(items_shipped_seen=0, shipments_to_read=False)  # as if nobody had noticed
    found = reconcile(integration)
    assert off(found) == {number: "shipment_there"}
    resolve(found.differences.get(kind="shipment_there"), by="clerk")
    assert web_order(number).shipments_to_read


def test_a_shipment_that_others_made_is_read_with_the_next_sync(store: SandboxStore) -> None:
    """And until then it is explained."""
    number, integration = imported(store)
    store.ship(number)
    assert explained(reconcile(integration)) == {"shipment_here"}
    run_sync(integration)
    found = reconcile(integration)
    assert "shipment_here" not in {*off(found).values(), *explained(found)}


def test_an_order_that_the_store_has_no_more_is_off_while_it_is_open_here(store: SandboxStore) -> None:
    """Deleted there, whatever its place among the others; one that was shipped is only told of."""
    integration = connect(store)
    first, middle, last = (place(store, 1) for _ in range(3))
    run_sync(integration)
    for number in (first, middle, last):
        store.delete(number)
    assert off(reconcile(integration)) == {first: "gone", middle: "gone", last: "gone"}


def test_an_order_that_was_imported_twice_is_found(store: SandboxStore) -> None:
    """The database refuses that by import ID; a copy that someone made otherwise is seen all the same."""
    number, integration = imported(store)
    twin = sales_order(number)
    twin.pk, twin.number, twin.import_id = None, 999_999, None
    twin.save()
    assert off(reconcile(integration)) == {number: "doubled"}


def test_a_call_for_250_orders(store: SandboxStore) -> None:
    """And none for each of them, whatever is off."""
    integration = connect(store)
    store.place(501, kind="guest", status_id=StatusId.SHIPPED)
    StoreState.objects.update(listed_at=timezone.now())
    found = reconcile(integration)
    assert (found.orders, found.calls) == (501, 3)
    assert found.differences.filter(kind=DifferenceKind.MISSING).count() == 501


def test_it_goes_on_where_a_session_ended_and_makes_a_page_smaller_that_is_too_much(store: SandboxStore) -> None:
    """A store that is in trouble is asked again in the next sync; nothing is compared twice."""
    integration = connect(store)
    store.place(30, kind="guest", status_id=StatusId.SHIPPED)
    store.fault("GET", "/orders", status=503, times=1)
    found = reconcile(integration)
    assert (found.orders, found.differences.count(), found.calls) == (30, 30, 3)  # 250 fails; then 25 and 5
    store.fault("GET", "/orders", status=429, header_only_retry=1, times=1)
    with pytest.raises(TryAgain):
        reconcile(integration)
    with open_session(fresh(integration), seconds=0) as there:
        go_on_reconciling(there)  # no time at all
    unfinished = Reconciliation.objects.get(ended_at=None)
    assert not unfinished.orders
    with pytest.raises(Refused, match="already being compared"):
        ask_for_reconciliation(integration, *usual_period(fresh(integration)))
    run_sync(integration)
    unfinished.refresh_from_db()
    assert (unfinished.orders, unfinished.is_under_way) == (30, False)


def test_a_period_is_days_of_the_store_and_begins_with_the_cut_off(store: SandboxStore) -> None:
    """The same moment is one day in Kiritimati and an earlier one in Pago Pago, 25 hours behind."""
    integration = connect(store)
    (number,) = store.place(1, kind="guest", status_id=StatusId.SHIPPED)
    east, west = (timezone.now().astimezone(ZoneInfo(f"Pacific/{name}")).date() for name in ("Kiritimati", "Pago_Pago"))

    def missing(zone: str, day: date) -> set[int]:
        StoreState.objects.update(time_zone=f"Pacific/{zone}")
        ask_for_reconciliation(fresh(integration), day, day)
        with open_session(fresh(integration), seconds=60) as there:
            go_on_reconciling(there)
        return set(off(Reconciliation.objects.latest("pk")))

    assert (missing("Kiritimati", east), missing("Kiritimati", west)) == ({number}, set())
    assert (missing("Pago_Pago", east), missing("Pago_Pago", west)) == (set(), {number})
    WebIntegration.objects.update(not_before=date(2026, 3, 2))
    with pytest.raises(Refused, match="imported from 2026-03-02 on"):
        ask_for_reconciliation(fresh(integration), date(2026, 3, 1), date(2026, 3, 1))
    with pytest.raises(Refused, match="ends before it starts"):
        ask_for_reconciliation(fresh(integration), date(2026, 3, 5), date(2026, 3, 4))


def test_each_night_has_its_own_once(store: SandboxStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """After three o'clock in the store's time zone, for stores that are read and want it."""
    connect(store)
    StoreState.objects.update(time_zone="UTC", visited_at=timezone.now())
    moment = timezone.now().replace(hour=2, minute=59)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    ask_for_the_nights()
    assert not Reconciliation.objects.exists()
    moment = moment.replace(hour=3, minute=1)
    for _ in range(3):
        ask_for_the_nights()
    night = Reconciliation.objects.get()
    assert (night.asked_by, (night.last_day - night.first_day).days) == ("", 7)
    Reconciliation.objects.update(ended_at=moment, asked_at=moment)
    ask_for_the_nights()
    assert Reconciliation.objects.count() == 1
    moment += timedelta(days=1)
    WebIntegration.objects.update(reconcile_nightly=False)
    ask_for_the_nights()
    assert Reconciliation.objects.count() == 1


def test_each_kind_has_a_button_or_leads_to_the_order(store: SandboxStore) -> None:
    """Those that only a person can decide refuse the press."""
    integration = connect(store)
    found = Reconciliation.objects.create(integration=integration, first_day="2026-01-01", last_day="2026-01-02")
    rows = [
        Difference.objects.create(
            reconciliation=found, kind=kind, is_off=True, bigcommerce_order_id=number, sentence="It differs."
        )
        for number, kind in enumerate(DifferenceKind, start=1)
        if kind not in RESOLVE_BUTTONS
    ]
    for row in rows:
        with pytest.raises(Refused, match="no button"):
            resolve(row, by="clerk")
    assert resolve_all(rows, by="clerk") == 0


def test_a_list_that_no_store_can_deliver_ends_the_comparison_with_a_sentence(store: SandboxStore) -> None:
    """However few orders are asked for at once; nobody waits for it any longer."""
    integration = connect(store)
    store.place(3)
    store.fault("GET", "^/v2/orders$", status=200, body={"no": "list"})
    found = reconcile(integration)
    assert not found.is_under_way
    assert "couldn’t" in found.trouble
    assert found.next_step == "Compare a shorter period, and check the orders in BigCommerce."


def test_trouble_with_the_store_itself_is_counted_and_the_comparison_goes_on_later(store: SandboxStore) -> None:
    """The calls that it took stand with it."""
    integration = connect(store)
    store.fault("GET", "^/v2/orders$", status=401)
    with pytest.raises(StoreTrouble):
        reconcile(integration)
    found = Reconciliation.objects.get()
    assert (found.is_under_way, found.calls > 0) == (True, True)


@pytest.mark.parametrize("ignored", [[], ["min_id"], ["min_date_created"]])
def test_a_store_that_sends_fewer_orders_than_asked_for_is_compared_to_the_end(
    store: SandboxStore, ignored: list[str]
) -> None:
    """Nothing is called gone that a later page shows; a list that begins anew each time ends."""
    store.set(plan="enterprise")
    integration = connect(store)
    numbers = store.place(25, kind="registered")
    run_sync(integration)
    store.set(most_of_a_page=None if "min_id" in ignored else 10, ignored_filters=ignored)
    found = reconcile(integration)
    assert (found.orders, found.alike) == (len(numbers), len(numbers))
    assert off(found) == {}


def test_a_day_whose_last_hour_is_there_twice_is_compared_to_its_end() -> None:
    """In Santiago clocks go back at midnight: the day that began at 03:00 UTC ends at 04:00 UTC."""
    made = WebIntegration(pk=1, code="WEB-")
    made.state = StoreState(integration=made, time_zone="America/Santiago")
    day = date(2025, 4, 5)
    first, last = _moments(Reconciliation(first_day=day, last_day=day), made)
    assert (first.astimezone(UTC), last) == (
        datetime(2025, 4, 5, 3, tzinfo=UTC),
        datetime(2025, 4, 6, 3, 59, 59, tzinfo=UTC),
    )
