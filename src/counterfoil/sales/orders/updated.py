"""Sales orders by when they changed, for whoever follows the changes and must not miss one.

Orders carry the moment of their change (`updated_at`, kept by triggers), but a transaction is seen only when it has
ended: an order that changed at 10:00:00 may be seen at 10:00:05, after one that changed at 10:00:03. So whoever follows
reads up to a horizon only: the moment before which no transaction can still write. PostgreSQL tells which transactions
have written something (`backend_xid` of pg_stat_activity), and since when they run.
"""

from datetime import datetime, timedelta

from django.db import connection

MARGIN = timedelta(seconds=1)
"""For what passes between asking for the time and being seen to write; microseconds, in truth."""

_HORIZON = """
    SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def complete_until() -> datetime:
    """All that changed before this moment can be seen by the next statement. One statement.

    A transaction that writes for a minute holds it back for a minute. It has to be asked for in a statement before the
    one that reads the orders: else what ends between the two looks would be missed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        (moment,) = cursor.fetchone()
    complete: datetime = moment
    return complete - MARGIN
