"""Asks the sales data first, then each store."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.platform.checking import invariants, money, secrets
from counterfoil.platform.checking.findings import Report
from counterfoil.platform.checking.store import check_store
from counterfoil.stores.db.encryption import SecretUnreadable
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.sync.session import LOCK_LOST, LockLost, Progress, StoreBusy, open_session

SESSION_SECONDS = 3600.0
LOCK_WAIT = 60.0


def check(
    integrations: Sequence[WebIntegration],
    *,
    since: datetime | None = None,
    ask_stores: bool = True,
    progress: Progress | None = None,
    lock_wait: float = LOCK_WAIT,
) -> Report:
    """Looks at these stores' orders placed since `since` (None: all), and at what concerns no store.

    The stores must have their states loaded. While a store is asked, nobody else talks to it, so that nothing moves.
    A store that cannot be asked is named in `not_asked`, with why; its part of the promises is not judged.
    """
    report = Report()
    _check_database(integrations, since, report, progress)
    for integration in integrations if ask_stores else ():
        try:
            with open_session(integration, seconds=SESSION_SECONDS, lock_wait=lock_wait, progress=progress) as session:
                check_store(session, since, report)
                report.api_calls += session.api.calls
        except (StoreTrouble, TryAgain) as trouble:
            report.not_asked[integration.code] = trouble.sentence
        except (StoreBusy, SecretUnreadable) as why:
            report.not_asked[integration.code] = str(why)
        except LockLost:
            report.not_asked[integration.code] = LOCK_LOST
    return report


def _check_database(
    integrations: Sequence[WebIntegration], since: datetime | None, report: Report, progress: Progress | None
) -> None:
    """All that the sales data alone can tell, as they stood at one moment."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        invariants.check_database(report)
        secrets.check_secrets(integrations, report)
        for integration in integrations:
            money.check_money(integration, since, report, progress)
