"""`counterfoil up` and `counterfoil demo`: everything in one process tree."""

import argparse
import os
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError, URLError

from counterfoil.platform.argument_types import whole_number
from counterfoil.platform.database.context import START_SECONDS
from counterfoil.platform.database.embedded import AlreadyRunning, EmbeddedServer
from counterfoil.platform.django_setup import StartStopped
from counterfoil.platform.processes.demo import remember_origin
from counterfoil.platform.processes.supervisor import SupervisedProcess, Supervisor

DEMO_STORE = "demo"
DEMO_TOKEN = "demo-access-token"  # noqa: S105 (of a made-up store on this machine)
DEMO_CODE = "DEMO-"
DEMO_PRODUCTS = "300"  # in its catalog, besides those that orders draw from
DEMO_ORDERS, DEMO_DAYS = 240, 90
HERE = "127.0.0.1"
WAIT_SECONDS = 60.0
CANNOT_START = 3


def run(words: Sequence[str]) -> int:
    """Runs the pages, a worker, the database where none is given, and for the demo a sandbox store."""
    demo = words[0] == "demo"
    options = parser(demo=demo).parse_args(words[1:])
    for host, port in [(options.host, options.port), *([(HERE, options.sandbox_port)] if demo else [])]:
        if trouble := in_the_way(host, port):
            return _cannot_start(trouble)
    directory = Path(os.environ["COUNTERFOIL_DATA_DIR"])
    server = None if "DATABASE_URL" in os.environ else EmbeddedServer(directory)
    supervisor = Supervisor(_children(options, directory, demo=demo), server)
    supervisor.stop_on_signals()
    with ExitStack() as stack:
        if server is not None:
            try:
                start_when_free(server, supervisor.stopping)
            except AlreadyRunning as other:
                return 0 if supervisor.stopping.is_set() else _cannot_start(_in_use(other))
            stack.callback(server.stop)
            os.environ["DATABASE_URL"] = server.url
            os.environ["COUNTERFOIL_EMBEDDED"] = "1"
        if demo:
            remember_origin(directory, _sandbox(options))
        stack.callback(supervisor.stop)
        return _run(supervisor, options, directory, demo=demo)


def start_when_free(server: EmbeddedServer, stopping: threading.Event) -> None:
    """Starts the server; a command that holds it is waited for. Raises AlreadyRunning when that doesn't stop."""
    deadline, told = time.monotonic() + START_SECONDS, False
    while True:
        try:
            server.start()
            return
        except AlreadyRunning as other:
            if _is_owner(other) or time.monotonic() > deadline or stopping.is_set():
                raise
            if not told:
                sys.stderr.write(f"{other} Waiting for it, up to {START_SECONDS:g} seconds.\n")
                told = True
        stopping.wait(0.2)


def _is_owner(other: AlreadyRunning) -> bool:
    """Whether it is Counterfoil itself that runs, which does not end by itself."""
    return other.holder is not None and other.holder.command in ("up", "demo")


def _in_use(other: AlreadyRunning) -> str:
    if _is_owner(other):
        return f"Counterfoil is already running with this data directory: {other.holder}."
    return f"{other} Wait until it ends or stop it, then start Counterfoil again."


def _run(supervisor: Supervisor, options: argparse.Namespace, directory: Path, *, demo: bool) -> int:
    try:
        login = _prepare(directory, supervisor.stopping, demo_origin=_sandbox(options) if demo else "")
    except StartStopped:
        return 0
    supervisor.start("sandbox", "web")
    if demo and not _answers(f"{_sandbox(options)}/sandbox/settings", supervisor):
        return _did_not_start("The sandbox store", supervisor)
    if demo:
        _fill(options)
    supervisor.start("worker")
    if not _answers(f"{_pages(options)}/healthz", supervisor):
        return _did_not_start("The pages", supervisor)
    _say_where(options, login, demo=demo)
    supervisor.run()
    return 0


def parser(*, demo: bool) -> argparse.ArgumentParser:
    """The flags of `up` and `demo`."""
    flags = argparse.ArgumentParser(prog="counterfoil demo" if demo else "counterfoil up")
    port = whole_number(1, 65535)
    flags.add_argument("--host", default=HERE, help=f"Address of the pages ({HERE}).")
    flags.add_argument("--port", type=port, default=8000, help="Port of the pages (8000).")
    if demo:
        flags.add_argument("--sandbox-port", type=port, default=8001, help="Port of the sandbox store (8001).")
        flags.add_argument(
            "--orders",
            type=whole_number(0, 100_000),
            default=DEMO_ORDERS,
            help=f"Orders of the last {DEMO_DAYS} days ({DEMO_ORDERS}).",
        )
        flags.add_argument(
            "--pricing",
            choices=("inclusive", "exclusive", "mixed"),
            default="inclusive",
            help="Whether the sandbox store's prices include tax (inclusive).",
        )
    else:
        flags.add_argument("--workers", type=whole_number(1, 16), default=1, help="How many worker processes (1).")
    return flags


def _children(options: argparse.Namespace, directory: Path, *, demo: bool) -> list[SupervisedProcess]:
    cli = ("-m", "counterfoil.platform.cli.main")
    children = [
        SupervisedProcess("web", [*cli, "web", "--host", options.host, "--port", str(options.port)]),
        *(SupervisedProcess("worker", [*cli, "worker"]) for _ in range(1 if demo else options.workers)),
    ]
    if not demo:
        return children
    state = directory / "sandbox.json"
    sandbox = ["--port", str(options.sandbox_port), "--store-hash", DEMO_STORE, "--access-token", DEMO_TOKEN]
    stock = [
        "--orders",
        str(options.orders),
        "--history-days",
        str(DEMO_DAYS),
        "--products",
        DEMO_PRODUCTS,
        "--pricing",
        options.pricing,
    ]
    running = ["--surprises", "--state", str(state), "--with-parent"]
    return [SupervisedProcess("sandbox", ["-m", "bigcommerce_sandbox", *sandbox, *stock, *running]), *children]


def _sandbox(options: argparse.Namespace) -> str:
    return f"http://{HERE}:{options.sandbox_port}"


def _pages(options: argparse.Namespace) -> str:
    """Where a browser on this machine finds the pages."""
    host = {"0.0.0.0": HERE, "::": "::1"}.get(options.host, options.host)  # noqa: S104 (all addresses: the user's choice)
    return f"http://[{host}]:{options.port}" if ":" in host else f"http://{host}:{options.port}"


def in_the_way(host: str, port: int) -> str:
    """Why nothing can listen there; empty when it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        return f"{host} isn’t an address of this machine."
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            return f"Only root can use port {port}. Choose one above 1023."
        except OSError as trouble:
            if "in use" in str(trouble):
                return f"Port {port} is in use. Is Counterfoil already running? Otherwise choose another port."
            return f"{host} isn’t an address of this machine."
    return ""


def _prepare(directory: Path, stopping: threading.Event, *, demo_origin: str) -> Path | None:
    """Brings the database up to date; the file with the first administrator's login, until it was used.

    Raises StartStopped where someone asked for a stop meanwhile.
    """
    from counterfoil.platform.django_setup import set_up

    set_up()
    from django.db import connection

    from counterfoil.platform.database.migrations import bring_up_to_date
    from counterfoil.platform.demo.store import connect_demo_store
    from counterfoil.platform.processes.first_login import first_login
    from counterfoil.platform.processes.start_checks import check_start

    check_start("up")
    bring_up_to_date(stopping=stopping)
    if demo_origin:
        connect_demo_store(f"{demo_origin}/stores/{DEMO_STORE}", DEMO_TOKEN, code=DEMO_CODE)
    login = first_login(directory)
    connection.close()
    return login


def _fill(options: argparse.Namespace) -> None:
    """A store with a past, before the worker begins. Without one the demo is still of use."""
    from django.db import connection

    from counterfoil.bigcommerce import StoreTrouble, TryAgain
    from counterfoil.platform.demo.fill import fill_demo
    from counterfoil.sales.errors import Refused

    try:
        fill_demo(_sandbox(options), code=DEMO_CODE)
    except (Refused, StoreTrouble, TryAgain) as trouble:
        sys.stderr.write(f"The demo starts with only its orders: {trouble}\n")
    finally:
        connection.close()


def _answers(url: str, supervisor: Supervisor) -> bool:
    """Waits until something answers there; False when it takes too long or Counterfoil is to stop."""
    deadline = time.monotonic() + WAIT_SECONDS
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy is there for the outside
    while time.monotonic() < deadline and not supervisor.stopping.is_set():
        try:
            with direct.open(url, timeout=2):
                return True
        except HTTPError:
            return True  # it answers; COUNTERFOIL_HOSTS need not name the address that we ask at
        except (URLError, OSError):
            supervisor.stopping.wait(0.2)
    return False


def _did_not_start(what: str, supervisor: Supervisor) -> int:
    if supervisor.stopping.is_set():
        return 0
    return _cannot_start(f"{what} didn’t start within {WAIT_SECONDS:g} seconds.")


def _cannot_start(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return CANNOT_START


def _say_where(options: argparse.Namespace, login: Path | None, *, demo: bool) -> None:
    lines = [f"Counterfoil runs at   {_pages(options)}"]
    if login is not None:
        lines.append(f"Log in as             admin   with the one-time password in   {login}")
    else:
        lines.append("Log in with your own password (counterfoil password admin creates a new one).")
    if demo:
        lines.append(f"The sandbox store     {_sandbox(options)}   (place orders, change them, watch the calls)")
        lines.append("On the command line   .venv/bin/counterfoil --demo orders")
    lines.append("Stop with             Ctrl-C")
    sys.stdout.write("\n" + "\n".join(lines) + "\n\n")
    sys.stdout.flush()
