"""The secret key: strong or refused, and the database's own or nothing is touched."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from counterfoil.platform.database.embedded import EmbeddedServer
from counterfoil.platform.secret_key import fernet_keys, secret_keys
from tests.platform.installation import SharedInstallation, free_port
from tests.platform.migrated_database import fill
from tests.platform.process_helpers import eventually
from tests.sandbox_store import SandboxStore

OURS, THEIRS = "the key of this installation", "what another machine has made"
WRONG = {"COUNTERFOIL_SECRET_KEY": THEIRS}
STATE = "SELECT s::text FROM stores_storestate AS s"
COMMANDS = (["sync"], ["check"], ["orders"], ["preview"], ["reconcile"], ["worker"], ["web"], ["up"], ["migrate"],
            ["store", "test", "WEB-"], ["backup", "/nowhere/file"], ["tidy"], ["retry", "--all"])  # fmt: skip


class Installation(SharedInstallation):
    """With a store of its own."""

    store: SandboxStore


@contextmanager
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a store, whose key is given."""
    directory = Path(tempfile.mkdtemp(prefix="counterfoil-keys-"))
    server = EmbeddedServer(directory, durable=False)
    fill(server, tmp_path_factory)
    server.start()
    with SandboxStore() as store:
        here = Installation(directory, server, store.origin)
        here.store = store
        here.environment["COUNTERFOIL_SECRET_KEY"] = OURS
        try:
            yield here
        finally:
            here.kill_all()
            server.stop()
            server.remove()
            shutil.rmtree(directory)


@pytest.fixture
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that a test may do anything to."""
    with made(tmp_path_factory) as here:
        yield here


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One whose store is connected, for whoever is refused: nothing of it changes."""
    with made(tmp_path_factory) as here:
        connect(here)
        yield here


@pytest.fixture
def keyless(untouched: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The same, and no key is given."""
    monkeypatch.delitem(untouched.environment, "COUNTERFOIL_SECRET_KEY")
    return untouched


def connect(here: Installation, **extra: str) -> None:
    """Connects the store."""
    words = ("--code", "WEB-", "--description", "Shop", "--unknown-product", "create", "--client-secret", "a secret")
    added = here.run(
        "store", "add", *words, "--api-path", here.store.api_path, "--access-token", here.store.token, **extra
    )
    assert added.returncode == 0, added


def refused(here: Installation, *words: str, **extra: str) -> str:
    """It ends with 3 and a sentence, within a moment, and nothing was touched; what it said."""
    before = here.rows(STATE)
    ended = here.run(*words, **WRONG | extra)
    assert ended.returncode == 3, ended
    assert "different secret key" in ended.stderr
    assert "COUNTERFOIL_SECRET_KEY" in ended.stderr
    assert here.rows(STATE) == before
    return ended.stderr


@pytest.mark.parametrize(
    "key", ["", " ", "short", "fifteen letters", "a" * 40, "abababababababababab", ",", f"{OURS},"]
)
def test_a_key_that_anyone_can_work_out_is_refused(untouched: Installation, key: str) -> None:
    """Empty, blank, short, or all the same; a blank one behind another one, too. The setting is named."""
    ended = untouched.run("orders", COUNTERFOIL_SECRET_KEY=key)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1), ended
    assert ended.stderr.startswith("COUNTERFOIL_SECRET_KEY ")


@pytest.mark.parametrize("content", ["", "\n", "short"])
def test_a_key_file_that_lost_its_key_is_refused(keyless: Installation, tmp_path: Path, content: str) -> None:
    """As after a full disk. The file is named."""
    (tmp_path / "secret_key").write_text(content)
    ended = keyless.run("orders", COUNTERFOIL_DATA_DIR=str(tmp_path))
    assert (ended.returncode, f"{tmp_path}/secret_key holds" in ended.stderr) == (2, True), ended
    assert (tmp_path / "secret_key").read_text() == content


def test_a_key_file_that_holds_no_text_is_refused_in_a_sentence(keyless: Installation, tmp_path: Path) -> None:
    """As one that was encrypted, or packed. The file is named, and left as it is."""
    (tmp_path / "secret_key").write_bytes(b"\xff\xfe\x00 of a key that is long enough")
    ended = keyless.run("orders", COUNTERFOIL_DATA_DIR=str(tmp_path))
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1), ended
    assert f"{tmp_path}/secret_key isn’t text" in ended.stderr


@pytest.mark.parametrize("given", [f" {OURS}", f"{OURS}\n", f"{OURS}\r\n", f"{OURS}, {THEIRS}"])
def test_blanks_and_line_ends_around_a_key_are_no_part_of_it(given: str, tmp_path: Path) -> None:
    """A file is read without them, so that the same key fits wherever it is given."""
    keys = secret_keys(given.split(","), tmp_path)
    assert keys[0] == OURS
    assert (THEIRS in keys) == (THEIRS in given)


def test_what_was_encrypted_with_the_blanks_is_still_opened(installation: SharedInstallation) -> None:
    """By a version that took them for a part of the key; migrations encrypt it anew, and then the key fits anywhere."""
    connect(installation)
    with_blank = f"{OURS}\r"
    installation.rows("DELETE FROM stores_keyseal")
    old = Fernet(fernet_keys([with_blank])[0]).encrypt(installation.store.token.encode()).hex()
    installation.rows(f"UPDATE stores_webintegration SET client_secret = '', access_token = decode('{old}', 'hex')")
    assert installation.run("migrate", COUNTERFOIL_SECRET_KEY=with_blank).returncode == 0
    assert installation.run("sync").returncode == 0


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_process_with_another_key_refuses_to_start(untouched: Installation, words: list[str]) -> None:
    """Each command, the worker, the pages and `up`; the store goes on for all others."""
    port = ["--port", str(free_port())] if words[0] in ("web", "up") else []
    refused(untouched, *words, *port)
    assert untouched.run("sync").returncode == 0


def test_a_second_machine_that_makes_its_own_key_is_refused_and_told_where_the_key_belongs(
    keyless: Installation, tmp_path: Path
) -> None:
    """It was given the database, and nothing else."""
    ended = keyless.run("sync", COUNTERFOIL_DATA_DIR=str(tmp_path))
    assert (ended.returncode, str(tmp_path / "secret_key") in ended.stderr) == (3, True), ended


def test_even_an_empty_database_belongs_to_the_first_key(installation: Installation) -> None:
    """Else two machines would begin with two keys, and find out later."""
    assert installation.run("orders").returncode == 0
    refused(installation, "store", "list")
    assert installation.rows("SELECT count(*) FROM stores_keyseal") == [(1,)]


def test_a_database_of_an_earlier_version_is_sealed_by_the_key_that_opens_it_alone(installation: Installation) -> None:
    """There the seal is not there yet: nobody else's key is taken for the database's."""
    connect(installation)
    installation.rows("DELETE FROM stores_keyseal")
    assert "The access token that is stored belongs to a different secret key" in refused(installation, "sync")
    assert installation.rows("SELECT * FROM stores_keyseal") == []
    assert installation.run("orders").returncode == 0
    assert installation.rows("SELECT count(*) FROM stores_keyseal") == [(1,)]


def test_a_database_before_the_seal_is_not_even_migrated_with_another_key(installation: Installation) -> None:
    """Migrations encrypt, too."""
    connect(installation)
    back = installation.run_django("migrate", "stores", "0025")
    assert back.returncode == 0, back.stderr
    ended = installation.run("migrate", **WRONG)
    assert (ended.returncode, "different secret key" in ended.stderr) == (3, True), ended
    assert installation.rows("SELECT to_regclass('stores_keyseal')") == [(None,)]
    assert installation.run("migrate").returncode == 0
    refused(installation, "sync")


def test_mails_that_wait_tell_whose_database_it_is_where_there_is_no_store(installation: Installation) -> None:
    """And none of them is touched."""
    mails = {"COUNTERFOIL_EMAIL_URL": "console:", "COUNTERFOIL_EMAIL_FROM": "orders@example.com"}
    installation.rows(
        "INSERT INTO web_person (password, is_superuser, first_name, last_name, email, is_staff, is_active,"
        " date_joined, username, role, must_change_password)"
        " VALUES ('', false, '', '', 'ada@example.com', false, true, now(), 'ada', 'viewer', false)"
    )
    told = installation.run("people", "role", "ada", "clerk", **mails)
    assert told.returncode == 0, told
    mail = "SELECT mail::text FROM web_mail AS mail"
    installation.rows("DELETE FROM stores_keyseal")
    before = installation.rows(mail)
    assert len(before) == 1
    refused(installation, "worker", **mails)
    assert installation.rows(mail) == before


def test_the_key_is_changed_by_naming_both_once(installation: Installation) -> None:
    """All that is stored is encrypted anew, and the old one can go; whoever still has it alone is refused."""
    connect(installation)
    both = {"COUNTERFOIL_SECRET_KEY": f"{THEIRS},{OURS}"}
    assert installation.run("sync", **both).returncode == 0
    assert installation.run("sync").returncode == 0  # another process that was not told yet
    assert installation.run("migrate", **both).returncode == 0
    installation.store.place(1, kind="guest")
    new = installation.run("sync", "--json", **WRONG)
    assert (new.returncode, '"imported": 1' in new.stdout) == (0, True), new
    old = installation.run("sync")
    assert (old.returncode, "different secret key" in old.stderr) == (3, True), old


def test_a_short_key_of_before_can_be_replaced(installation: Installation) -> None:
    """It may stand behind a better one."""
    connect(installation)
    installation.rows("DELETE FROM stores_keyseal")
    assert installation.run("migrate", COUNTERFOIL_SECRET_KEY=f"{OURS},old").returncode == 0
    assert installation.run("sync").returncode == 0


def test_a_worker_that_runs_while_the_key_is_changed_stops_no_store(installation: Installation) -> None:
    """It touches nothing, and says that it is to be started again."""
    connect(installation)
    worker = installation.start("worker")
    eventually(lambda: installation.rows("SELECT visited_at FROM stores_storestate") != [(None,)])
    changed = installation.run("migrate", COUNTERFOIL_SECRET_KEY=f"{THEIRS},{OURS}")
    assert changed.returncode == 0, changed
    installation.store.place(1, kind="guest")
    installation.rows("UPDATE stores_storestate SET due_at = now()")
    assert worker.stdout is not None
    said = ""
    while "the secret key was changed" not in said:
        said = worker.stdout.readline()
        assert said
    assert installation.rows("SELECT trouble_code, due_at <= now() FROM stores_storestate") == [("", True)]


def test_a_key_that_is_lost_is_given_up_on_purpose(installation: Installation) -> None:
    """The one command says what is entered again; afterwards the new key is the database's."""
    connect(installation)
    assert installation.run("key", **WRONG).returncode == 3
    lost = installation.run("key", "--lost", **WRONG)
    assert (lost.returncode, "access token" in lost.stdout) == (0, True), lost
    there: Any = installation.run("store", "test", "WEB-", **WRONG)
    assert (there.returncode, "Enter the access token again" in there.stdout) == (3, True), there
    entered = installation.run("store", "set", "WEB-", "--access-token", installation.store.token, **WRONG)
    assert entered.returncode == 0, entered
    assert installation.run("sync", **WRONG).returncode == 0
    assert installation.run("key").returncode == 3


def test_two_that_begin_at_once_with_two_keys_do_not_both_begin(installation: Installation) -> None:
    """One of them has the database; the other is told."""
    started = [installation.start("orders"), _with_key(installation, THEIRS, "orders")]
    codes = sorted(process.wait(60) for process in started)
    assert codes == [0, 3]


def _with_key(here: Installation, key: str, *words: str) -> Any:
    before = here.environment["COUNTERFOIL_SECRET_KEY"]
    here.environment["COUNTERFOIL_SECRET_KEY"] = key
    try:
        return here.start(*words)
    finally:
        here.environment["COUNTERFOIL_SECRET_KEY"] = before
