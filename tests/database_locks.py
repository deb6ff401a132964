"""Who waits for whom in the database, for tests in which two things happen at once."""

from django.db import connection

_WAITS_FOR_US = (
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
)


def waits_for_us() -> bool:
    """Whether another connection waits for what this transaction has locked."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITS_FOR_US)
        return bool(cursor.fetchone()[0])
