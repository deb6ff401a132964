"""One running process of the scripts, from the program's side."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import structlog
from django.conf import settings
from django.db import connection

from counterfoil.bigcommerce import TryAgain
from counterfoil.intake.script_process.messages import Channel, NotPlain, TooLarge
from counterfoil.intake.script_process.statements import carry_out

START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from counterfoil.intake.script_process.program import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)
START_SECONDS = 60.0
END_SECONDS = 2.0
TRACE_SECONDS = 0.5
LONGEST_TRACE = 8_000
NOT_STARTED = "The process that runs scripts didn’t start."
OF_THE_SCRIPT = re.compile(
    r'File "([^"]+)", line (\d+) in [^\n]*\n\s*File "[^"]*intake/scripts\.py", line \d+ in _run\b'
)


class Stopped(Exception):
    """The process is no more, or had to be ended.

    `script`: the one it was at. `why`: "time", "large" or "ended"; `code` is then as of subprocess.
    """

    def __init__(self, script: str, why: str, *, code: int | None = None, trace: str = "") -> None:
        super().__init__(why)
        self.script = script
        self.why = why
        self.code = code
        self.trace = trace

    @property
    def place(self) -> str:
        """The script's own line at which it was, for a sentence; "" where it is not known."""
        found = OF_THE_SCRIPT.search(self.trace)
        return f", at line {found[2]} of {Path(found[1]).name}" if found else ""


class Broken(Exception):
    """The scripts cannot be loaded: the sentence and the trace."""

    def __init__(self, sentence: str, trace: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.trace = trace


class Child:
    """A process with the scripts loaded, and the socket to it. Raises Broken, Stopped and TryAgain where it is not."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self.channel = Channel(ours)
        self.at = ""
        with theirs:
            try:
                self._trace = _file_in_memory()
                self.process = _started(theirs.fileno(), self._trace.fileno())
            except OSError as error:
                ours.close()
                raise TryAgain(NOT_STARTED) from error
        try:
            self._load()
        except BaseException:
            self.end()
            raise

    def _load(self) -> None:
        self.channel.send(("setup", dict(connection.settings_dict), settings.SCRIPT_MEMORY_MB))
        answer = self._answer(time.monotonic() + START_SECONDS)
        if answer[0] == "broken":
            raise Broken(answer[1], answer[2])

    def run(self, order: Any, draft: Any, values: tuple[Any, ...], *, seconds: float) -> tuple[Any, ...]:
        """How the scripts ended on an order, what then stands in the fields, whether the process is worn out.

        Last, the number of what is to be done after the commit, see `committed`.
        """
        return self._ask(("run", _context(), order, draft, values), seconds)

    def committed(self, number: int, *, seconds: float) -> None:
        """Does what a script left to be done after the commit."""
        self._ask(("committed", number), seconds)

    def _ask(self, request: tuple[Any, ...], seconds: float) -> tuple[Any, ...]:
        deadline = time.monotonic() + seconds
        try:
            self.channel.send(request, deadline)
        except TimeoutError:
            raise self._stopped("time") from None
        except OSError:
            raise self._stopped("ended") from None
        return self._answer(deadline)

    def _answer(self, deadline: float) -> tuple[Any, ...]:
        """Serves the process until it answers."""
        try:
            while (message := self.channel.receive_plain(deadline)) is not None:
                if message[0] == "at":
                    self.at = message[1]
                elif message[0] == "statement":
                    self.channel.send(carry_out(message, deadline), deadline)
                else:
                    return message
        except TimeoutError:
            raise self._stopped("time") from None
        except (TooLarge, NotPlain):
            raise self._stopped("large") from None
        except OSError:
            pass
        raise self._stopped("ended")

    def _stopped(self, why: str) -> Stopped:
        code = None
        if why == "time":
            self._dump()
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self.process.wait(END_SECONDS)
        return Stopped(self.at, why, code=code, trace=self._read_trace())

    def _dump(self) -> None:
        """Has the process write where it is, be it inside a library that listens to nothing."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGUSR1)
        until, size = time.monotonic() + TRACE_SECONDS, 0
        while time.monotonic() < until:
            before, size = size, os.fstat(self._trace.fileno()).st_size
            if size and size == before:
                return
            time.sleep(0.01)

    def _read_trace(self) -> str:
        return os.pread(self._trace.fileno(), LONGEST_TRACE, 0).decode(errors="replace")

    @property
    def is_alive(self) -> bool:
        """Whether it waits for an order."""
        return self.process.poll() is None

    def end(self, *, gently: bool = False) -> None:
        """Ends it and what it started; `gently` lets it do first what a script left for the end."""
        if gently:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                self.channel.socket.shutdown(socket.SHUT_WR)
                self.process.wait(END_SECONDS)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.channel.socket.close()
        self._trace.close()


def _file_in_memory() -> BinaryIO:
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("trace"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def _started(descriptor: int, trace: int) -> "subprocess.Popen[bytes]":
    arguments = [json.dumps([str(folder) for folder in sys.path]), str(descriptor), str(trace)]
    return subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-c", START, *arguments],
        stdin=subprocess.DEVNULL,
        pass_fds=(descriptor, trace),
        start_new_session=True,  # what a script starts ends with it
    )


def _context() -> Mapping[str, Any]:
    """What the program's log lines carry, for those of the scripts."""
    return {name: str(value) for name, value in structlog.contextvars.get_contextvars().items()}
