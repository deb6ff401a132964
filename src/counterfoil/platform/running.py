"""`counterfoil up` and `counterfoil demo`: the whole house in one process tree."""

import argparse
import os
import socket
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.error import URLError

from counterfoil.platform.embedded import AlreadyRunning, EmbeddedServer
from counterfoil.platform.supervisor import Child, Supervisor

DEMO_STORE = "demo"
DEMO_TOKEN = "demo-access-token"  # noqa: S105 (of a made-up store on this machine)
DEMO_CODE = "DEMO-"
WAIT_SECONDS = 60.0


def run(words: Sequence[str]) -> int:
    """Runs the pages, a worker, the database where none is given, and for the demo a sandbox store."""
    demo = words[0] == "demo"
    options = _options(demo).parse_args(words[1:])
    taken = [
        port for port in (options.port, *([options.sandbox_port] if demo else [])) if _is_taken(options.host, port)
    ]
    if taken:
        sys.stderr.write(f"Port {taken[0]} is in use. Is Counterfoil running already? Otherwise choose another port.\n")
        return 1
    directory = Path(os.environ["COUNTERFOIL_DATA_DIR"])
    supervisor = Supervisor(_children(options, directory, demo=demo))
    supervisor.stop_on_signals()
    with ExitStack() as stack:
        if "DATABASE_URL" not in os.environ:
            server = EmbeddedServer(directory)
            try:
                server.start()
            except AlreadyRunning:
                sys.stderr.write("Counterfoil is running already with this data directory.\n")
                return 1
            stack.callback(server.stop)
            os.environ["DATABASE_URL"] = server.url
            os.environ["COUNTERFOIL_EMBEDDED"] = "1"
        if demo:
            os.environ["COUNTERFOIL_API_ORIGINS"] = f"https://api.bigcommerce.com,{_sandbox(options)}"
        login = _prepare(demo_origin=_sandbox(options) if demo else "")
        stack.callback(supervisor.stop)
        supervisor.start("sandbox", "web")
        if demo and not _answers(f"{_sandbox(options)}/sandbox/settings", supervisor):
            return _did_not_start("The sandbox store", supervisor)
        supervisor.start("worker")
        if not _answers(f"http://{options.host}:{options.port}/login/", supervisor):
            return _did_not_start("The pages", supervisor)
        _say_where(options, login, demo=demo)
        supervisor.run()
    return 0


def _options(demo: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="counterfoil demo" if demo else "counterfoil up")
    parser.add_argument("--host", default="127.0.0.1", help="Address of the pages (127.0.0.1).")
    parser.add_argument("--port", type=int, default=8000, help="Port of the pages (8000).")
    if demo:
        parser.add_argument("--sandbox-port", type=int, default=8001, help="Port of the sandbox store (8001).")
        parser.add_argument(
            "--orders", type=int, default=60, help="How many orders the sandbox store begins with (60)."
        )
    else:
        parser.add_argument("--workers", type=int, default=1, help="How many worker processes (1).")
    return parser


def _children(options: argparse.Namespace, directory: Path, *, demo: bool) -> list[Child]:
    cli = ("-m", "counterfoil.platform.cli")
    children = [
        Child("web", [*cli, "web", "--host", options.host, "--port", str(options.port)]),
        *(Child("worker", [*cli, "worker"]) for _ in range(1 if demo else options.workers)),
    ]
    if not demo:
        return children
    state = directory / "sandbox.json"
    sandbox = ["--port", str(options.sandbox_port), "--store-hash", DEMO_STORE, "--access-token", DEMO_TOKEN]
    orders = ["--orders", str(options.orders), "--surprises", "--state", str(state), "--with-parent"]
    return [Child("sandbox", ["-m", "bigcommerce_sandbox", *sandbox, *orders]), *children]


def _sandbox(options: argparse.Namespace) -> str:
    return f"http://127.0.0.1:{options.sandbox_port}"


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _prepare(*, demo_origin: str) -> tuple[str, str] | None:
    """Brings the database up to date; the first administrator's login until it was used."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterfoil.platform.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from counterfoil.platform.demo_store import connect_demo_store
    from counterfoil.platform.people import first_administrator

    call_command("migrate", verbosity=0, interactive=False)
    if demo_origin:
        connect_demo_store(f"{demo_origin}/stores/{DEMO_STORE}", DEMO_TOKEN, code=DEMO_CODE)
    login = first_administrator()
    connection.close()
    return login


def _answers(url: str, supervisor: Supervisor) -> bool:
    """Waits until something answers there; False when it takes too long or Counterfoil is to stop."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and not supervisor.stopping.is_set():
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (our own child, on this machine)
                return True
        except (URLError, OSError):
            supervisor.stopping.wait(0.2)
    return False


def _did_not_start(what: str, supervisor: Supervisor) -> int:
    if not supervisor.stopping.is_set():
        sys.stderr.write(f"{what} did not start within {WAIT_SECONDS:g} seconds.\n")
    return 0 if supervisor.stopping.is_set() else 1


def _say_where(options: argparse.Namespace, login: tuple[str, str] | None, *, demo: bool) -> None:
    lines = [f"Counterfoil runs at   http://{options.host}:{options.port}"]
    if login is not None:
        lines.append(f"Log in as             {login[0]}   with the one-time password   {login[1]}")
    else:
        lines.append("Log in with your own password (counterfoil password admin makes a new one).")
    if demo:
        lines.append(f"The sandbox store     {_sandbox(options)}   (place orders, change them, watch the calls)")
        lines.append("On the command line   counterfoil --demo orders")
    lines.append("Stop with             Ctrl-C")
    sys.stdout.write("\n" + "\n".join(lines) + "\n\n")
    sys.stdout.flush()
