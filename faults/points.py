"""Where a running process can be hit: before each SQL statement and commit, before and after each request.

The hooks sit at the database driver and at the transport, below everything that the product does about trouble.
"""

import os
import signal
from collections.abc import Callable
from typing import Any, NoReturn

import psycopg
from psycopg import errors
from urllib3.exceptions import ProtocolError

from counterfoil.bigcommerce.deadlines import BoundedPools

Act = Callable[[str, Any], None]
REPORT = 3  # the file descriptor on which a child says where it is


class Points:
    """Counts the points that are passed, says each to whoever watches, and acts at the chosen ones.

    `kinds`: which points count ("sql", "commit", "before request", "after request"); None: all. `at`: the number of
    the point to act at, from 1; None: nowhere. `times`: how many points in a row are hit.
    """

    def __init__(self, act: Act, *, at: int | None, kinds: set[str] | None, times: int = 1) -> None:
        self.act = act
        self.hit = range(at, at + times) if at else range(0)
        self.kinds = kinds
        self.passed = 0

    def reach(self, kind: str, what: str, connection: Any = None) -> None:
        """A point, with the database connection it is at; the chosen one does not let go on."""
        if self.kinds is not None and kind not in self.kinds:
            return
        self.passed += 1
        os.write(REPORT, f"{kind}: {' '.join(what.split())[:160]}\n".encode())
        if self.passed in self.hit:
            self.act(kind, connection)


def kill(_kind: str, _connection: Any) -> NoReturn:
    """SIGKILL, from within: exactly at this point and nowhere else."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process does not go on")


def stop(_kind: str, _connection: Any) -> None:
    """SIGSTOP, from within; someone else lets it go on."""
    os.kill(os.getpid(), signal.SIGSTOP)


ERRORS: dict[str, type[psycopg.Error]] = {
    "deadlock": errors.DeadlockDetected,
    "serialization": errors.SerializationFailure,
    "disk full": errors.DiskFull,
    "read only": errors.ReadOnlySqlTransaction,
}


def fail_with(error: str) -> Act:
    """Fails as the database fails: "cut" and "terminated" take the connection, others its transaction.

    At a request it is the connection to the store that breaks.
    """

    def act(kind: str, connection: Any) -> None:
        if "request" in kind:
            raise ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
        if error == "terminated":
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
            return
        if error == "cut":
            connection.close()
            raise psycopg.OperationalError("the connection is lost (planted by the fault harness)")
        if connection.pgconn.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            connection.pgconn.exec_(b"planted by the fault harness")  # no statement: the transaction is aborted
        raise ERRORS[error]("planted by the fault harness")

    return act


def watch(points: Points) -> None:
    """Hooks the points into the database driver and the transport of this process."""
    _watch_statements(points)
    _watch_commits(points)
    _watch_requests(points)


def _watch_statements(points: Points) -> None:
    execute = psycopg.Cursor.execute

    def watched(cursor: Any, query: Any, *more: Any, **named: Any) -> Any:
        points.reach("sql", query if isinstance(query, str) else "a composed statement", cursor.connection)
        return execute(cursor, query, *more, **named)

    psycopg.Cursor.execute = watched  # type: ignore[method-assign]


def _watch_commits(points: Points) -> None:
    commit = psycopg.Connection.commit

    def watched(connection: Any) -> None:
        points.reach("commit", "COMMIT", connection)
        commit(connection)

    psycopg.Connection.commit = watched  # type: ignore[method-assign]


def _watch_requests(points: Points) -> None:
    request = BoundedPools.request

    def watched(pools: Any, method: str, url: str, *more: Any, **named: Any) -> Any:
        points.reach("before request", f"{method} {url}")
        answer = request(pools, method, url, *more, **named)
        points.reach("after request", f"{method} {url}")
        return answer

    BoundedPools.request = watched  # type: ignore[method-assign]
