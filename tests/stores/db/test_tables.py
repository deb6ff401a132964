"""Payloads, updates, attention, the cut-off: the tables of the web integrations and what stands on them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counterfoil.bigcommerce import StoreTrouble
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.attention import actions
from counterfoil.stores.attention import items as attention
from counterfoil.stores.integrations.import_window import cut_off, known_zone, zone_of
from counterfoil.stores.integrations.outage import note_trouble, note_well
from counterfoil.stores.log import log
from counterfoil.stores.models import LogEntry, LogKind, Payload, StoreUpdate, UpdateCause, WebOrder
from counterfoil.stores.payloads.keep import keep_payloads
from counterfoil.stores.updates.outbox import ensure_status
from counterfoil.stores.updates.status_targets import status_after_reimport
from tests.sales.factories import placed
from tests.stores.factories import saved, web_order

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 2, tzinfo=UTC)


def test_models_and_migrations_agree() -> None:
    """Nobody forgot a migration."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_page_is_kept_byte_for_byte_in_two_statements() -> None:
    """Bytes that no reader takes among them; in ascending order of id."""
    integration = saved()
    page = {number: bytes([0, 255, number % 256]) for number in range(250, 0, -1)}
    with CaptureQueriesContext(connection) as queries:
        kept = keep_payloads(integration, page, read_at=AT, status_id=11)
    assert len([each for each in queries if "SAVEPOINT" not in each["sql"]]) == 2
    assert [each.bigcommerce_order_id for each in kept] == list(range(1, 251))
    assert {order.bigcommerce_order_id: bytes(order.payload.order) for order in WebOrder.objects.all()} == page
    assert WebOrder.objects.get(bigcommerce_order_id=7).import_id == "WEB-7"


def test_each_version_is_kept_and_the_same_bytes_are_no_new_one() -> None:
    """Seen again: only later. Another, and back again: three versions."""
    integration = saved()
    for hour, body in enumerate([b"one", b"one", b"two", b"one"]):
        keep_payloads(integration, {5: body}, read_at=AT + timedelta(hours=hour))
    versions = [(bytes(each.order), each.read_at.hour) for each in Payload.objects.order_by("pk")]
    assert versions == [(b"one", 1), (b"two", 2), (b"one", 3)]
    assert WebOrder.objects.get().payload == Payload.objects.latest("pk")


def test_an_empty_page_keeps_nothing_and_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert keep_payloads(saved(), {}, read_at=AT) == []
    assert not [each for each in queries if "stores_payload" in each["sql"]]


def test_a_newer_status_takes_the_place_of_a_waiting_one() -> None:
    """In its place: the row stays, its status changes; one being sent is left alone."""
    order = web_order(saved())
    ensure_status(order, 2, UpdateCause.MAPPED)
    first = StoreUpdate.objects.get()
    ensure_status(order, 3, UpdateCause.MAPPED)
    assert (StoreUpdate.objects.get().pk, StoreUpdate.objects.get().status_id) == (first.pk, 3)
    StoreUpdate.objects.update(state="sending")
    ensure_status(order, 4, UpdateCause.MAPPED)
    assert list(StoreUpdate.objects.values_list("status_id", "state")) == [(3, "sending"), (4, "waiting")]


@pytest.mark.parametrize(
    ("waits", "comes", "stays"),
    [
        ("downloaded", "reimported", True),
        ("mapped", "reimported", True),
        ("mapped", "downloaded", True),
        ("downloaded", "mapped", False),
        ("reimported", "downloaded", False),
        ("import_error", "downloaded", False),
        ("mapped", "import_error", False),
        ("downloaded", "import_error", False),
    ],
)
def test_which_status_is_replaced_by_which(waits: str, comes: str, stays: bool) -> None:
    """A person's change and the first import's answer yield to no later import; whoever stays answers for both."""
    order = web_order(saved())
    ensure_status(order, 9, UpdateCause(waits))
    ensure_status(order, 2, UpdateCause(comes))
    update = StoreUpdate.objects.get()
    assert (update.status_id, update.cause) == ((9, waits) if stays else (2, comes))
    assert update.acknowledges


def test_after_a_reimport_the_mapped_status_counts_where_push_is_on() -> None:
    """Push off, or not assigned: downloaded."""
    integration, order = saved(), placed()
    other = OrderStatus.objects.exclude(pk=order.status_id).first()
    integration.status_mapping.create(order_status_id=order.status_id, status_id=2)
    assert status_after_reimport(integration, order.pk) == (9, UpdateCause.DOWNLOADED)
    integration.push_status = True
    assert status_after_reimport(integration, order.pk) == (2, UpdateCause.REIMPORTED)
    order.status = other
    order.save()
    assert status_after_reimport(integration, order.pk) == (9, UpdateCause.DOWNLOADED)


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("UTC", date(2026, 3, 8), datetime(2026, 3, 8, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 9), datetime(2026, 3, 9, 4, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 2), datetime(2026, 11, 2, 5, tzinfo=UTC)),
        ("Africa/Cairo", date(2024, 4, 26), datetime(2024, 4, 25, 22, tzinfo=UTC)),
        ("UTC-06:00", date(2026, 7, 1), datetime(2026, 7, 1, 6, tzinfo=UTC)),
        ("UTC+05:30", date(2026, 7, 1), datetime(2026, 6, 30, 18, 30, tzinfo=UTC)),
    ],
)
def test_the_cut_off_is_midnight_where_the_store_is(zone: str, day: date, moment: datetime) -> None:
    """On both sides of a change of clocks, where midnight does not exist, and where only an offset is known."""
    integration = saved(not_before=day)
    integration.state.time_zone, integration.state.zone_asked_at = zone, timezone.now()
    assert cut_off(integration) == moment


@pytest.mark.parametrize("zone", ["America", "Nowhere/Else", ""])
def test_in_an_unknown_time_zone_no_day_begins(zone: str) -> None:
    """The cut-off is not guessed; what is only shown is shown in UTC."""
    integration = saved(not_before=date(2026, 1, 1))
    integration.state.time_zone, integration.state.zone_asked_at = zone, timezone.now()
    with pytest.raises(StoreTrouble, match="time zone") as caught:
        cut_off(integration)
    assert caught.value.code == "time_zone"
    assert zone_of(integration) is UTC


def test_a_time_zone_that_was_never_asked_for_is_unknown() -> None:
    """Also where the database says UTC from the beginning."""
    integration = saved(not_before=date(2026, 1, 1))
    assert known_zone(integration) is None
    with pytest.raises(StoreTrouble, match="isn’t known yet"):
        cut_off(integration)


def test_without_a_date_there_is_no_cut_off() -> None:
    """All orders count."""
    assert cut_off(saved()) is None


def test_retry_wants_what_waits_for_a_person_and_nothing_else() -> None:
    """Orders with a reason are read again, failed updates wait again, the store is due."""
    integration = saved()
    bad = web_order(integration, 1, state="not_imported", reason_code="totals", reason="No.")
    web_order(integration, 2)
    StoreUpdate.objects.create(web_order=bad, status_id=12, cause="import_error", state="failed", reason="No.")
    assert attention.attention_count() == len(attention.attention()) == 2
    assert actions.retry(["WEB-2"]) == 0
    assert actions.retry_group() == 2
    assert WebOrder.objects.exclude(read_again="").get() == bad
    assert StoreUpdate.objects.get().state == "waiting"
    integration.state.refresh_from_db()
    assert integration.state.due_at <= timezone.now()


def test_skip_gives_up_for_a_reason_that_stays() -> None:
    """The order counts as ignored, its update as skipped, and the log names who and why."""
    bad = web_order(saved(), 1, state="not_imported", reason_code="totals", reason="No.")
    StoreUpdate.objects.create(web_order=bad, status_id=12, cause="import_error", state="failed", reason="No.")
    assert actions.skip("WEB-1", why="a test order", by="Ada") == 2
    bad.refresh_from_db()
    assert (bad.state, bad.reason, bad.reason_code) == ("ignored", "Skipped by Ada: a test order", "")
    assert StoreUpdate.objects.get().state == "skipped"
    assert LogEntry.objects.get().text == "Skipped by Ada: a test order"
    assert attention.attention() == []
    assert actions.skip("WEB-1", why="again", by="Ada") == 0


def test_a_store_in_trouble_waits_longer_each_time_and_is_logged_once() -> None:
    """15 s, 30 s … 5 minutes; what a person has to correct, an hour."""
    integration = saved()
    waits = []
    for _ in range(7):
        note_trouble(integration, StoreTrouble("unreachable", "Not there.", "Wait."))
        waits.append(round((integration.state.due_at - timezone.now()).total_seconds()))
    assert waits == [15, 30, 60, 120, 240, 300, 300]
    note_trouble(integration, StoreTrouble("credentials", "Refused.", "Enter it."))
    assert integration.state.due_at - timezone.now() > timedelta(minutes=59)
    assert [item.sentence for item in attention.attention()] == ["Refused."]
    note_well(integration)
    note_well(integration)
    assert list(LogEntry.objects.order_by("pk").values_list("kind", flat=True)) == ["waiting", "waiting", "connected"]


def test_the_log_keeps_what_happened_newest_first() -> None:
    """Each line with its order."""
    integration = saved()
    log(integration, LogKind.IMPORTED, "one", import_id="WEB-1")
    log(integration, LogKind.SENT, "two")
    assert [(entry.text, entry.import_id) for entry in LogEntry.objects.all()] == [("two", ""), ("one", "WEB-1")]


@pytest.mark.parametrize(
    ("model", "changes", "constraint"),
    [
        ("integration", {"code": "WEB1"}, "source_code_ends_in_a_non_digit"),
        ("integration", {"new_statuses": []}, "at_least_one_new_order_status"),
        ("integration", {"new_statuses": [11, 9]}, "new_order_status_is_no_outcome"),
        ("integration", {"error_status": 11}, "new_order_status_is_no_outcome"),
        ("integration", {"poll_seconds": 9}, "polls_every_ten_seconds"),
        ("order", {"state": "imported"}, "imported_means_in_the_books"),
        ("order", {"state": "ignored"}, "what_is_not_imported_has_a_reason"),
        ("update", {"state": "failed"}, "update_says_why_it_failed"),
    ],
)
def test_the_database_refuses_what_must_never_be(model: str, changes: dict[str, Any], constraint: str) -> None:
    """Whoever tries."""
    integration = saved()
    order = web_order(integration)
    update = StoreUpdate.objects.create(web_order=order, status_id=9, cause="downloaded")
    row = {"integration": integration, "order": order, "update": update}[model]
    with pytest.raises(Error, match=constraint), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**changes)


def test_an_order_of_a_store_stands_once_in_its_table() -> None:
    """One (store, order id), one import ID."""
    integration = saved()
    web_order(integration)
    other = saved(code="SHOP-", store_hash="other")
    with pytest.raises(Error, match="import_id"), transaction.atomic():
        WebOrder.objects.create(integration=other, bigcommerce_order_id=100, import_id="WEB-100")
    with pytest.raises(Error, match="web_order_once_per_store"), transaction.atomic():
        WebOrder.objects.create(integration=integration, bigcommerce_order_id=100, import_id="WEB-other")
