"""The process that evaluates expressions. It is started as a file of its own and imports nothing of the program.

It reads requests from descriptor 0, a socket, a JSON document a line:
`{"names": {"lines": […], …}, "jobs": [[expression, index of its line or null], …], "seconds": 1.0}`, and answers each
job with a line as soon as it is done: `{"value": …}` or `{"error": "…"}`. Whoever writes an expression can make it run
for ever, fill the memory or crash the interpreter (a deeply nested one does): all of that ends here, not there.
"""

import contextlib
import json
import math
import os
import re
import resource
import signal
from datetime import datetime
from functools import lru_cache
from typing import Any

import cel
from cel.stdlib import add_stdlib_to_context

MEMORY = 256 * 2**20
LONGEST_TEXT = 10_000
LONGEST_ERROR = 300
OUT_OF_MEMORY = 70
KINDS: dict[type, str] = {list: "a list", dict: "a group of values", bytes: "bytes"}


class Unusable(Exception):
    """The expression gives something that no field takes."""


def lock_down() -> None:
    """Little memory, no new files, no network, no processes, no core dump: an expression needs none of it."""
    limits = {"RLIMIT_AS": MEMORY, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0, "RLIMIT_NPROC": 0, "RLIMIT_NOFILE": 3}
    for name, limit in limits.items():
        with contextlib.suppress(OSError, ValueError):  # a system that knows no such limit has the clock all the same
            resource.setrlimit(getattr(resource, name), (limit, limit))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end closes the socket


def answer_all(request: dict[str, Any]) -> None:
    """Answers each job of a request."""
    contexts: dict[tuple[str, ...], cel.Context] = {}
    for expression, line in request["jobs"]:
        variables = dict(request["names"])
        if line is not None:
            variables["line"] = request["names"]["lines"][line]
        try:
            answer = {"value": plain(evaluate(expression, variables, contexts))}
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (the library answers with a dozen kinds, and each is an answer here)
            answer = {"error": in_words(error)}
        send(answer)


def evaluate(expression: str, variables: dict[str, Any], contexts: dict[tuple[str, ...], cel.Context]) -> Any:
    """The expression's value. Only what it names is handed over: a whole order for each line would take too long."""
    program = compiled(expression)
    named = tuple(name for name in program.variables() if name in variables)
    context = contexts.get(named)
    if context is None:
        context = contexts[named] = cel.Context(variables={name: variables[name] for name in named})
        add_stdlib_to_context(context)
    elif "line" in named:
        context.add_variable("line", variables["line"])
    return program.execute(context)


@lru_cache(maxsize=256)
def compiled(expression: str) -> cel.Program:
    """The expression, read once."""
    return cel.compile(expression)


def plain(value: Any) -> str | int | float | bool | None:
    """The value as a field may take it; raises Unusable."""
    if isinstance(value, cel.OptionalValue):
        return plain(value.value()) if value.has_value() else None
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise Unusable(f"it returns a text of {len(value):,} characters, and a field takes {LONGEST_TEXT:,}")
        return value
    if isinstance(value, float) and not math.isfinite(value):
        raise Unusable(f"it returns {value}, which isn’t a number")
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    kind = KINDS.get(type(value), f"a {type(value).__name__}")
    raise Unusable(f"it returns {kind}, but a field takes one value")


def in_words(error: Exception) -> str:
    """The error as a part of a sentence: "it …", or what the library says."""
    said = re.sub(r"\s+", " ", str(error)).strip()
    if isinstance(error, Unusable):
        return said
    if "MemoryError" in said:
        return "it needs too much memory"
    if isinstance(error, KeyError):
        return f"there is no “{said.strip(chr(39))}” where it looks for it"
    if isinstance(error, IndexError):
        return f"a list is shorter than it expects ({said})"
    if isinstance(error, ZeroDivisionError):
        return "it divides by zero"
    if unknown := re.search(r"Undefined variable or function: '([^']*)'", said):
        return f"it names “{unknown[1]}”, which doesn’t exist"
    if isinstance(error, TypeError) and "No such overload" in said:
        return "it mixes kinds of values, such as text and numbers, which string(…), int(…) and double(…) convert"
    if unreadable := re.search(r"ERROR: <input>:(\d+):(\d+): (.*?)(?: \||$)", said):
        return (
            f"it cannot be read at character {unreadable[2]} of line {unreadable[1]}: {unreadable[3][:LONGEST_ERROR]}"
        )
    said = re.sub(r"Python function call failed: \w+: ", "", said)
    return said.removesuffix(" Check function arguments and their types.")[:LONGEST_ERROR]


def send(answer: dict[str, Any]) -> None:
    """One line to the parent."""
    raw = json.dumps(answer).encode() + b"\n"
    while raw:
        raw = raw[os.write(0, raw) :]


def main() -> None:
    """Answers until the parent closes the socket, also by its own end."""
    lock_down()
    with os.fdopen(0, "rb", closefd=False) as requests:
        send({"value": "ready"})
        for line in requests:
            request = json.loads(line)
            # Time of the processor and not of the clock: an order must not fail because the machine is busy.
            signal.setitimer(signal.ITIMER_PROF, request["seconds"])
            answer_all(request)
            signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)
