"""Carries out the statements of a script in the transaction of its order, in the time that the script has left."""

import threading
import time
from typing import Any

import psycopg
from django.db import Error, connection

CANCEL_SECONDS = 5.0


def carry_out(message: tuple[Any, ...], deadline: float) -> tuple[Any, ...]:
    """The answer to a script's statement, or the error that it raised. Raises TimeoutError at the deadline."""
    _, many, query, params = message
    clock = threading.Timer(max(0.0, deadline - time.monotonic()), _cancel, [connection.connection])
    clock.daemon = True
    clock.start()
    try:
        with connection.cursor() as cursor:
            if many:
                cursor.executemany(query, params)
            else:
                cursor.execute(query, params)
            if cursor.description is None:
                return ("rows", None, None, cursor.rowcount)
            columns = [tuple(column) for column in cursor.description]
            return ("rows", cursor.fetchall(), columns, cursor.rowcount)
    except (Error, psycopg.Error) as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled) and time.monotonic() >= deadline:
            raise TimeoutError from None
        if connection.connection is None or connection.connection.closed:
            raise  # the import cannot go on either
        return ("error", error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error)
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:  # the driver's, of what it was given
        return ("error", type(error)(str(error)))
    finally:
        clock.cancel()
        clock.join()  # a cancellation under way must not meet the next statement


def _cancel(at_work: Any) -> None:
    try:
        at_work.cancel_safe(timeout=CANCEL_SECONDS)
    except (psycopg.Error, AttributeError):
        return  # the connection went away, and the statement with it
