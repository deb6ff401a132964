"""The worker's part: publishes what happened, and has each endpoint served by a thread of its own.

An endpoint that is slow or away delays neither the others nor a sync with a store.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from counterfoil.bigcommerce import TryAgain
from counterfoil.events.deliver import deliver_to, due_endpoints
from counterfoil.events.publish import publish
from counterfoil.stores.sync.isolation import for_each_isolated

MOST_AT_ONCE = 4
"""Each needs a connection to the database."""
SERVE_SECONDS = 20.0
"""Then the next endpoint is served, where there are more than MOST_AT_ONCE."""
logger = structlog.get_logger("counterfoil")


class DeliveryLoop:
    """Serves the endpoints of this process; `run_once` is called about once a second."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MOST_AT_ONCE, "webhooks")
        self._running: dict[int, Future[None]] = {}

    def run_once(self, is_to_stop: Callable[[], bool] = lambda: False) -> None:
        """Publishes, and begins to serve the endpoints that have something due; waits for none of them."""
        publish()
        self._running = {pk: future for pk, future in self._running.items() if not future.done()}
        for pk in due_endpoints():
            if pk not in self._running and not is_to_stop():
                self._running[pk] = self._pool.submit(_serve, pk, is_to_stop)

    def wait(self) -> None:
        """Until all that was begun has ended."""
        for future in list(self._running.values()):
            future.result()


def _serve(endpoint_id: int, is_to_stop: Callable[[], bool]) -> None:
    close_old_connections()
    try:
        for_each_isolated(
            [endpoint_id],
            lambda pk: _deliver(pk, is_to_stop),
            again=_next_time,
            defect=_next_time,
        )
    except (DatabaseError, InterfaceError) as trouble:
        said = str(trouble).strip().partition("\n")[0]
        logger.warning("lost the database while delivering webhooks; trying again soon", trouble=said)
    finally:
        connections.close_all()


def _deliver(endpoint_id: int, is_to_stop: Callable[[], bool]) -> None:
    deliver_to(endpoint_id, seconds=SERVE_SECONDS, is_to_stop=is_to_stop)


def _next_time(_endpoint_id: int, _why: TryAgain | str) -> None:
    """It is tried again in a second."""
