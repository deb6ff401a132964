"""A database that is up to date, made once a run: an installation for a test begins with a copy of it.

Migrating an empty database takes many times as long as a copy. Tests that are about a first start do not use it.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from counterfoil.platform.database.embedded import EmbeddedServer
from tests.platform.installation import SharedInstallation
from tests.platform.system_accounts import Account


def fill(server: EmbeddedServer, factory: pytest.TempPathFactory, owner: Account | None = None) -> None:
    """Gives a server that was never started its database; `owner`: whose it is, by default whoever runs the tests."""
    made = _made_once(_of_this_run(factory))
    if owner is None or owner.uid == os.geteuid():
        server._make_home()
        place = server._home
    else:
        place = server.data_dir / "postgres"
        place.mkdir(mode=0o700)
        os.chown(place, owner.uid, owner.gid)
    about = place.stat()
    subprocess.run(["cp", "-R", f"{made}/.", place], check=True)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{about.st_uid}:{about.st_gid}", place], check=True)


def _of_this_run(factory: pytest.TempPathFactory) -> Path:
    """A directory that all processes of this run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _made_once(shared: Path) -> Path:
    made = shared / "migrated"
    with (shared / "migrated.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make(made)
    return made


def _make(made: Path) -> None:
    directory = Path(tempfile.mkdtemp(prefix="counterfoil-migrated-"))
    server = EmbeddedServer(directory, durable=False)
    server.start()
    try:
        installation = SharedInstallation(directory, server, origin="")
        migrated = installation.run("migrate")
        assert migrated.returncode == 0, migrated.stderr
        installation.rows("DELETE FROM stores_keyseal")  # each installation seals its copy with its own key
        server.stop()
        subprocess.run(["cp", "-R", server._home, made.with_name("migrating")], check=True)
        made.with_name("migrating").rename(made)
    finally:
        server.stop()
        server.remove()
        shutil.rmtree(directory)
