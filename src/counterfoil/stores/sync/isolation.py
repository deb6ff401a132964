"""The one loop that nothing stops: each order, each update by itself; what goes wrong with one is listed for it."""

import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from django.db import Error, InterfaceError, OperationalError
from psycopg.errors import ReadOnlySqlTransaction

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.stores.sync.session import LockLost

Item = TypeVar("Item")
MOST_IN_A_ROW = 3
REPORT = "Retry. If it happens again, send the trace to whoever maintains Counterfoil."
"""What to do about a defect of the program, for the person who finds it listed."""

logger = structlog.get_logger("counterfoil")


def for_each_isolated(
    items: Iterable[Item],
    act: Callable[[Item], None],
    *,
    again: Callable[[Item, TryAgain], None],
    defect: Callable[[Item, str], None],
) -> None:
    """Acts on each item. `again` notes one that did not work this time, `defect` one that the program failed on.

    A store or a database that cannot be used ends the loop, and so do three items in a row that did not work.
    """
    in_a_row = 0
    for item in items:
        try:
            with structlog.contextvars.bound_contextvars(**_named(item)):
                act(item)
        except TryAgain as trouble:
            again(item, trouble)
            in_a_row += not trouble.of_one_order
            if in_a_row >= MOST_IN_A_ROW or trouble.after:
                raise
            continue
        except (StoreTrouble, LockLost, OperationalError, InterfaceError):
            raise
        except Exception as error:
            if is_read_only(error):
                raise
            logger.exception("defect", item=str(item), **_named(item))
            trace = traceback.format_exception(type(error), error, error.__traceback__, limit=-8)
            defect(item, "".join(trace))
        in_a_row = 0


def _named(item: object) -> dict[str, str]:
    """What a line of the program's log calls the item: its import ID, where it has one."""
    import_id = getattr(item, "import_id", "")
    return {"order": import_id} if import_id else {}


def is_read_only(error: Exception) -> bool:
    """Whether the database takes nothing for the moment, as a server does that was just told to stand by."""
    return isinstance(error, Error) and isinstance(error.__cause__, ReadOnlySqlTransaction)
