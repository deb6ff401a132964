"""The command line as a merchant's script meets it: exit codes, JSON, sentences instead of traces."""

import json
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from counterfoil.platform.cli.main import COMMANDS
from tests.platform import forked_commands
from tests.platform.commands import run
from tests.platform.installation import CLI, SharedInstallation
from tests.platform.system_accounts import bare_environment


def run_without_database(*words: str, **extra: str) -> "subprocess.CompletedProcess[str]":
    return forked_commands.run(words, bare_environment() | extra, seconds=60)


def assert_sentence(ended: "subprocess.CompletedProcess[str]", code: int, words: str) -> None:
    assert (ended.returncode, words in ended.stderr) == (code, True), ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_lists_every_command() -> None:
    """`counterfoil --help` and no command at all name all commands."""
    asked = run_without_database("--help")
    assert asked.returncode == 0
    assert all(f"\n  {name} " in asked.stdout for name in COMMANDS)
    assert run_without_database().returncode == 2
    assert run_without_database("--version").stdout.count(".") == 2


@pytest.mark.parametrize("module", ["cli.main", "processes.launcher"])
def test_what_runs_before_django_is_set_up_needs_no_model(module: str) -> None:
    """`counterfoil` and `counterfoil up` read the settings later than they are loaded."""
    words = [sys.executable, "-c", f"import counterfoil.platform.{module}"]
    loaded = subprocess.run(words, capture_output=True, text=True, env=bare_environment(), timeout=120, check=False)
    assert (loaded.returncode, loaded.stderr) == (0, "")


EXPLAINED = """
import io, json
from contextlib import redirect_stdout
from counterfoil.platform.cli.main import COMMANDS, main
said = {}
for command in COMMANDS:
    with redirect_stdout(io.StringIO()) as out:
        code = main([command, "--help"])
    said[command] = code, out.getvalue()
print(json.dumps(said))
"""


def test_each_command_explains_itself_without_a_database(tmp_path: Path) -> None:
    """`COMMAND --help` needs no database, and leaves nothing behind."""
    asked = subprocess.run(
        [sys.executable, "-c", EXPLAINED],
        env=bare_environment() | {"COUNTERFOIL_DATA_DIR": str(tmp_path / "none")},
        text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    said = json.loads(asked.stdout)
    assert list(said) == list(COMMANDS)
    for command, (code, text) in said.items():
        assert (code, text.startswith(f"usage: counterfoil {command}")) == (0, True), text
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["up", "sync"])
def test_help_is_there_at_once(command: str, tmp_path: Path) -> None:
    """Of a command that owns a database, and of one that works on it."""
    began = time.monotonic()
    asked = run_without_database(command, "--help", COUNTERFOIL_DATA_DIR=str(tmp_path / "none"))
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.startswith(f"usage: counterfoil {command}")
    assert not (tmp_path / "none").exists()
    assert time.monotonic() - began < 10


def test_an_unknown_command_is_wrong_usage() -> None:
    """A word that is no command ends with 2."""
    assert_sentence(run_without_database("ordres"), 2, "There’s no command “ordres”")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["order", "WEB-1"], "There’s no sales order WEB-1"),
        (["orders", "--limit", "-1"], "-1 isn’t a whole number from 1 to 1000000"),
        (["store", "add", "--code", "WEB1"], "--code: The code must end in a letter or symbol"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(
    installation: SharedInstallation, words: list[str], sentence: str
) -> None:
    """What the command refuses, what no option takes, and what a check of settings finds."""
    assert_sentence(installation.run(*words), 2, sentence)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["where", "many"], "many"),
        (["sync", "NONE-"], "There’s no web integration NONE-"),
        (["sync", "--order", "5"], "Say which store"),
        (["store", "show", "NONE-"], "There’s no web integration NONE-"),
        (["store", "add", "--not-before", "soon"], "soon isn’t a day"),
        (["store", "add", "--access-token-file", "/none/such"], "/none/such can’t be read"),
        (["store", "add", "--map", "Nowhere=2"], "there is no order status “Nowhere”"),
        (["retry"], "Name the import IDs"),
        (["retry", "WEB-1"], "No order has the import ID WEB-1"),
        (["skip", "WEB-1", "--reason", "old"], "Nothing about WEB-1 needs attention"),
        (["product", "add", " ", "Nothing"], "A product needs a part number"),
        (["password", "nobody"], "There’s no user nobody"),
    ],
)
def test_wrong_usage_is_said_in_words(words: list[str], sentence: str) -> None:
    """What the user got wrong, by every command that may be given something wrong."""
    ended = run(*words)
    assert (ended.code, sentence in ended.complained) == (2, True), ended.complained


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", [["orders"], ["log"], ["attention"], ["store", "list"], ["product", "list"], ["sync"], ["where", "9"]]
)
def test_listings_are_json_for_programs(words: list[str]) -> None:
    """Every listing takes --json, also when there is nothing to list."""
    ended = run(*words, "--json")
    assert (ended.code, ended.json) == (0, []), ended.complained


def test_what_a_command_did_is_json_for_programs(installation: SharedInstallation) -> None:
    """Signs that a terminal's library would take for its own stay as they are."""
    assert installation.json("product", "add", "MUG", "[bold]Mug[/]") == [
        {
            "part_number": "MUG",
            "description": "[bold]Mug[/]",
            "type": "physical",
            "bin": "",
            "active": True,
            "upc": "",
        }
    ]
    assert "[bold]Mug[/]" in installation.run("product", "list").stdout
    assert installation.json("retry", "--all") == {"retried": 0}


def test_a_store_that_cannot_be_reached_ends_with_3(installation: SharedInstallation) -> None:
    """`store test` and `sync` say so, the secret shows nowhere, and the log tells what happened."""
    nobody = SharedInstallation(
        Path(installation.environment["COUNTERFOIL_DATA_DIR"]), installation.server, "http://127.0.0.1:1"
    )
    added = nobody.add_store("GONE-", store_hash="gone")
    assert added.returncode == 0, added.stderr
    assert json.loads(added.stdout)["access_token"] == "set"
    assert_sentence(nobody.run("sync", "GONE-"), 3, "GONE-: ")
    assert nobody.run("store", "test", "GONE-").returncode == 3
    attention = nobody.run("attention", "--json")
    assert attention.returncode == 1
    item = json.loads(attention.stdout)[0]
    assert {"import_id", "store", "code", "sentence", "next_step", "since"} <= set(item)
    assert {row["kind"] for row in nobody.json("log", "--store", "GONE-")} >= {"settings", "waiting"}
    everything = [nobody.run(*words).stdout for words in (["log", "--json"], ["store", "show", "GONE-"])]
    assert "secret-token" not in "".join(everything)
    assert b"secret-token" not in nobody.rows("SELECT access_token FROM stores_webintegration")[0][0]


def test_a_database_that_cannot_be_reached_ends_with_3(tmp_path: Path) -> None:
    """No database at the address: a sentence and 3."""
    asked = run_without_database(
        "orders", DATABASE_URL="postgresql://a:b@127.0.0.1:1/none", COUNTERFOIL_DATA_DIR=str(tmp_path)
    )
    assert_sentence(asked, 3, "Can’t reach the database")


@pytest.mark.parametrize("url", ["sqlite:///orders.db", "nonsense", "postgresql://a:b@host:port/x"])
def test_a_wrong_database_url_is_wrong_usage(url: str, tmp_path: Path) -> None:
    """DATABASE_URL has to name a PostgreSQL database; the URL with its password is not repeated."""
    asked = run_without_database("orders", DATABASE_URL=url, COUNTERFOIL_DATA_DIR=str(tmp_path))
    assert_sentence(asked, 2, "DATABASE_URL")
    assert url not in asked.stderr


def test_a_wrong_setting_is_wrong_usage(installation: SharedInstallation) -> None:
    """A setting that cannot be read is named."""
    assert_sentence(installation.run("orders", COUNTERFOIL_HTTPS="perhaps"), 2, "COUNTERFOIL_HTTPS")


def test_a_data_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file where the data directory should be: a sentence."""
    (tmp_path / "file").touch()
    asked = run_without_database("orders", COUNTERFOIL_DATA_DIR=str(tmp_path / "file"))
    assert_sentence(asked, 3, f"{tmp_path / 'file'}")


def test_a_reader_that_leaves_early_is_no_trouble(installation: SharedInstallation) -> None:
    """`counterfoil log | head` is quiet."""
    installation.run("product", "add", "FIRST", "The one that the others are like")
    installation.rows(
        "INSERT INTO sales_product SELECT (jsonb_populate_record(first,"
        " jsonb_build_object('id', first.id + number, 'part_number', number::text))).*"
        " FROM sales_product AS first, generate_series(1000, 1400) AS number WHERE part_number = 'FIRST'"
    )
    piped = " ".join(CLI) + " product list | head -1"
    ended = subprocess.run(
        ["bash", "-c", piped], env=installation.environment, text=True, capture_output=True, timeout=60, check=False
    )
    assert (ended.stdout.count("\n"), ended.stderr) == (1, "")


def test_ctrl_c_ends_a_command_quietly(installation: SharedInstallation) -> None:
    """Ctrl-C during a pass ends with 130 and without a trace."""
    installation.add_store("SLOW-", store_hash="slow")
    process = installation.start("sync", "SLOW-")
    locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    deadline = time.monotonic() + 20
    while installation.rows(locks) == [(0,)] and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, "")
    assert installation.rows(locks) == [(0,)]


INTERRUPTED = """
import psycopg, sys
from counterfoil.platform.cli.main import main
asked = sys.argv[1].encode()
def stopping_after(send):
    def send_and_stop(cursor, query, **options):
        send(cursor, query, **options)
        if send_and_stop.stops:
            raise KeyboardInterrupt
        send_and_stop.stops = asked in query.query
    send_and_stop.stops = False
    return send_and_stop
for kind in psycopg.Cursor, psycopg.ClientCursor:
    kind._execute_send = stopping_after(kind._execute_send)
sys.exit(main(["sync", sys.argv[2]]))
"""
"""Ctrl-C between a statement and its answer: the connection takes no other one then, not even to roll back."""


@pytest.mark.parametrize(("code", "asked"), [("CHECKED", "pg_advisory_lock"), ("LOCKED", "pg_try_advisory_lock")])
def test_ctrl_c_in_the_middle_of_a_statement_ends_it_as_quietly(
    installation: SharedInstallation, code: str, asked: str
) -> None:
    """That a connection cannot be ended in order hides nothing, and the store is free for others."""
    installation.add_store(f"{code}-", store_hash=code.lower())
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, asked, f"{code}-"],
        env=installation.environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout + ended.stderr) == (130, "")
    assert installation.rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


def test_the_secret_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """Of ten processes that make the key at once all read the same, and nothing else is left."""
    code = "import sys; from pathlib import Path; from counterfoil.platform.secret_key import read_or_make; "
    code += "print(read_or_make(Path(sys.argv[1])))"
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "new")], stdout=subprocess.PIPE, text=True)
        for _ in range(10)
    ]
    keys = {process.communicate(timeout=60)[0] for process in processes}
    assert len(keys) == 1
    assert len(keys.pop().strip()) >= 50
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret_key"]
