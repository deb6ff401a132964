"""Django's PostgreSQL backend, but for where a statement is carried out: in the transaction of the order's import.

A script sees what that transaction sees, and what it changes stands or falls with the order, as if it ran inside the
program. Threads that a script starts have connections of their own, as they have there too.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Self

import psycopg
from django.db.backends.postgresql import base

from counterfoil.intake.script_process.messages import Channel

NOT_NOW = "A script can only use the database while it works on an order, in its own process."


class Line:
    """The way to the program; none until the process has one, and none after a fork."""

    channel: Channel | None = None
    pid = 0

    @classmethod
    def ask(cls, message: tuple[Any, ...]) -> tuple[Any, ...]:
        """The program's answer. Raises what the statement raised there."""
        if cls.channel is None or cls.pid != os.getpid():
            raise psycopg.OperationalError(NOT_NOW)
        cls.channel.send(message)
        answer = cls.channel.receive()
        if answer is None:
            raise psycopg.OperationalError(NOT_NOW)
        if answer[0] == "error":
            raise answer[1]
        return answer


class Column(NamedTuple):
    """A column of a result, as of the Python database API."""

    name: str
    type_code: int
    display_size: int | None = None
    internal_size: int | None = None
    precision: int | None = None
    scale: int | None = None
    null_ok: bool | None = None


class RelayedCursor:
    """A cursor whose results came whole."""

    arraysize = 1

    def __init__(self, connection: "RelayedConnection") -> None:
        self.connection = connection
        self.description: list[Column] | None = None
        self.rowcount = -1
        self._rows: Iterator[tuple[Any, ...]] = iter(())

    def execute(self, query: Any, params: Any = None) -> Self:
        """Has the program carry out a statement."""
        self._take(Line.ask(("statement", False, query, params)))
        return self

    def executemany(self, query: Any, params_seq: Sequence[Any]) -> None:
        """Has the program carry out a statement for each of the parameters."""
        self._take(Line.ask(("statement", True, query, list(params_seq))))

    def _take(self, answer: tuple[Any, ...]) -> None:
        _, rows, columns, self.rowcount = answer
        self.description = None if columns is None else [Column(*each) for each in columns]
        self._rows = iter(rows or ())

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row; None after the last."""
        return next(self._rows, None)

    def fetchmany(self, size: int = 0) -> list[tuple[Any, ...]]:
        """The next rows."""
        return [row for _, row in zip(range(size or self.arraysize), self._rows, strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        return list(self._rows)

    def nextset(self) -> None:
        """There is one result."""

    def close(self) -> None:
        """Nothing is held."""

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class RelayedConnection:
    """Stands for the program's connection."""

    autocommit = False
    closed = False

    def cursor(self, *_args: Any, **_named: Any) -> RelayedCursor:
        """A cursor on it."""
        return RelayedCursor(self)

    def close(self) -> None:
        """It is the program's to close."""


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend: as Django's own in any other thread than the one in which scripts run."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.relayed = threading.current_thread() is threading.main_thread()

    def begin(self) -> None:
        """A new order: inside a transaction, in which a script's own `atomic` is a savepoint."""
        self.connection = RelayedConnection()
        self.autocommit = False
        self.in_atomic_block = True
        self.commit_on_exit = False
        self.needs_rollback = False
        self.closed_in_transaction = False
        self.savepoint_ids = []
        self.atomic_blocks = []
        self.run_on_commit = []

    def connect(self) -> None:
        """Connects, which is to begin where statements are relayed."""
        if self.relayed:
            self.begin()
        else:
            super().connect()

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor; a result of many rows comes whole."""
        return RelayedCursor(self.connection) if self.relayed else super().create_cursor(name)

    def close(self) -> None:
        """Closes a connection that is this process's own."""
        if not self.relayed:
            super().close()

    def is_usable(self) -> bool:
        """Whether statements can be carried out."""
        return True if self.relayed else bool(super().is_usable())

    @property
    def pg_version(self) -> int:
        """The server's version."""
        with self.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            return int(cursor.fetchone()[0])
