"""A real PgBouncer before a database, in each of its modes."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg

from tests.platform.installation import free_port

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where Debian keeps it
WAIT_SECONDS = 30.0
NOBODY = 65534


@contextmanager
def pgbouncer(database_url: str, mode: str, **settings: object) -> Iterator[str]:
    """The DATABASE_URL that leads through it; `settings`: further ones of its own."""
    program = shutil.which("pgbouncer", path=PATH)
    assert program is not None, "pgbouncer is not installed: run bin/proxies."
    port, parts = free_port(), urlsplit(database_url)
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-pgbouncer-"))
    owner = _owner(_host(database_url))
    config = folder / "pgbouncer.ini"
    config.write_text(_config(database_url, {"pool_mode": mode, "listen_port": port} | settings))
    for path in (folder, config):
        os.chown(path, owner, -1)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [program, str(config)], stdout=log, stderr=log, user=owner if os.geteuid() == 0 else None, cwd="/"
        )
    try:
        url = f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}"
        _until_it_answers(url, folder / "log")
        yield url
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


def _host(database_url: str) -> str:
    parts = urlsplit(database_url)
    return parts.hostname or parse_qs(parts.query)["host"][0]


def _owner(host: str) -> int:
    """Who runs it: it does not run as root, and has to reach the server's sockets."""
    if os.geteuid() != 0:
        return os.geteuid()
    return Path(host).stat().st_uid if host.startswith("/") else NOBODY


def _config(database_url: str, settings: dict[str, object]) -> str:
    parts = urlsplit(database_url)
    where = f"host={_host(database_url)} port={parts.port or 5432} user={parts.username}"
    password = f" password={unquote(parts.password)}" if parts.password else ""
    own = {"listen_addr": "127.0.0.1", "unix_socket_dir": "", "auth_type": "any", "max_client_conn": 100} | settings
    lines = [f"{name} = {value}" for name, value in own.items()]
    return "\n".join(["[databases]", f"* = {where}{password}", "[pgbouncer]", *lines, ""])


def _until_it_answers(url: str, log: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return
