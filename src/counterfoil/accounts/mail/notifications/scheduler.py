"""One round of the notifier: everyone's mails at once, then the digests. One process at a time does it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from counterfoil.accounts.mail.delivery import forget_old
from counterfoil.accounts.mail.notifications.alerts import forget_old_notices, send_alerts
from counterfoil.accounts.mail.notifications.digest import send_digest
from counterfoil.accounts.mail.notifications.events import Event, current_events
from counterfoil.accounts.mail.notifications.schedule import due_day
from counterfoil.accounts.mail.outbox import can_mail
from counterfoil.accounts.models import Notifications
from counterfoil.bigcommerce import TryAgain
from counterfoil.stores.sync.isolation import for_each_isolated

# Next to the lock of migrations (platform/database/migrations.py) and those of the stores (stores/sync/session.py).
LOCK = 0x5708F


def send_due_notifications() -> None:
    """Tells everyone what they chose to be told and have not been told. Nothing where no mail server is set up."""
    if not can_mail():
        return
    now = timezone.now()
    readers = [each for each in _readers() if each.wants_mail_at_once or due_day(each, now) is not None]
    with _alone() as alone:
        if readers and alone:
            events = current_events()
            for_each_isolated(readers, lambda wishes: _serve(wishes, events), again=_not_now, defect=_logged)


def delete_old_notices() -> None:
    """Removes what is kept no longer."""
    forget_old()
    forget_old_notices(timezone.now())


def _readers() -> QuerySet[Notifications]:
    chosen = Notifications.objects.select_related("person").prefetch_related("stores").order_by("pk")
    return chosen.filter(person__is_active=True).exclude(person__email="")


def _serve(wishes: Notifications, events: list[Event]) -> None:
    now = timezone.now()
    if wishes.wants_mail_at_once:
        send_alerts(wishes, events, now)
    send_digest(wishes, events, now)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else is at it. Rows are locked besides: this only spares the work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        alone = bool(cursor.fetchone()[0])
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _not_now(_wishes: Notifications, _trouble: TryAgain) -> None:
    """The next round does it."""


def _logged(_wishes: Notifications, _trace: str) -> None:
    """A defect stands in the log of the program; nobody else's mail suffers from it."""
