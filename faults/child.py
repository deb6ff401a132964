"""Processes to be hit: one that is ready to go, of which each run is a fork, so that a run costs no start.

`python -m faults.child` reads one line of JSON for each run and answers with one: how the run ended.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

LONGEST_RUN = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: `code` as `subprocess` has it (negative: a signal), the points it passed, its last words."""

    code: int
    points: list[str]
    said: str
    seconds: float


class Children:
    """Starts runs of the product in processes of their own. Use as a context manager."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "faults.child"],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if "COUNTERFOIL_FAULTS_LOG" in os.environ else subprocess.DEVNULL,
            text=True,
        )
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """The process of which each run is a child."""
        return self._process.pid

    def run(self, act: str = "run_sync", **order: Any) -> Ended:
        """One run of an act (faults.acts), as `order` says: `at`, `kinds`, `error`, `times`, `plant`, `longest`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps({"act": act, **order}) + "\n")
            self._process.stdin.flush()
            began = time.monotonic()
            answer = json.loads(self._process.stdout.readline())
        return Ended(answer["code"], answer["points"], answer["said"], time.monotonic() - began)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


def main() -> None:
    """Forks a child for each line."""
    from counterfoil.platform.django_setup import set_up

    set_up()
    for line in sys.stdin:
        order = json.loads(line)
        sys.stdout.write(json.dumps(_fork(order)) + "\n")
        sys.stdout.flush()


def _fork(order: dict[str, Any]) -> dict[str, Any]:
    from faults.points import REPORT

    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        if writing != REPORT:
            os.dup2(writing, REPORT)
        os.dup2(2, 1)  # what it prints is no answer of ours
        _be_hit(order)
    os.close(writing)
    said = _all_of(reading, pid, order.get("longest", LONGEST_RUN))
    _, status = os.waitpid(pid, 0)
    lines = said.decode(errors="replace").splitlines()
    points = [line for line in lines if not line.startswith("said ")]
    words = "\n".join(line.removeprefix("said ") for line in lines if line.startswith("said "))
    return {"code": os.waitstatus_to_exitcode(status), "points": points, "said": words}


def _all_of(reading: int, pid: int, longest: float) -> bytes:
    """What the child says until it ends; one that does not end within so many seconds is killed, and says so."""
    timer = threading.Timer(longest, os.kill, [pid, signal.SIGKILL])
    timer.start()
    began = time.monotonic()
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    timer.cancel()
    return said + (b"said hung\n" if time.monotonic() - began >= longest else b"")


def _be_hit(order: dict[str, Any]) -> None:
    """Does the act and ends, however it goes; never returns."""
    import django.db

    from faults import acts, planted, points

    code = 1
    try:
        planted.plant(order.get("plant"))
        act = points.stop if order.get("stop") else points.kill
        act = points.fail_with(order["error"]) if "error" in order else act
        kinds = set(order["kinds"]) if "kinds" in order else None
        watcher = points.Points(act, at=order.get("at"), kinds=kinds, times=order.get("times", 1))
        points.watch(watcher)
        code = acts.ACTS[order["act"]](**order.get("with", {}))
    except BaseException as trouble:  # noqa: BLE001 (a child of the harness that reports whatever ended it)
        os.write(
            points.REPORT, f"said {type(trouble).__name__}: {str(trouble)[:300]}\n".replace("\n", " ").encode() + b"\n"
        )
        code = 1
    finally:
        django.db.connections.close_all()
        os._exit(code)


if __name__ == "__main__":
    main()
