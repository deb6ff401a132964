"""The `counterfoil` command: finds or starts the database, then runs one of the commands."""

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path

import psycopg
from django.db import Error

from counterfoil.platform import secret_files
from counterfoil.platform.data_dir import default_data_dir, has_home
from counterfoil.platform.database.backup_error import BackupError
from counterfoil.platform.database.context import database
from counterfoil.platform.database.embedded_user import EmbeddedError
from counterfoil.platform.django_setup import NewerSchema, NoDatabase, SettingsError, WrongSecretKey, set_up
from counterfoil.platform.processes.demo import allow_origin
from counterfoil.sales.db.full_disk import full_disk

COMMANDS = {
    "demo": "Try it out: pages, worker, and a sandbox store full of orders",
    "up": "Run it: pages and worker, with its own database unless DATABASE_URL is set",
    "web": "Run only the pages",
    "worker": "Run only a worker",
    "store": "Web integrations: add, list, show, test, set",
    "sync": "Sync now: import everything waiting, send everything due",
    "orders": "List the sales orders",
    "order": "Show one sales order",
    "preview": "What an import would do with each waiting order; writes nothing",
    "where": "Where is order 10234? Its status in the store, whether it is imported, and why not",
    "log": "The web integration log",
    "attention": "What needs attention",
    "export": "Sales orders as CSV, all or only those not exported before",
    "set-status": "Change sales orders to an order status",
    "ship": "Ship an order, or many from a file; list what is open",
    "correct": "Correct a parcel's carrier or tracking",
    "void": "Void a parcel: its items are open again",
    "take-over": "Take over shipments that others created in the store",
    "address": "Choose which ship-to address to use after a change in the store",
    "release": "Let an order on hold ship anyway",
    "statuses": "List the order statuses",
    "carriers": "Carriers and the stores' codes for them: list, add, remove",
    "retry": "Retry what couldn’t be imported or sent",
    "skip": "Skip an order, with a reason",
    "client": "Clients: list, merge duplicates",
    "product": "Products: add, list, import a file, load a catalog, match SKUs",
    "check": "Check the data and the stores against what Counterfoil promises",
    "people": "Users: list, invite, change roles, deactivate, let in",
    "token": "API tokens: add, list, revoke, history",
    "webhook-endpoint": "Webhook endpoints: add, list, switch on or off, test, replace the secret, remove",
    "shipstation": "ShipStation: add, list, password, notices, retry, dismiss",
    "password": "Give someone a new one-time password",
    "reconcile": "Compare the stores' orders from certain days with yours",
    "key": "Check the secret key; replace it if it is lost",
    "backup": "Write the whole database to a file",
    "restore": "Replace the database with a backup",
    "tidy": "Remove what is only kept for a limited time: old versions of orders, old log lines",
    "migrate": "Bring the database up to date (up and demo do it automatically)",
}
USAGE = 2
NO_DATABASE = 3
INTERRUPTED = 130
BROKEN_PIPE = 141
OWNERS = ("demo", "up")
HELP = ("-h", "--help")


def data_dir(*, demo: bool) -> Path:
    """Where this installation keeps its data; the demo's lies apart."""
    given = os.environ.get("COUNTERFOIL_DATA_DIR")
    base = _given(given) if given else default_data_dir()
    return base / "demo" if demo else base


def _given(place: str) -> Path:
    try:
        return Path(place).expanduser().absolute()
    except RuntimeError:
        raise SettingsError(f"COUNTERFOIL_DATA_DIR is {place}, but there’s no such home directory.") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and ends with its exit code; trouble is told in a sentence."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no “ says ? instead
    try:
        code = _main(words)
        sys.stdout.flush()
    except (EmbeddedError, NewerSchema, NoDatabase, OSError, SettingsError, WrongSecretKey) as trouble:
        if isinstance(trouble, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else the interpreter complains when it ends
            return BROKEN_PIPE
        sys.stderr.write(f"{_sentence(trouble)}\n")
        return USAGE if isinstance(trouble, NewerSchema | SettingsError) else NO_DATABASE
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BackupError, Error, psycopg.Error) as trouble:
        sys.stderr.write(f"{_of_database(trouble)}\n")
        return NO_DATABASE
    return code


def _of_database(trouble: Exception) -> str:
    """What to say where the database or a backup of it failed. What it adds in further lines may be customers' data."""
    if isinstance(trouble, BackupError):
        return str(trouble)
    why = str(trouble).strip().partition("\n")[0]
    return full_disk(trouble) or f"The database refused: {why}"


def _sentence(trouble: Exception) -> str:
    if full := full_disk(trouble):
        return full
    if isinstance(trouble, OSError):
        return f"{trouble.filename or 'A file'} can’t be used: {trouble.strerror}."
    return f"The database couldn’t be started. {trouble}" if isinstance(trouble, EmbeddedError) else str(trouble)


def _main(words: list[str]) -> int:
    demo = words[:1] in (["--demo"], ["demo"])
    words = words[1:] if words[:1] == ["--demo"] else words
    if words[:1] == ["help"] and words[1:2]:
        words = [words[1], "--help"]
    if not words or words[0] in (*HELP, "help"):
        (sys.stdout if words else sys.stderr).write(_overview())
        return 0 if words else USAGE
    if words[0] == "--version":
        sys.stdout.write(version("counterfoil") + "\n")
        return 0
    if words[0] not in COMMANDS:
        sys.stderr.write(f"There’s no command “{words[0]}”. “counterfoil --help” lists them.\n")
        return USAGE
    os.environ["COUNTERFOIL_COMMAND"] = words[0]
    if any(word in HELP for word in words):
        return _help(words)
    return _run(words, demo=demo)


def _overview() -> str:
    commands = "\n".join(f"  {name:<10} {what}" for name, what in COMMANDS.items())
    return (
        "Counterfoil: BigCommerce orders become sales orders, exactly once.\n\n"
        f"counterfoil [--demo] COMMAND …\n\n{commands}\n\n"
        "--demo before a command uses the demo's data. “counterfoil COMMAND --help” shows more.\n"
    )


def _help(words: list[str]) -> int:
    """Needs no database, and leaves nothing behind."""
    if words[0] in OWNERS:
        from counterfoil.platform.processes.launcher import parser

        parser(demo=words[0] == "demo").print_help()
        return 0
    os.environ["DATABASE_URL"] = "postgresql://none/none"
    os.environ["COUNTERFOIL_SECRET_KEY"] = "of no use but to print help"  # noqa: S105 (nothing is encrypted)
    return execute(words, with_database=False)


def _run(words: list[str], *, demo: bool) -> int:
    secret_files.read(os.environ)
    directory = data_dir(demo=demo)
    os.environ["COUNTERFOIL_DATA_DIR"] = str(directory)
    if not has_home():
        os.environ["HOME"] = str(directory)  # libraries ask for it while they are loaded
    if demo:
        os.environ.pop("DATABASE_URL", None)
    if words[0] in OWNERS:
        from counterfoil.platform.processes.launcher import run

        return run(words)
    if demo:
        allow_origin(directory)
    with ExitStack() as stack:
        if "DATABASE_URL" not in os.environ:
            os.environ["DATABASE_URL"] = stack.enter_context(database(directory))
            os.environ["COUNTERFOIL_EMBEDDED"] = "1"
        return execute(words)


def execute(words: list[str], *, with_database: bool = True) -> int:
    """Runs a management command; its exit code. `with_database`: it may touch the database."""
    set_up()
    from django.core.management import execute_from_command_line
    from django.db import connection

    from counterfoil.platform.database.migrations import bring_up_to_date
    from counterfoil.platform.processes.start_checks import check_start

    try:
        if with_database:
            check_start(words[0])
        if words == ["migrate"]:
            bring_up_to_date()
            return 0
        execute_from_command_line(["counterfoil", words[0].replace("-", "_"), *words[1:]])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except Error as trouble:
        if _followed_an_interrupt(trouble):
            return INTERRUPTED
        sys.stderr.write(f"{_of_database(trouble)}\n")
        return NO_DATABASE
    finally:
        connection.close()
    return 0


def _followed_an_interrupt(trouble: BaseException) -> bool:
    """Whether it came of Ctrl-C: a connection whose statement was left takes no other, not even to clean up."""
    before = trouble.__context__
    return before is not None and (isinstance(before, KeyboardInterrupt) or _followed_an_interrupt(before))


if __name__ == "__main__":
    sys.exit(main())
