"""Two installations with one history at one store: the second is noticed before anything is sent twice."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.platform.database.embedded import EmbeddedServer
from tests.platform.installation import SharedInstallation
from tests.platform.migrated_database import fill
from tests.sandbox_store import SandboxStore


@pytest.fixture
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedInstallation]:
    """An installation with a database of its own, as `up` has one, and an order shipped that is still to be sent."""
    directory = Path(tempfile.mkdtemp(prefix="counterfoil-original-")) / "data"
    directory.mkdir()
    server = EmbeddedServer(directory)
    fill(server, tmp_path_factory)
    with SandboxStore() as store:
        here = SharedInstallation(directory, server, store.origin)
        here.store = store  # type: ignore[attr-defined]
        del here.environment["DATABASE_URL"]
        words = ("--code", "WEB-", "--description", "Shop", "--unknown-product", "create")
        added = here.run("store", "add", *words, "--api-path", store.api_path, "--access-token", store.token)
        assert added.returncode == 0, added
        (number,) = store.place(1, kind="guest")
        assert here.run("sync").returncode == 0
        assert here.run("ship", f"WEB-{number}", "--carrier", "UPS", "--tracking", "1Z7").returncode == 0
        try:
            yield here
        finally:
            server.remove()
            shutil.rmtree(directory.parent, ignore_errors=True)


def store_of(installation: SharedInstallation) -> SandboxStore:
    """The store of both."""
    store: SandboxStore = installation.store  # type: ignore[attr-defined]
    return store


def copy_of(original: SharedInstallation, directory: Path) -> SharedInstallation:
    """All its files, the database's too, at another place."""
    source = Path(original.environment["COUNTERFOIL_DATA_DIR"])
    shutil.copytree(source, directory, ignore=shutil.ignore_patterns("postgres"), symlinks=True)
    server = EmbeddedServer(directory)
    server._make_home()
    subprocess.run(["cp", "-a", f"{EmbeddedServer(source)._home}/.", server._home], check=True)
    copied = SharedInstallation(directory, server, original.origin)
    copied.environment = original.environment | {"COUNTERFOIL_DATA_DIR": str(directory)}
    copied.store = store_of(original)  # type: ignore[attr-defined]
    return copied


def calls(installation: SharedInstallation) -> int:
    return len(store_of(installation).calls())


def test_a_copy_asks_before_it_works_on_the_store(original: SharedInstallation, tmp_path: Path) -> None:
    """No request leaves it; the command, the log and what needs attention say what to do. The original goes on."""
    copied = copy_of(original, tmp_path / "copy")
    store_of(original).place(1, kind="guest")
    before = calls(original)
    ended = copied.run("sync")
    assert (ended.returncode, "work-here" in ended.stderr) == (3, True), ended
    assert original.environment["COUNTERFOIL_DATA_DIR"] in ended.stderr
    assert calls(original) == before
    (waits,) = copied.json("attention")
    assert (waits["code"], "worked at" in waits["sentence"]) == ("elsewhere", True)
    assert "worked at" in copied.json("log")[0]["text"]
    assert original.run("sync").returncode == 0
    copied.server.remove()


def test_one_command_moves_the_database_on_purpose(original: SharedInstallation, tmp_path: Path) -> None:
    """The copy is then the installation, and asks no more; what waited is sent once."""
    moved = copy_of(original, tmp_path / "copy")
    assert moved.run("sync").returncode == 3
    said = moved.run("store", "work-here")
    assert (said.returncode, "WEB-" in said.stdout) == (0, True), said
    synced = moved.json("sync")
    assert synced[0]["updates_sent"] >= 1
    assert moved.json("attention") == []
    assert moved.run("store", "work-here").stdout == "No store is waiting for this.\n"
    moved.server.remove()


def test_a_directory_that_was_moved_on_its_machine_is_no_copy(original: SharedInstallation) -> None:
    """Nothing is left where it was, and it is the same directory."""
    source = Path(original.environment["COUNTERFOIL_DATA_DIR"])
    target = source.with_name("moved")
    home = EmbeddedServer(source)._home
    source.rename(target)
    original.environment["COUNTERFOIL_DATA_DIR"] = str(target)
    assert original.run("sync").returncode == 0
    shutil.rmtree(home, ignore_errors=True)


def test_a_backup_that_is_restored_in_another_place_asks_and_in_its_own_does_not(
    original: SharedInstallation, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The restore itself says so."""
    file = str(tmp_path / "books.counterfoil")
    assert original.run("backup", file).returncode == 0
    there = tmp_path / "other"
    there.mkdir()
    shutil.copy(Path(original.environment["COUNTERFOIL_DATA_DIR"]) / "secret_key", there)
    server = EmbeddedServer(there)
    fill(server, tmp_path_factory)
    other = SharedInstallation(there, server, original.origin)
    other.environment = original.environment | {"COUNTERFOIL_DATA_DIR": str(there)}
    restored = other.run("restore", file)
    assert (restored.returncode, "WEB- was worked on at" in restored.stdout) == (0, True), restored
    before = calls(original)
    assert other.run("sync").returncode == 3
    assert calls(original) == before
    again = original.run("restore", file, "--force")
    assert (again.returncode, "was worked on at" in again.stdout) == (0, False), again
    assert original.run("sync").returncode == 0
    server.remove()
