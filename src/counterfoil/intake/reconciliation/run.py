"""Reconciliation: the store's orders of a period against the sales orders, a page of 250 at a time; reads only."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from counterfoil.bigcommerce import OrderSummary, StoreTrouble, TryAgain
from counterfoil.bigcommerce.client import ends_list
from counterfoil.intake.reconciliation.compare import DONE_WITH, compare, gone, is_unseen
from counterfoil.sales.errors import Refused
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.integrations.import_window import zone_of
from counterfoil.stores.models import Difference, Reconciliation, WebIntegration, WebOrder
from counterfoil.stores.reconciliation.known_orders import KnownOrder, known_orders
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.sync.wakeups import wake
from counterfoil.stores.weborders.changes import note_shown
from counterfoil.stores.weborders.holds import REASONS

PAGE = 250
SMALLER = 10
KEPT_DAYS = 90
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 30)  # within what clocks and time zones can count
NIGHT = time(3)
NIGHTLY_DAYS = 7
SAME_PAGE = "BigCommerce's list starts over with each page, so the orders from number %d on couldn’t be compared."
UNLISTED = "BigCommerce couldn’t list the orders from number %d on, not even one at a time."


def ask_for_reconciliation(
    integration: WebIntegration, first_day: date, last_day: date, *, by: str = ""
) -> Reconciliation:
    """Has a period compared by whoever syncs the store next; its last day is included.

    Raises Refused while another one is under way, and for a period that is none.
    """
    if last_day < first_day:
        raise Refused("The period ends before it starts.", "Choose a later last day.")
    if not FIRST_DAY <= first_day <= last_day <= LAST_DAY:
        raise Refused("No store has orders from these days.", f"Choose days from {FIRST_DAY} to {LAST_DAY}.")
    since = integration.not_before
    if since and last_day < since:
        raise Refused(
            f"No orders from these days are imported: the store's orders are imported from {since} on.",
            "Choose later days.",
        )
    with transaction.atomic():
        earlier = _one_asks_at_a_time(integration)
        if earlier.filter(ended_at=None).exists():
            raise Refused("Its orders are already being compared.", "Wait until that has finished.")
        earlier.filter(asked_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
        asked = Reconciliation.objects.create(
            integration=integration, first_day=max(first_day, since or first_day), last_day=last_day, asked_by=by
        )
        wake([integration.pk])
    return asked


def usual_period(integration: WebIntegration) -> tuple[date, date]:
    """The last seven days up to today, in the store's time zone."""
    today = timezone.now().astimezone(zone_of(integration)).date()
    return today - timedelta(days=NIGHTLY_DAYS), today


def _one_asks_at_a_time(integration: WebIntegration) -> QuerySet[Reconciliation]:
    """The store's reconciliations, to which nobody else adds one until the transaction ends."""
    WebIntegration.objects.select_for_update(of=("self",)).get(pk=integration.pk)
    return Reconciliation.objects.filter(integration=integration)


def ask_for_the_nights() -> None:
    """Once a night, after three o'clock in the store's time zone, for each store that is read and wants it.

    Of several workers that find it due at once, one asks, and to the others it is done.
    """
    integrations = WebIntegration.objects.filter(paused=False, reconcile_nightly=True).select_related("state")
    for integration in integrations:
        now = timezone.now().astimezone(zone_of(integration))
        midnight = datetime.combine(now.date(), time.min, tzinfo=now.tzinfo)
        if now.time() < NIGHT or not integration.state.visited_at:
            continue
        if _is_asked(Reconciliation.objects.filter(integration=integration), midnight):
            continue
        with suppress(Refused), transaction.atomic():  # refused: its orders are only imported from a later day on
            if not _is_asked(_one_asks_at_a_time(integration), midnight):
                ask_for_reconciliation(integration, *usual_period(integration))


def _is_asked(mine: QuerySet[Reconciliation], midnight: datetime) -> bool:
    """Whether this night's comparison was asked for, or one is under way."""
    return mine.filter(asked_by="", asked_at__gte=midnight).exists() or mine.filter(ended_at=None).exists()


def go_on_reconciling(session: StoreSession) -> None:
    """Goes on where the last session stopped, if there is something to compare. Raises TryAgain and StoreTrouble."""
    found = Reconciliation.objects.filter(integration=session.integration, ended_at=None).first()
    if found is None:
        return
    expected = max(found.orders, _of_about(found, session.integration))
    limit, number = PAGE, 1
    while found.is_under_way and not session.is_over:
        calls = session.api.calls
        try:
            at = timezone.now()
            number, listed = _read(session, found, limit, number)
        except TryAgain as trouble:
            found.calls += session.api.calls - calls
            if not trouble.smaller:
                found.save(update_fields=["calls"])
                raise
            limit, number = limit // SMALLER, 1
            if not limit:
                _end(found, UNLISTED % found.next_id, "Compare a shorter period, and check the orders in BigCommerce.")
            continue
        except StoreTrouble:
            found.calls += session.api.calls - calls
            found.save(update_fields=["calls"])
            raise
        found.calls += session.api.calls - calls
        if listed is None:
            _end(
                found,
                SAME_PAGE % found.next_id,
                "Compare a shorter period, and ask BigCommerce support about its order list.",
            )
            return
        _compare(session.integration, found, listed, at, is_last=ends_list(len(listed), limit))
        session.progress("Comparing", found.orders, max(expected, found.orders))


def _moments(found: Reconciliation, integration: WebIntegration) -> tuple[datetime, datetime]:
    """The first and the last second of the period."""
    zone = zone_of(integration)
    after = datetime.combine(found.last_day + timedelta(days=1), time.min, tzinfo=zone)
    until = after.astimezone(UTC) - timedelta(seconds=1)  # where clocks go back at midnight, an hour is there twice
    return datetime.combine(found.first_day, time.min, tzinfo=zone), until


def _read(
    session: StoreSession, found: Reconciliation, limit: int, number: int
) -> tuple[int, list[OrderSummary] | None]:
    """The next orders, and on which page they were: one but for a store that does not follow `min_id`.

    None where it follows no page either, and shows the same full page again.
    """
    since, until = _moments(found, session.integration)
    before: list[OrderSummary] = []
    while True:
        listed = session.api.order_summaries(
            min_id=found.next_id, min_date_created=since, max_date_created=until, limit=limit, page=number
        )
        if not listed or ends_list(len(listed), limit) or any(each.id >= found.next_id for each in listed):
            return number, listed
        if listed == before:
            return number, None
        before, number = listed, number + 1


def _compare(
    integration: WebIntegration,
    found: Reconciliation,
    listed: Sequence[OrderSummary],
    at: datetime,
    *,
    is_last: bool,
) -> None:
    """Keeps what is not alike of a page (asked for `at`), in one transaction with how far that is.

    What a store lists that does not follow its filters is left out; one that begins anew each time has no more.
    """
    period = since, until = _moments(found, integration)
    ahead = [each for each in listed if each.id >= found.next_id]
    in_store = {each.id: each for each in ahead if each.date_created is None or since <= each.date_created <= until}
    is_last = is_last or not ahead
    last = LARGEST_ID if is_last else max(each.id for each in ahead)
    known = known_orders(integration, list(in_store), (found.next_id, last), period)
    _note_unseen(integration, in_store, known, at)
    rows: list[Difference] = []
    for order_id, there in in_store.items():
        different = compare(integration, there, known.get(order_id))
        if different is None:
            found.outside += 1
        elif not different:
            found.alike += 1
        else:
            rows += [each.as_row(order_id, known.get(order_id)) for each in different]
    missing = [each for each in known.values() if each.order_id not in in_store]
    rows += [gone(each).as_row(each.order_id, each) for each in missing]
    for row in rows:
        row.reconciliation = found
    found.orders += len(in_store)
    found.next_id = min(last, LARGEST_ID - 1) + 1
    with transaction.atomic():
        Difference.objects.bulk_create(rows, ignore_conflicts=True)
        # Read by themselves with the next sync, which holds those that the store does not have.
        to_read = WebOrder.objects.filter(pk__in=[each.pk for each in missing if each.role not in DONE_WITH])
        to_read.update(addresses_to_read=True)
        found.ended_at = timezone.now() if is_last else None
        found.save()


def _note_unseen(
    integration: WebIntegration, in_store: Mapping[int, OrderSummary], known: Mapping[int, KnownOrder], at: datetime
) -> None:
    """What the store did to imported orders and no poll has shown: stopped, shipped or refunded them, or gave their
    number to another order.

    Noted together with the hold or not at all: what was noted is looked for no more. A stop counts whatever its date;
    anything else must not be older than what is known, since a late list would lift holds.
    """
    unseen = [there for order_id, there in in_store.items() if order_id in known and is_unseen(there, known[order_id])]
    stopped = [there for there in unseen if there.status_id in REASONS]
    others = [there for there in unseen if there.status_id not in REASONS]
    with transaction.atomic():
        if stopped:
            note_shown(integration, stopped, at, set_back=True)
        if others:
            note_shown(integration, others, at)


def _end(found: Reconciliation, trouble: str, next_step: str) -> None:
    found.trouble, found.next_step, found.ended_at = trouble, next_step, timezone.now()
    found.save()


def _of_about(found: Reconciliation, integration: WebIntegration) -> int:
    """About how many orders there are, for a bar: as many as were imported of the period."""
    since, until = _moments(found, integration)
    return integration.web_orders.filter(sales_order__order_date__range=(since, until)).count()
