"""Backup and restore: whole or not at all, and the stores and the sales data meet again whatever came in between."""

import io
import stat
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from counterfoil.platform.database.embedded import EmbeddedServer
from counterfoil.platform.database.embedded_user import binaries
from tests.platform.installation import SharedInstallation
from tests.platform.migrated_database import fill
from tests.sandbox_store import SandboxStore


class Installation(SharedInstallation):
    """With a store of its own."""

    store: SandboxStore


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a store of its own, which all tests here work on."""
    folder = tmp_path_factory.mktemp("installation")
    server = EmbeddedServer(folder, durable=False)
    fill(server, tmp_path_factory)
    server.start()
    with SandboxStore() as store:
        here = Installation(folder, server, store.origin)
        here.store = store
        here.environment |= {"COUNTERFOIL_EMBEDDED": "1", "COUNTERFOIL_SECRET_KEY": "key of this installation"}
        try:
            added = here.run(
                *("store", "add", "--code", "WEB-", "--description", "Shop", "--unknown-product", "create"),
                *("--api-path", store.api_path, "--access-token", store.token),
            )
            assert added.returncode == 0, added
            yield here
        finally:
            here.kill_all()
            server.stop()
            server.remove()


def imported(here: SharedInstallation) -> set[int]:
    """The imported orders, by the store's own numbers."""
    found = here.rows("SELECT web_order_number::int FROM sales_salesorder WHERE import_id IS NOT NULL")
    return {number for (number,) in found}


def ship(here: SharedInstallation, number: int) -> None:
    """All of the order in one parcel."""
    shipped = here.run("ship", f"WEB-{number}", "--carrier", "UPS", "--tracking", f"1Z{number}")
    assert shipped.returncode == 0, shipped


def shipments(store: SandboxStore, numbers: list[int]) -> dict[int, int]:
    return {number: len(store.order(number)["shipments"]) for number in numbers}


def refused(here: SharedInstallation, *words: str, because: str, **extra: str) -> None:
    """It ends with 2 and a sentence, and nothing was changed."""
    before = imported(here)
    ended = here.run(*words, **extra)
    assert (ended.returncode, because in ended.stderr) == (2, True), ended
    assert imported(here) == before


def test_restored_in_the_middle_of_a_sync_both_sides_agree_again(installation: Installation, tmp_path: Path) -> None:
    """Orders imported since come again; what was shipped since is shipped once, whether it is known here or not."""
    store, file = installation.store, str(tmp_path / "books.counterfoil")
    early = store.place(6, kind="guest")
    assert installation.run("sync").returncode == 0
    ship(installation, early[0])  # still to be sent when the backup is made
    late = store.place(20, kind="guest")
    store.fault("PUT", r"/orders/\d+$", delay=0.2)
    syncing = installation.start("sync")
    while not installation.rows(
        f"SELECT 1 FROM stores_weborder WHERE bigcommerce_order_id = {late[3]} AND written_at IS NOT NULL"
    ):
        assert syncing.poll() is None
    made = installation.run("backup", file)
    assert made.returncode == 0, made
    assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600
    syncing.communicate(timeout=60)
    store.clear_faults()
    newest = store.place(3, kind="guest")
    installation.run("sync")
    for number in (early[1], newest[0]):
        ship(installation, number)
    assert installation.run("sync").returncode == 0
    everything = [*early, *late, *newest]
    told = shipments(store, everything)
    assert sum(told.values()) == 3
    refused(installation, "restore", file, because="Back them up, then use --force.")
    refused(
        installation,
        "restore",
        file,
        "--force",
        because="a different secret key",
        COUNTERFOIL_SECRET_KEY="the key of another installation",
    )
    with psycopg.connect(installation.server.url, application_name="counterfoil worker 7"):
        refused(installation, "restore", file, "--force", because="in use by counterfoil worker 7")

    restored = installation.run("restore", file, "--force")
    assert restored.returncode == 0, restored
    assert len(imported(installation)) < len(everything)
    installation.rows("UPDATE stores_storeupdate SET due_at = now() WHERE state = 'waiting'")
    for _ in range(2):
        assert installation.run("sync").returncode == 0
    assert imported(installation) == set(everything)
    assert shipments(store, everything) == told
    checked = installation.run("check")
    assert checked.returncode == 0, checked
    compared = installation.json("reconcile")[0]
    assert (compared["orders"], compared["off"]) == (len(everything), 0), compared["differences"]


def test_what_is_no_backup_or_damaged_is_refused_and_changes_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    """Any file, half a file, one with a wrong byte, one of a newer version; and a file that is there is kept."""
    installation.store.place(3, kind="guest")
    installation.run("sync")
    file = tmp_path / "books.counterfoil"
    assert installation.run("backup", str(file)).returncode == 0
    refused(installation, "backup", str(file), because="already exists")
    whole = file.read_bytes()
    for name, content in {"text": b"no backup", "half": whole[: len(whole) // 2]}.items():
        (tmp_path / name).write_bytes(content)
        refused(installation, "restore", str(tmp_path / name), "--force", because="isn’t a Counterfoil backup")
    middle = whole.index(b"PGDMP") + 5000
    (tmp_path / "bent").write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
    before = imported(installation)
    bent = installation.run("restore", str(tmp_path / "bent"), "--force")
    assert (bent.returncode, "nothing was changed" in bent.stderr) == (3, True), bent
    assert imported(installation) == before
    newer = tmp_path / "newer"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(newer, "w") as new:
        about = old.read("counterfoil.json").replace(b'"0014_restored_from"', b'"0999_from_the_future"')
        new.writestr("counterfoil.json", about)
        new.writestr("database.pgdump", old.read("database.pgdump"))
    refused(installation, "restore", str(newer), "--force", because="doesn’t know stores 0999_from_the_future")


WHO = "one of her places"
LEFT_OUT = {
    "django_session": f"('{'s' * 32}', '{WHO}', now() + interval '1 hour')",
    "web_cache": f"('used code', '{WHO}', now() + interval '1 hour')",
}


def lived(installation: Installation) -> None:
    """Somebody is logged in, and was invited; a mail waits, of which a notice tells."""
    for table in ("web_notice", "web_mail", "web_invitation", "usersessions_usersession", *LEFT_OUT, "web_person"):
        installation.rows(f"DELETE FROM {table}")
    (person,) = installation.rows(
        "INSERT INTO web_person (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,"
        " date_joined, role, must_change_password, one_time_password_until)"
        " VALUES ('!', false, 'ada', '', '', 'ada@example.com', false, true, now(), 'clerk', true,"
        " now() + interval '1 day') RETURNING id"
    )[0]
    for table, values in LEFT_OUT.items():
        installation.rows(f"INSERT INTO {table} VALUES {values}")
    installation.rows(
        "INSERT INTO usersessions_usersession (created_at, ip, last_seen_at, session_key, user_agent, data, user_id)"
        f" VALUES (now(), '192.0.2.1', now(), '{'s' * 32}', '{WHO}', '{{}}', {person})"
    )
    installation.rows(
        "INSERT INTO web_invitation (email, role, token_digest, expires_at)"
        f" VALUES ('noor@example.com', 'clerk', '{'d' * 64}', now() + interval '7 days')"
    )
    (mail,) = installation.rows(
        'INSERT INTO web_mail (person_id, "to", subject, text, state, attempts, trouble, next_step)'
        f" VALUES ({person}, 'ada@example.com', '{WHO}', '\\x00', 'waiting', 0, '', '') RETURNING id"
    )[0]
    installation.rows(f"INSERT INTO web_notice (person_id, key, mail_id) VALUES ({person}, 'update 1', {mail})")


def what_lives_for_a_while(installation: Installation) -> dict[str, int]:
    """How many rows there are of it."""
    tables = (*LEFT_OUT, "usersessions_usersession", "web_mail", "web_invitation", "procrastinate_jobs")
    return {table: installation.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def dumped(file: Path) -> str:
    """All that PostgreSQL's own program finds in a backup in clear."""
    with zipfile.ZipFile(file) as archive:
        dump = archive.read("database.pgdump")
    said = subprocess.run([binaries() / "pg_restore", "--file=-"], input=dump, capture_output=True, check=True)
    return said.stdout.decode()


def test_a_backup_holds_nothing_that_logs_anybody_in(installation: Installation, tmp_path: Path) -> None:
    """No session, nothing counted, no mail; after its restore no old cookie opens anything, and no old link."""
    lived(installation)
    file = tmp_path / "books.counterfoil"
    assert installation.run("backup", str(file)).returncode == 0
    text = dumped(file)
    assert "ada@example.com" in text
    assert WHO not in text
    assert "s" * 32 not in text
    restored = installation.run("restore", str(file), "--force")
    assert restored.returncode == 0, restored
    assert set(what_lives_for_a_while(installation).values()) == {0}
    assert installation.rows("SELECT mail_id FROM web_notice") == [(None,)]
    assert installation.rows("SELECT username, one_time_password_until < now() FROM web_person") == [("ada", True)]


def test_what_a_backup_of_an_earlier_version_holds_of_it_is_gone_before_anybody_can_use_it(
    installation: Installation, tmp_path: Path
) -> None:
    """In the same transaction; such backups have all rows of all tables."""
    lived(installation)
    file, earlier = tmp_path / "books.counterfoil", tmp_path / "earlier.counterfoil"
    assert installation.run("backup", str(file)).returncode == 0
    everything = subprocess.run(
        [binaries() / "pg_dump", "--format=custom", "--no-owner", "--schema=public", installation.server.url],
        capture_output=True,
        check=True,
    )
    with zipfile.ZipFile(file) as new, zipfile.ZipFile(earlier, "w") as old:
        old.writestr("counterfoil.json", new.read("counterfoil.json"))
        old.writestr("database.pgdump", everything.stdout)
    assert WHO in dumped(earlier)
    restored = installation.run("restore", str(earlier), "--force")
    assert restored.returncode == 0, restored
    assert set(what_lives_for_a_while(installation).values()) == {0}


def a_key(folder: Path, name: str) -> tuple[str, Path]:
    """As age-keygen makes one: what it prints, and the file."""
    identity = pyrage.x25519.Identity.generate()
    file = folder / name
    file.write_text(f"# created: 2026-11-30T00:00:00Z\n# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public()), file


def test_an_encrypted_backup_opens_with_its_key_alone(installation: Installation, tmp_path: Path) -> None:
    """With any of those that it was encrypted to; without it every sentence says what to do, and nothing changes."""
    installation.store.place(3, kind="guest")
    installation.run("sync")
    ours, key = a_key(tmp_path, "ours.txt")
    theirs, other = a_key(tmp_path, "theirs.txt")
    _, stranger = a_key(tmp_path, "stranger.txt")
    file = tmp_path / "books.age"
    made = installation.run("backup", str(file), "--encrypt-to", ours, "--encrypt-to", theirs)
    assert (made.returncode, "It’s encrypted" in made.stdout) == (0, True), made
    content = file.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert b"counterfoil.json" not in content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert zipfile.is_zipfile(io.BytesIO(pyrage.decrypt(content, [pyrage.x25519.Identity.from_str(last_line(key))])))
    refused(installation, "restore", str(file), "--force", because="--identity FILE")
    gone = tmp_path / "gone"
    for wrong, why in ((stranger, "a different key"), (file, "There’s no key in"), (gone, "can’t be read")):
        refused(installation, "restore", str(file), "--force", "--identity", str(wrong), because=why)
    bent = bytes([content[9000] ^ 1])  # another byte than the one there, whichever that is
    for name, bad in {"short": content[:-200], "bent": content[:9000] + bent + content[9001:]}.items():
        (tmp_path / name).write_bytes(bad)
        refused(installation, "restore", str(tmp_path / name), "--force", "--identity", str(key), because="damaged")
    before = imported(installation)
    for each in (key, other):
        restored = installation.run("restore", str(file), "--force", "--identity", str(each))
        assert restored.returncode == 0, restored
        assert imported(installation) == before


def test_a_backup_of_more_rows_than_a_pipe_holds_is_restored(installation: Installation, tmp_path: Path) -> None:
    """For the keys and constraints pg_restore reads the beginning of the dump alone, and leaves the rest unread."""
    installation.rows("CREATE TABLE many AS SELECT md5(n::text) FROM generate_series(1, 50000) AS n")
    file = tmp_path / "books.counterfoil"
    assert installation.run("backup", str(file)).returncode == 0
    restored = installation.run("restore", str(file), "--force")
    assert restored.returncode == 0, restored
    assert installation.rows("SELECT count(*) FROM many") == [(50000,)]
    installation.rows("DROP TABLE many")


def test_a_key_of_ssh_opens_one_too(installation: Installation, tmp_path: Path) -> None:
    """Many have one already."""
    key = ed25519.Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    (tmp_path / "id_ed25519").write_bytes(secret)
    file = str(tmp_path / "books.age")
    assert installation.run("backup", file, "--encrypt-to", f"{public} ada@example.com").returncode == 0
    restored = installation.run("restore", file, "--force", "--identity", str(tmp_path / "id_ed25519"))
    assert restored.returncode == 0, restored


def test_what_is_no_key_to_encrypt_to_writes_nothing(installation: Installation, tmp_path: Path) -> None:
    """Least of all the secret one, which would then stand in the shell's history for nothing."""
    file = tmp_path / "books.age"
    _, key = a_key(tmp_path, "key.txt")
    for given, why in (
        ("age1nonsense", "isn’t a key to encrypt to"),
        (last_line(key), "secret key"),
        ("", "isn’t a key"),
    ):
        refused(installation, "backup", str(file), "--encrypt-to", given, because=why)
    assert not file.exists()
    nowhere = installation.run("backup", str(tmp_path / "no" / "such" / "books.age"))
    assert (nowhere.returncode, "can’t be written" in nowhere.stderr) == (3, True), nowhere


def last_line(file: Path) -> str:
    return file.read_text().splitlines()[-1]


def test_a_restore_that_was_cut_off_before_it_was_finished_is_finished_by_the_next_command(
    installation: Installation,
) -> None:
    """The mark in the database says so; nobody works before."""
    installation.rows("CREATE TABLE counterfoil_restored (made_at timestamptz NOT NULL)")
    installation.rows("INSERT INTO counterfoil_restored VALUES ('2026-11-01')")
    assert installation.run("orders").returncode == 0
    assert installation.rows("SELECT to_regclass('counterfoil_restored')") == [(None,)]
    ((restored_from,),) = installation.rows("SELECT restored_from::date::text FROM stores_storestate")
    assert restored_from == "2026-11-01"


def test_a_database_of_a_newer_version_is_left_alone(installation: Installation) -> None:
    """By every command, with a sentence; nothing is written, and it is not ready."""
    installation.rows("INSERT INTO django_migrations (app, name, applied) VALUES ('sales', '0999_future', now())")

    def refuses(*words: str) -> Any:
        ended = installation.run(*words)
        assert (ended.returncode, "this one doesn’t know sales 0999_future" in ended.stderr) == (2, True), ended
        assert "Traceback" not in ended.stderr

    for words in (["orders"], ["migrate"], ["worker"]):
        refuses(*words)
    started = installation.start("up", "--port", "8765")
    said, _ = started.communicate(timeout=60)
    assert (started.returncode, "doesn’t know sales 0999_future" in said) == (2, True), said
    installation.rows("DELETE FROM django_migrations WHERE name = '0999_future'")


EARLIER = {"web": "0004", "stores": "0008", "sales": "0007"}
"""A state that a release once had, of each app."""


def test_an_upgrade_keeps_what_was_filled_before_it_and_a_backup(installation: Installation) -> None:
    """A database as an earlier version left it, with orders and shipments, is brought up to date without a word."""
    first, *_ = installation.store.place(3)
    installation.run("sync")
    ship(installation, first)
    installation.run("sync")
    before = imported(installation)
    for app, name in EARLIER.items():
        back = installation.run_django("migrate", app, name)
        assert back.returncode == 0, back.stderr
    installation.rows("INSERT INTO web_mail (\"to\", subject, text, state, attempts, trouble, next_step)"
               " VALUES ('ada@example.com', 'Come', 'a link', 'waiting', 0, '', '')")  # fmt: skip
    checked = installation.run("check")
    assert checked.returncode == 0, checked
    assert imported(installation) == before
    ((encrypted,),) = installation.rows("SELECT text FROM web_mail")
    assert encrypted
    assert b"a link" not in encrypted
    (kept,) = (Path(installation.environment["COUNTERFOIL_DATA_DIR"]) / "backups").iterdir()
    assert kept.name.startswith("before-")
    back = installation.run_django("migrate", "web", "0006")
    assert back.returncode == 0, back.stderr
    assert installation.rows("SELECT text FROM web_mail") == [("a link",)]
    restored = installation.run("restore", str(kept), "--force")
    assert restored.returncode == 0, restored
    assert imported(installation) == before
