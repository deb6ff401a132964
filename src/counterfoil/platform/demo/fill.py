"""Fills the demo: imports what the sandbox store has, works it off as two clerks would, and leaves something to do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import structlog
from django.db import connection
from django.utils import timezone

from counterfoil.dispatch.sender import Sent, send_due
from counterfoil.intake.catalog.load import ask_for_catalog, go_on_loading
from counterfoil.intake.importing.sync import ImportCounts, import_waiting_orders, read_again
from counterfoil.platform.demo.dates import Moments
from counterfoil.platform.demo.history import PastWork, start_picking, work_off
from counterfoil.platform.demo.people import add_people
from counterfoil.platform.demo.scenes import stage
from counterfoil.platform.demo.store import SandboxControl
from counterfoil.platform.demo.told import tell_history
from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.stores.integrations.import_window import zone_of
from counterfoil.stores.models import StoreState, WebIntegration, WebOrder
from counterfoil.stores.sync.session import StoreSession, open_session
from counterfoil.stores.sync.wakeups import woken_in_bulk

SEED = 1
FILL_SECONDS = 300.0
NO_LIMIT = 1_000_000
logger = structlog.get_logger("counterfoil.demo")


def fill_demo(origin: str, *, code: str, seed: int = SEED) -> None:
    """Fills the demo of the sandbox store at `origin`; one that has orders already stays as it is.

    The same seed does the same work with the same orders; the dates count back from now.
    """
    integration = WebIntegration.objects.select_related("state").get(code=code)
    if WebOrder.objects.filter(integration=integration).exists():
        return
    control = SandboxControl(origin)
    with _undisturbed(control), _lightly_committed(), open_session(integration, seconds=FILL_SECONDS) as session:
        _fill(session, control, seed)
    StoreState.objects.filter(integration=integration).update(due_at=timezone.now())


def _fill(session: StoreSession, control: SandboxControl, seed: int) -> None:
    owner, *_ = add_people()
    ask_for_catalog(session.integration, by=owner)
    go_on_loading(session)
    import_waiting_orders(session, ImportCounts())
    statuses = {each.name: each for each in OrderStatus.objects.all()}
    rng = Random(f"demo {seed}")  # noqa: S311 - reproducible, not secret
    past = PastWork(rng, timezone.now(), zone_of(session.integration), Moments(), statuses)
    past.moments.begin()
    with woken_in_bulk():
        left = work_off(past, _orders())
    past.moments.move()
    tell_history(session.integration, control)
    past.moments.begin()
    stage(past, control, _candidates(left), _shipped_lately())
    _go_on(session)
    past.moments.begin()
    start_picking(past, [each for each in _orders() if each.status == statuses["New"] and not each.is_held])
    send_due(session, Sent())
    past.moments.move()
    past.moments.sort_log()


def _orders() -> list[SalesOrder]:
    """The first first, with what is asked of each."""
    found = SalesOrder.objects.select_related("status").prefetch_related("addresses", "lines__ship_to")
    return list(found.order_by("order_date", "pk"))


def _candidates(left: Sequence[SalesOrder]) -> list[SalesOrder]:
    """Orders to ship that go to one address and have their items priced, the newest first."""
    return [
        order
        for order in reversed(left)
        if order.addresses.count() == 2 and all(line.is_shipped_by_parcel for line in order.lines.all())
    ]


def _shipped_lately() -> list[SalesOrder]:
    """Orders that were shipped some days ago and are not closed, the first first."""
    some_days_ago = timezone.now() - timedelta(days=5)
    shipped = SalesOrder.objects.filter(status__name="Shipped", lines__shipped__gt=0, order_date__lt=some_days_ago)
    return list(shipped.filter(total__gt=20).distinct().order_by("order_date"))


def _go_on(session: StoreSession) -> None:
    """As a sync does: what stopped meanwhile is held, what is due is sent, what was edited is read again."""
    session.seen = None
    send_due(session, Sent())
    session.integration.state.refresh_from_db()
    session.integration.state.glanced_at = session.integration.state.listed_at = None
    import_waiting_orders(session, ImportCounts())
    send_due(session, Sent())
    read_again(session, ImportCounts(), after_writing=True)


@contextmanager
def _undisturbed(control: SandboxControl) -> Iterator[None]:
    """No shopper comes meanwhile, and there is no quota to wait for."""
    before = control.ask("GET", "/settings")
    control.ask("PUT", "/settings", {"surprise_seconds": 0, "quota": NO_LIMIT})
    try:
        yield
    finally:
        control.ask("PUT", "/settings", {name: before[name] for name in ("surprise_seconds", "quota")})


@contextmanager
def _lightly_committed() -> Iterator[None]:
    """A made-up past need not be on the disk before the next order: that saves some seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
