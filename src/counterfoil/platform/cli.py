"""The `counterfoil` command: finds or starts the database, then runs one of the commands."""

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from counterfoil.platform.embedded import EmbeddedError, database

COMMANDS = {
    "demo": "Try it out: pages, worker, and a sandbox store full of orders",
    "up": "Run it: pages and worker, with a database of its own unless DATABASE_URL is set",
    "web": "Run the pages alone",
    "worker": "Run a worker alone",
    "store": "Web integrations: add, list, show, test, set",
    "sync": "One pass now: import all that waits, send all that is due",
    "orders": "List the sales orders",
    "order": "Show one sales order",
    "where": "Where is order 10234? Its status in the store, whether it is imported, and why not",
    "log": "The web integration log",
    "attention": "What needs a person",
    "retry": "Try again what could not be imported or sent",
    "skip": "Give up on an order, with a reason",
    "product": "Products: add, list",
    "password": "Give someone a new one-time password",
    "migrate": "Bring the database up to date (up and demo do it by themselves)",
}
USAGE = 2
OWNERS = ("demo", "up")


def data_dir(*, demo: bool) -> Path:
    """Where this installation keeps its data; the demo's lies apart."""
    base = Path(os.environ.get("COUNTERFOIL_DATA_DIR") or Path.home() / ".local" / "share" / "counterfoil")
    return base / "demo" if demo else base


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and ends with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    demo = words[:1] == ["--demo"] or words[:1] == ["demo"]
    words = words[1:] if words[:1] == ["--demo"] else words
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(_overview())
        return 0 if words else USAGE
    if words[0] == "--version":
        sys.stdout.write(version("counterfoil") + "\n")
        return 0
    if words[0] not in COMMANDS:
        sys.stderr.write(f"There is no command “{words[0]}”.\n\n{_overview()}")
        return USAGE
    os.environ["COUNTERFOIL_COMMAND"] = words[0]
    os.environ["COUNTERFOIL_DATA_DIR"] = str(data_dir(demo=demo))
    if demo:
        os.environ.pop("DATABASE_URL", None)
    try:
        return _run(words)
    except EmbeddedError as trouble:
        sys.stderr.write(f"The database could not be started. {trouble}\n")
        return 1


def _overview() -> str:
    commands = "\n".join(f"  {name:<10} {what}" for name, what in COMMANDS.items())
    return (
        "Counterfoil: BigCommerce orders become sales orders, exactly once.\n\n"
        f"counterfoil [--demo] COMMAND …\n\n{commands}\n\n"
        "--demo before a command lets it work on the demo's data. “counterfoil COMMAND --help” tells more.\n"
    )


def _run(words: list[str]) -> int:
    with ExitStack() as stack:
        helps = any(word in ("-h", "--help") for word in words)
        if helps:
            os.environ.setdefault("DATABASE_URL", "postgresql://none/none")  # help needs no database
        elif "DATABASE_URL" not in os.environ and words[0] not in OWNERS:
            directory = Path(os.environ["COUNTERFOIL_DATA_DIR"])
            os.environ["DATABASE_URL"] = stack.enter_context(database(directory))
            os.environ["COUNTERFOIL_EMBEDDED"] = "1"
        if words[0] in OWNERS and not helps:
            from counterfoil.platform.running import run

            return run(words)
        return execute(words)


def execute(words: list[str]) -> int:
    """Runs a management command; its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterfoil.platform.settings")
    import django
    from django.core.management import execute_from_command_line
    from django.db import connection

    django.setup()
    try:
        execute_from_command_line(["counterfoil", *words])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    finally:
        connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
