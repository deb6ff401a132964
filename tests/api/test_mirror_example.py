"""docs/examples/mirror_orders.py: killed again and again at work, and in the end each order stands there once."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from pytest_django.live_server_helper import LiveServer

from counterfoil.sales.models import SalesOrder
from counterfoil.sales.orders.edit import edit_order
from tests.api.factories import a_program
from tests.scale import at_full_size
from tests.web.factories.orders import a_store, an_order

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "mirror_orders.py"
KILLS, ORDERS = at_full_size(50, 6), at_full_size(120, 18)
CHANGED = 3  # other orders after each run: they fill two pages, and are listed when they are a second old


class Executioner:
    """Kills the script when it asks for its second page: before that is answered, or after."""

    def __init__(self) -> None:
        self.victim: subprocess.Popen[bytes] | None = None
        self.asked, self.after = 0, False

    def started(self, **_given: Any) -> None:
        """A request has come."""
        self.asked += 1
        if not self.after:
            self._kill()

    def finished(self, **_given: Any) -> None:
        """A request was answered: the script may be writing just now."""
        if self.after:
            self._kill()

    def _kill(self) -> None:
        if self.victim is not None and self.asked >= 2:
            self.victim.send_signal(signal.SIGKILL)


@pytest.mark.django_db(transaction=True)
def test_a_mirror_that_is_killed_again_and_again_has_each_order_once(live_server: LiveServer, tmp_path: Path) -> None:
    store = a_store()
    orders = [an_order(store, number) for number in range(1, ORDERS + 1)]
    secret = a_program("read").secret
    environment = {"COUNTERFOIL_URL": live_server.url, "COUNTERFOIL_TOKEN": secret, "COUNTERFOIL_PAGE": "2"}
    command = [sys.executable, str(SCRIPT), str(tmp_path / "orders.db"), "--once"]
    executioner = Executioner()
    request_started.connect(executioner.started)
    request_finished.connect(executioner.finished)
    killed = 0
    try:
        for number in range(50 * KILLS):  # some runs find nothing to read yet
            if killed == KILLS:
                break
            executioner.asked, executioner.after, executioner.victim = 0, bool(number % 2), None
            victim = executioner.victim = subprocess.Popen(command, env=os.environ | environment)
            killed += victim.wait(60) == -signal.SIGKILL
            for at in range(number * CHANGED, (number + 1) * CHANGED):
                edit_order(orders[at % ORDERS].pk, by="Ada", notes=f"Changed {number}")
    finally:
        request_started.disconnect(executioner.started)
        request_finished.disconnect(executioner.finished)
    assert killed == KILLS
    while not _is_whole(tmp_path / "orders.db"):
        assert subprocess.run(command, env=os.environ | environment, check=True, timeout=60).returncode == 0


def _is_whole(path: Path) -> bool:
    """Whether each order stands there once, as it is now; a change is listed when it is a second old."""
    with sqlite3.connect(path) as mirror:
        there = mirror.execute("SELECT number, updated_at FROM orders ORDER BY number").fetchall()
        lines = mirror.execute("SELECT count(*) FROM lines").fetchone()[0]
    here = [
        (order.number, order.updated_at.isoformat().replace("+00:00", "Z"))
        for order in SalesOrder.objects.order_by("number")
    ]
    assert len(there) == len({number for number, _ in there})
    return there == here and lines == 2 * len(here)
