"""Bugs on purpose: with each of them planted, the fault that is to find it must find it."""

from collections.abc import Callable
from datetime import UTC
from typing import Any


def _import_in_two_transactions() -> None:
    """The sales order is committed before the web order says that it is imported."""
    from django.db import connection

    from counterfoil.intake.importing import import_order as importing

    place = importing.create_order

    def place_and_commit(*given: Any, **named: Any) -> Any:
        placed = place(*given, **named)
        connection.connection.commit()
        return placed

    importing.create_order = place_and_commit


def _import_without_a_transaction() -> None:
    """Each statement of an import is committed by itself."""
    from contextlib import nullcontext
    from types import SimpleNamespace

    from counterfoil.intake.importing import import_order as importing

    importing.transaction = SimpleNamespace(atomic=nullcontext)  # type: ignore[assignment]


def _send_without_looking() -> None:
    """A shipment whose answer was lost is made again at once, and nothing tells that the store has it already."""
    from counterfoil.dispatch import create_shipment
    from counterfoil.dispatch.existing_shipments import StoreShipments

    def look(_self: Any, update: Any) -> bool:
        from counterfoil.stores.models import StoreUpdate

        StoreUpdate.objects.filter(pk=update.pk).update(asked_at=None, state="waiting")
        return False

    create_shipment.CreateShipment._find_created = look  # type: ignore[method-assign]
    create_shipment.shipments_there = lambda _session, _update: StoreShipments(())


def _a_lost_answer_is_a_refusal() -> None:
    """A connection that breaks is taken for the store's own no."""
    from counterfoil.bigcommerce import NeedsPerson, transport

    def failed(*_given: Any) -> Exception:
        return NeedsPerson("refused", "The store refused it.", "Retry.")

    transport._failed = failed  # type: ignore[assignment]


def _no_store_lock() -> None:
    """Whoever comes talks to the store; nobody waits for anybody."""
    from counterfoil.stores.sync import session

    session._lock = lambda *_given: None  # type: ignore[assignment]


def _days_begin_in_london() -> None:
    """The cut-off is midnight in UTC, wherever the store is."""
    from counterfoil.stores.integrations import import_window

    import_window.ZoneInfo = lambda _name: UTC  # type: ignore[assignment,misc]


def _only_newer_orders_are_listed() -> None:
    """The list of new orders begins behind the newest order that is known, though older ones come back to it."""
    from django.db.models import Max

    from counterfoil.bigcommerce.client import StoreApi
    from counterfoil.stores.models import WebOrder

    listed = StoreApi.list_orders

    def newer(client: Any, *, min_id: int, **more: Any) -> list[bytes]:
        newest = WebOrder.objects.aggregate(newest=Max("bigcommerce_order_id"))["newest"] or 0
        return listed(client, min_id=max(min_id, newest + 1), **more)

    StoreApi.list_orders = newer  # type: ignore[method-assign,assignment]


def _old_events_are_taken() -> None:
    """A signature is good for ever."""
    from counterfoil.bigcommerce import webhooks

    webhooks.EVENT_SECONDS = 10**9


def _hooks_are_made_once() -> None:
    """What stands in the sales data is taken for what stands at the store."""
    from counterfoil.platform.worker import sync

    sync.keep_hooks = lambda _session: None


def _totals_are_made_to_fit() -> None:
    """An order's total is what its parts add up to, whatever the store says."""
    from dataclasses import replace

    from counterfoil.intake.conversion import pipeline as conversion

    convert = conversion.convert

    def lenient(document: Any, **more: Any) -> Any:
        converted = convert(document, **more)
        totals = converted.draft.totals
        right = replace(totals, total=totals.total - totals.difference)
        return replace(converted, draft=replace(converted.draft, totals=right))

    conversion.convert = lenient


def _each_order_is_read_by_itself() -> None:
    """What the list brought along is asked for once more, order by order."""
    from counterfoil.intake.fetching import orders as fetching

    complete = fetching.complete

    def ask_again(client: Any, kept: Any, **more: Any) -> None:
        client.order_products(kept.bigcommerce_order_id)
        complete(client, kept, **more)

    fetching.complete = ask_again


def _a_bad_order_stops_its_page() -> None:
    """What stops one order stops all those behind it."""
    from counterfoil.intake import outcomes
    from counterfoil.intake.importing import sync as intake_sync

    import_order, is_over = intake_sync.import_order, [False]

    def stop(*given: Any) -> Any:
        if is_over[0]:
            return None
        outcome = import_order(*given)
        is_over[0] = isinstance(outcome, outcomes.NotImported)
        return outcome

    intake_sync.import_order = stop


def _a_thread_waits_for_each_body() -> None:
    """A thread is taken when a request begins, and kept until the client has sent the rest."""
    import time

    from counterfoil.platform.processes.web_connection import Connection

    received = Connection.received

    class UntilItIsThere:
        def __init__(self, connection: Any) -> None:
            self.connection, self.request = connection, connection.request

        def service(self) -> None:
            while self.connection.connected and self.connection.request is self.request:
                time.sleep(0.01)

    def take_a_thread(connection: Any, data: bytes) -> bool:
        before = connection.request
        taken: bool = received(connection, data)
        if connection.request not in (None, before):
            connection.server.add_task(UntilItIsThere(connection))
        return taken

    Connection.received = take_a_thread  # type: ignore[method-assign]


def _late_lists_are_believed() -> None:
    """A list shows each order as it is now, and what it shows late is behind the mark by then."""
    from datetime import timedelta

    from counterfoil.dispatch import current_status
    from counterfoil.intake.importing import import_order
    from counterfoil.stores.weborders import poll_window

    poll_window.OVERLAP = timedelta(0)
    current_status._must_be_read = lambda *_given: False
    import_order.is_behind = lambda *_given: False


def _answers_are_believed() -> None:
    """Whatever a store answers to a shipment is that shipment, and a yes to a status is that status."""
    from counterfoil.dispatch import create_shipment, set_status

    create_shipment.answers = lambda *_given: True
    set_status.SetStatus._not_taken = set_status.SetStatus._record  # type: ignore[method-assign]


def _any_key_will_do() -> None:
    """Nobody asks whether the secret key is the database's; what cannot be read is the store's trouble."""
    from counterfoil.platform.worker import sync
    from counterfoil.stores.db import key_seal

    key_seal.require_our_key = lambda: None
    sync.opens_the_seal = lambda: True


def _a_pool_is_taken_for_a_connection() -> None:
    """Nobody asks whether a lock stays with its connection."""
    from counterfoil.platform.processes import start_checks

    start_checks.require_own_connection = lambda: None


def _a_copy_works_like_the_first() -> None:
    """Nobody asks where the database was before."""
    from counterfoil.platform.worker import sync

    sync.require_this_installation = lambda _integration: None


def _a_key_is_kept_after_its_act() -> None:
    """The act is committed, and then its Idempotency-Key with the answer: who comes between does it again."""
    from django.db import transaction
    from django.http import HttpResponse

    from counterfoil.accounts.models import IdempotencyKey
    from counterfoil.api import acts
    from counterfoil.api.resources import shipments

    def act(request: Any, do: Callable[[], Any]) -> HttpResponse:
        token, key = acts.token_of(request), acts._key_of(request)
        row = IdempotencyKey.objects.filter(token=token, key=key).first()
        if row is not None:
            return acts._again(row)
        with transaction.atomic():
            done = do()
            acts._write_down(request, token, done)
        text = acts.json_text(done.found)
        new = IdempotencyKey(token=token, key=key, status=done.status, body=text, request_digest="")
        IdempotencyKey.objects.bulk_create([new], ignore_conflicts=True)
        return acts._response(text, done.status, {})

    shipments.act = act


def _later_events_overtake() -> None:
    """A delivery is taken whatever became of the earlier ones of its order."""
    from counterfoil.events import deliver

    deliver._TAKE = deliver._TAKE.replace("earlier.position < this.position", "false")


BUGS: dict[str, Callable[[], None]] = {
    "later events overtake": _later_events_overtake,
    "totals are made to fit": _totals_are_made_to_fit,
    "old events are taken": _old_events_are_taken,
    "hooks are made once": _hooks_are_made_once,
    "no fence": _no_store_lock,
    "late lists are believed": _late_lists_are_believed,
    "answers are believed": _answers_are_believed,
    "each order is read by itself": _each_order_is_read_by_itself,
    "a bad order stops its page": _a_bad_order_stops_its_page,
    "days begin in London": _days_begin_in_london,
    "only newer orders are listed": _only_newer_orders_are_listed,
    "a lost answer is a refusal": _a_lost_answer_is_a_refusal,
    "import in two transactions": _import_in_two_transactions,
    "import without a transaction": _import_without_a_transaction,
    "a thread waits for each body": _a_thread_waits_for_each_body,
    "send without looking": _send_without_looking,
    "a key is kept after its act": _a_key_is_kept_after_its_act,
    "any key will do": _any_key_will_do,
    "a pool is taken for a connection": _a_pool_is_taken_for_a_connection,
    "a copy works like the first": _a_copy_works_like_the_first,
}


def plant(name: str | None) -> None:
    """Plants a bug in this process."""
    if name is not None:
        BUGS[name]()
