"""A pass of intake: look, list where something waits, keep, complete, import. One bad order never delays another."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, StoreTrouble, TryAgain
from counterfoil.intake.conversion.rules import names_coupons, rules_of
from counterfoil.intake.fetching import orders as fetching
from counterfoil.intake.fetching.external_changes import catch_up
from counterfoil.intake.fetching.webhook_events import read_webhook_events
from counterfoil.intake.importing.check_totals import check_totals
from counterfoil.intake.importing.import_order import import_order, record_not_imported
from counterfoil.intake.outcomes import Imported, NotImported, Outcome, Unchanged, Updated
from counterfoil.stores.integrations.import_window import learn_weight_unit, learn_zone
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, StoreState, WebIntegration, WebOrder
from counterfoil.stores.payloads.keep import KeptPayload
from counterfoil.stores.sync.changed_orders import ChangedOrders
from counterfoil.stores.sync.isolation import REPORT, for_each_isolated
from counterfoil.stores.sync.long_work import IMPORTING, WORTH_TELLING
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.weborders.changes import is_fresh, poll_changes
from counterfoil.stores.weborders.reasons import EDITED_MEANWHILE

TRY_LATER = "It could not be read completely: "


@dataclass
class ImportCounts:
    """How many orders were seen in a pass, and what became of them, by the outcome's name; `notes`: what to know."""

    outcomes: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """How many orders were decided on."""
        return self.outcomes.total()

    @property
    def new(self) -> int:
        """How many orders were decided on for the first time, or newly failed."""
        return sum(self.outcomes[name] for name in ("Imported", "NotImported", "Ignored"))

    def add(self, outcome: Outcome) -> None:
        """Counts one more."""
        self.outcomes[type(outcome).__name__] += 1


def import_waiting_orders(
    session: StoreSession, taken: ImportCounts, *, much_to_send: bool = False
) -> StoreTrouble | None:
    """Imports all that waits in the store, until the session is over; returns what keeps all orders out.

    A poll of a moment ago in this session is good enough. A session with much to send asks what waits there no more
    often than the store is polled: so neither waits for the other for ever.
    """
    integration, client = session.integration, session.api
    has_time = not (much_to_send or session.is_over)
    if not has_time and not _is_poll_due(integration):
        return None
    try:
        learn_zone(integration, client)
    except StoreTrouble as trouble:
        if trouble.code != "time_zone":
            raise
        _go_on_without_importing(session, taken, has_time=has_time)
        return trouble
    _import_what_waits(session, taken, has_time=has_time)
    return None


def _go_on_without_importing(session: StoreSession, taken: ImportCounts, *, has_time: bool) -> None:
    """What is imported follows the store all the same, and so does what someone asked for by its number."""
    _seen(session, has_time=has_time)
    read_again(session, taken)
    catch_up(session)
    StoreState.objects.filter(pk=session.integration.state.pk).update(collected_at=timezone.now())


def _import_what_waits(session: StoreSession, taken: ImportCounts, *, has_time: bool) -> None:
    integration, client = session.integration, session.api
    counts = fetching.count_orders(integration, client)
    seen = _seen(session, has_time=has_time)
    fetching.count_ours(integration)
    read_webhook_events(session, seen)
    waiting = sum(counts.get(status_id, 0) for status_id in integration.new_statuses)
    if waiting:
        learn_weight_unit(integration, client)
    _import_kept(session, fetching.undecided(integration), taken, waiting)
    check_totals(integration)
    read_again(session, taken)
    catch_up(session)
    if fetching.must_list(integration, counts, seen):
        session.work.begin(IMPORTING, fetching.not_decided(integration, waiting) if waiting >= WORTH_TELLING else 0)
        with closing(fetching.list_new_orders(integration, client, counts)) as pages:
            for page in pages:
                _import_kept(
                    session, [kept for kept in page if kept.is_new], taken, max(waiting, taken.seen + len(page))
                )
                if session.is_over:
                    return
        # After the new ones, which would else wait behind all that were refused.
        _import_kept(session, fetching.listed_unchanged(integration), taken, waiting)
        session.work.end(IMPORTING)
        if fetching.read_what_was_not_listed(integration):
            read_again(session, taken, after_writing=True)
        catch_up(session)  # what others had done already with orders that are imported only now


def _seen(session: StoreSession, *, has_time: bool) -> ChangedOrders:
    """What the last poll showed, or a new one; without time for that, the poll of a session before this is as good.

    The counts tell by themselves that an order waits, so it does not matter that this one names none.
    """
    glanced_at = session.integration.state.glanced_at
    if glanced_at is not None and is_fresh(session.integration):
        if session.seen is not None:
            return session.seen
        if not has_time:
            return ChangedOrders(glanced_at, frozenset(), ())
    session.seen = poll_changes(session.integration, session.api)
    return session.seen


def _is_poll_due(integration: WebIntegration) -> bool:
    collected_at = integration.state.collected_at
    return collected_at is None or timezone.now() - collected_at >= timedelta(seconds=integration.poll_seconds)


def read_again(session: StoreSession, taken: ImportCounts, *, after_writing: bool = False) -> None:
    """Reads one by one the orders whose stored version is not the present one, or that someone wants.

    `after_writing`: as `to_read_again` takes it. Those that the session has no time for stay marked for the next.
    """

    def read(web_order: WebOrder) -> None:
        try:
            kept = fetching.read_one(session.integration, session.api, web_order.bigcommerce_order_id)
        except NeedsPerson as trouble:
            outcome = NotImported(trouble.code, trouble.sentence, trouble.next_step)
            record_not_imported(session.integration, web_order.pk, outcome)
            taken.add(outcome)
            return
        _complete_and_import(session, kept, taken, wanted=web_order.wanted)

    marked = session.while_it_lasts(fetching.to_read_again(session.integration, after_writing=after_writing))
    for_each_isolated(marked, read, again=_later, defect=_defect(session, taken))


def _import_kept(session: StoreSession, page: Iterable[KeptPayload], taken: ImportCounts, total: int) -> None:
    def act(kept: KeptPayload) -> None:
        _complete_and_import(session, kept, taken)
        session.progress("Importing", taken.seen, max(total, taken.seen))
        session.work.advance(IMPORTING, taken.new)

    def again(kept: KeptPayload, trouble: TryAgain) -> None:
        WebOrder.objects.filter(pk=kept.web_order_id).update(read_again=TRY_LATER + trouble.sentence)

    def defect(kept: KeptPayload, trace: str) -> None:
        _defect(session, taken)(WebOrder(pk=kept.web_order_id), trace)

    for_each_isolated(session.while_it_lasts(page), act, again=again, defect=defect)


def _complete_and_import(
    session: StoreSession, kept: KeptPayload, taken: ImportCounts, *, wanted: bool = False
) -> None:
    try:
        fetching.complete(session.api, kept, whole_coupons=names_coupons(rules_of(session.integration)))
    except NeedsPerson as trouble:
        refused = NotImported(trouble.code, trouble.sentence, trouble.next_step)
        record_not_imported(session.integration, kept.web_order_id, refused)
        taken.add(refused)
        return
    outcome = import_order(session.integration, kept.web_order_id)
    if outcome is not None:
        taken.add(outcome)
    if wanted and isinstance(outcome, Imported | Updated | Unchanged):
        _say_what_stays(session.integration, kept, taken)


def _say_what_stays(integration: WebIntegration, kept: KeptPayload, taken: ImportCounts) -> None:
    """An order that someone wanted, whatever its status, keeps that status in the store where it is no new one."""
    status = WebOrder.objects.values_list("status_seen", "status_sent").get(pk=kept.web_order_id)
    if status[0] in (None, status[1], *integration.new_statuses):
        return
    there = integration.status_text(status[0])
    text = f"Someone requested it. Its status in BigCommerce stays {there}, which isn’t a new order status."
    log(integration, LogKind.NOT_SENT, text, import_id=kept.import_id)
    taken.notes.append(f"{kept.import_id}: {text}")


def _later(web_order: WebOrder, trouble: TryAgain) -> None:
    """Shipments wait for an edit that was found while acknowledging, so that reason stays."""
    others = WebOrder.objects.filter(pk=web_order.pk).exclude(read_again=EDITED_MEANWHILE)
    others.update(read_again=TRY_LATER + trouble.sentence)


def _defect(session: StoreSession, taken: ImportCounts) -> Callable[[WebOrder, str], None]:
    def note(web_order: WebOrder, trace: str) -> None:
        outcome = NotImported(
            "defect",
            "An error in Counterfoil stopped this order. Nothing was lost.",
            REPORT,
        )
        record_not_imported(session.integration, web_order.pk, outcome, trace=trace)
        taken.add(outcome)

    return note


def import_single_order(session: StoreSession, taken: ImportCounts, bigcommerce_order_id: int) -> None:
    """A person's *import this one*, whatever its status; raises NeedsPerson when the store does not have it.

    Its status in the store is left alone where that is not a new order status: someone had a reason to set it.
    """
    kept = fetching.read_one(session.integration, session.api, bigcommerce_order_id)
    WebOrder.objects.filter(pk=kept.web_order_id).update(wanted=True)
    with structlog.contextvars.bound_contextvars(order=kept.import_id):
        _complete_and_import(session, kept, taken, wanted=True)
