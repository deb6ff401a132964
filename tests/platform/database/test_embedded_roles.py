"""The program at the embedded database: an ordinary role that owns its tables, in old installations too."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from counterfoil.platform.database.embedded import EmbeddedServer
from counterfoil.platform.database.embedded_user import binaries
from tests.platform.installation import SharedInstallation

OF_THE_SUPERUSER = """
    SELECT relname::text FROM pg_class WHERE relowner = 10 AND relnamespace = 'public'::regnamespace
    UNION ALL SELECT proname::text FROM pg_proc WHERE proowner = 10 AND pronamespace = 'public'::regnamespace
    UNION ALL SELECT typname::text FROM pg_type WHERE typowner = 10 AND typnamespace = 'public'::regnamespace
    UNION ALL SELECT nspname::text FROM pg_namespace WHERE nspowner = 10 AND nspname !~ '^(pg_|information_schema)'
"""
RIGHTS = (
    "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
    " WHERE rolname = session_user"
)
ORDINARY = [("counterfoil", False, False, False, False, False)]


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    """One that was never started."""
    directory = Path(tempfile.mkdtemp(prefix="counterfoil-roles-"))
    made = EmbeddedServer(directory, durable=False)
    yield made
    made.stop()
    made.remove()
    shutil.rmtree(directory)


def asked(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last statement."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def set_up_as_before(server: EmbeddedServer) -> None:
    """As versions did it whose program was the superuser: the cluster, its one password, and the database."""
    server.data_dir.mkdir(exist_ok=True)
    server._make_home()
    password = server._make_password("counterfoil")
    options = (
        "-D",
        str(server._cluster),
        "-U",
        "counterfoil",
        "--auth=scram-sha-256",
        f"--pwfile={password}",
        "-EUTF8",
    )
    assert server._run(binaries() / "initdb", *options, "--no-sync", "--locale=C").wait() == 0
    server._make_sockets()
    process = server._run(binaries() / "postgres", *server._options())
    server._process, server._lock = process, (server._home / "lock").open("ab")
    server._wait_until_ready(float("inf"))
    asked(server._url("counterfoil", "postgres"), "CREATE DATABASE counterfoil")


def test_the_program_may_do_nothing_but_work_with_its_own_tables(server: EmbeddedServer) -> None:
    """No superuser, no roles, no databases, no files of the server's; its password opens nothing else."""
    server.start()
    assert asked(server.url, RIGHTS) == ORDINARY
    for forbidden in (
        "CREATE ROLE more SUPERUSER",
        "CREATE DATABASE more",
        "ALTER SYSTEM SET fsync = off",
        "SELECT pg_read_file('postgresql.conf')",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "SET ROLE postgres",
        "SELECT rolpassword FROM pg_authid",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(server.url, forbidden)
    with pytest.raises(psycopg.OperationalError):
        asked(server.superuser_url.replace(server._password("postgres"), server._password("counterfoil")), "SELECT 1")
    assert (server._home / "superuser_password").stat().st_mode & 0o077 == 0


def test_the_next_start_changes_nothing_under_the_same_url(server: EmbeddedServer) -> None:
    server.start()
    asked(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    url = server.url
    server.stop()
    server.start()
    assert (server.url, asked(url, "SELECT answer FROM kept")) == (url, [(42,)])


def test_an_installation_of_before_gives_everything_to_the_ordinary_role(server: EmbeddedServer) -> None:
    """Tables, identities, sequences, functions, types, schemas; under the name and the password that it had."""
    set_up_as_before(server)
    asked(
        server.url,
        "CREATE SCHEMA reports",
        "CREATE TABLE public.kept (id bigint GENERATED ALWAYS AS IDENTITY, old serial, answer int)",
        "INSERT INTO kept (answer) VALUES (42)",
        "CREATE VIEW reports.answers AS SELECT answer FROM kept",
        "CREATE MATERIALIZED VIEW many AS SELECT answer FROM kept",
        "CREATE SEQUENCE numbers",
        "CREATE TYPE mood AS ENUM ('good')",
        "CREATE TYPE pair AS (a int, b int)",
        "CREATE DOMAIN amount AS numeric CHECK (value > 0)",
        "CREATE FUNCTION \"of\"(mood, text DEFAULT 'x') RETURNS text LANGUAGE sql RETURN 'fine'",
        "CREATE PROCEDURE act() LANGUAGE sql AS 'SELECT 1'",
        'CREATE TABLE "Odd ""name""" (a int) PARTITION BY LIST (a)',
    )
    url = server.url
    assert asked(url, OF_THE_SUPERUSER)
    server.stop()
    server.start()
    assert server.url == url
    assert asked(url, RIGHTS) == ORDINARY
    assert asked(url, OF_THE_SUPERUSER) == []
    assert asked(url, "INSERT INTO kept (answer) VALUES (43)", "SELECT id, old, answer FROM kept ORDER BY id") == [
        (1, 1, 42),
        (2, 2, 43),
    ]
    assert asked(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "SELECT 1") == [(1,)]


@pytest.mark.parametrize("broken_off", ["before the renaming", "before the objects", "without the file"])
def test_a_start_that_was_broken_off_is_gone_on_with(server: EmbeddedServer, broken_off: str) -> None:
    """Whichever step was the last."""
    set_up_as_before(server)
    asked(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    if broken_off == "before the renaming":
        server._make_password("postgres")
    elif broken_off == "before the objects":
        server.stop()
        server.start()
        asked(
            server.superuser_url, "ALTER TABLE kept OWNER TO postgres", "ALTER DATABASE counterfoil OWNER TO postgres"
        )
    else:
        server.stop()
        server.start()
        (server._home / "superuser_password").unlink()
    server.stop()
    server.start()
    assert asked(server.url, RIGHTS) == ORDINARY
    assert asked(server.url, OF_THE_SUPERUSER) == []
    assert asked(server.url, "SELECT answer FROM kept") == [(42,)]


def test_a_backup_is_restored_into_an_installation_of_before_and_a_new_one(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    """By the ordinary role, in both directions."""
    set_up_as_before(server)
    before = SharedInstallation(server.data_dir, server, origin="https://example.com")
    assert before.run("migrate").returncode == 0
    backup = tmp_path / "backup.counterfoil"
    assert before.run("backup", str(backup)).returncode == 0
    server.stop()
    server.start()
    after = SharedInstallation(server.data_dir, server, origin="https://example.com")
    restored = after.run("restore", str(backup), "--force")
    assert (restored.returncode, restored.stderr) == (0, "")
    assert after.run("backup", str(tmp_path / "again")).returncode == 0
    assert after.run("orders").returncode == 0
    assert asked(server.url, OF_THE_SUPERUSER) == []
