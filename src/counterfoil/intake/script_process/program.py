"""The process that runs scripts: it loads those that are installed, then runs them on each order that it is given.

A script may run for ever, fill the memory, crash the interpreter or end the process: all of that ends here. It is
started with the descriptor of a socket to the program and of a file that takes a trace when it is stopped.
"""

import contextlib
import faulthandler
import itertools
import os
import resource
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import django
import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake import scripts
from counterfoil.intake.script_process.messages import Channel, Other
from counterfoil.intake.script_process.relayed_database.base import Line

BACKEND = "counterfoil.intake.script_process.relayed_database"
MOST_THREADS = 20
MOST_KEPT = 20
_NUMBERS = itertools.count(1)
_TO_DO: dict[int, list[Callable[[], None]]] = {}
PLAIN: tuple[type, ...] = (bool, str, int, float, Decimal, datetime, date)


def main(descriptor: int, trace: int) -> None:
    """Answers until the program closes the socket, also by its own end."""
    channel = Channel(socket.socket(fileno=descriptor))
    faulthandler.enable(trace)
    faulthandler.register(signal.SIGUSR1, trace, all_threads=False)
    threading.Thread(target=_end_with_program, args=[descriptor], name="end with program", daemon=True).start()
    setup = channel.receive()
    if setup is None:
        return
    _limit(setup[2])
    settings.DATABASES["default"] = {**setup[1], "ENGINE": BACKEND}
    django.setup()
    Line.channel, Line.pid = channel, os.getpid()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # there is none
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # what a stopped script said is kept
    say = _Place(channel).say
    present = scripts.loaded(before=say)
    if present.broken is not None:
        channel.send(("broken", present.broken.sentence, present.broken.trace))
        return
    channel.send(("ready",))
    while (request := channel.receive()) is not None:
        if request[0] == "committed":
            answer: tuple[Any, ...] = _after_commit(request[1])
        else:
            answer = _answer(present, request, say)
        if os.getpid() != Line.pid:
            os._exit(0)  # a script forked, and this is the copy
        channel.send(answer)


class _Place:
    """Tells the program which script this process is at, where that is another one than before."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.at = ""

    def say(self, name: str) -> None:
        """It is at this one now."""
        if name != self.at:
            self.at = name
            self.channel.send(("at", name))


def _answer(present: scripts.Scripts, request: tuple[Any, ...], before: Callable[[str], None]) -> tuple[Any, ...]:
    """Runs the scripts on an order: how it ended, what stands in the fields, whether the process is worn out."""
    _, context, order, draft, (of_order, of_client, of_lines) = request
    fields = scripts.ScriptFields(of_order, of_client, MappingProxyType(of_lines))
    connection.begin()  # type: ignore[attr-defined]
    worn = False
    ended: tuple[str, ...] = ("done",)
    try:
        with structlog.contextvars.bound_contextvars(**context):
            present.run(order, draft, fields, before=before)
    except scripts.ScriptFailed as failure:
        ended = ("failed", failure.sentence, failure.trace)
        worn = isinstance(failure.cause, MemoryError)
    except NeedsPerson as refusal:
        ended = ("refused", refusal.code, refusal.sentence, refusal.next_step)
    except (OperationalError, InterfaceError) as away:
        ended = ("database", str(away))
    except BaseException as error:  # noqa: BLE001 (KeyboardInterrupt, or what asyncio raises: it stops this one order)
        broken_off = scripts.failed("The script failed", error)
        ended = ("failed", broken_off.sentence, broken_off.trace)
    worn = worn or threading.active_count() > MOST_THREADS
    values = (_plain_values(fields.order), _plain_values(fields.client))
    lines = {line_id: _plain_values(of_line) for line_id, of_line in fields.lines.items()}
    return ("ended", ended, (*values, lines), worn, _kept_for_commit())


def _kept_for_commit() -> int:
    """The number under which is kept what the scripts do once the order is committed; 0 for nothing."""
    asked = [each[1] for each in connection.run_on_commit]
    if not asked:
        return 0
    number = next(_NUMBERS)
    _TO_DO[number] = asked
    _TO_DO.pop(number - MOST_KEPT, None)  # of an order that was not committed
    return number


def _after_commit(number: int) -> tuple[Any, ...]:
    """Does it. What goes wrong is logged, and changes no order any more."""
    connection.begin()  # type: ignore[attr-defined]
    for function in _TO_DO.pop(number, []):
        try:
            function()
        except Exception:  # noqa: BLE001 (the script's own)
            scripts.logger.exception("script failed after the order was committed")
    return ("ended", ("done",), ({}, {}, {}), False, 0)


def _plain_values(values: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """A value as the program takes it: of a class of the script's own, what a field would make of it."""
    if value is None or type(value) in PLAIN:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, datetime):
        return datetime.fromisoformat(value.isoformat())
    return Other(_shown(value))


def _shown(value: Any) -> str:
    try:
        return str(value)[:1000]
    except Exception:  # noqa: BLE001 (the script's own class may raise anything)
        return type(value).__name__


def _limit(megabytes: int) -> None:
    """So much memory; no core dump; the first to go where the machine's memory runs out."""
    for name, limit in (("RLIMIT_DATA", megabytes * 2**20), ("RLIMIT_CORE", 0)):
        with contextlib.suppress(OSError, ValueError):  # a system that knows no such limit has the clock all the same
            resource.setrlimit(getattr(resource, name), (limit, limit))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _end_with_program(descriptor: int) -> None:
    """Ends this process and those it started when the program is no more, whatever a script is at."""
    poll = select.poll()
    poll.register(descriptor, 0)
    poll.poll()
    os.killpg(0, signal.SIGKILL)
