"""Custom scripts in a process of their own: whatever a script does, it stops its own order and nothing else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from counterfoil.intake.importing.preview import preview
from counterfoil.intake.script_process import child, processes
from counterfoil.intake.script_process.processes import MOST_TRIES, PROCESSES, WHOLE_TRIES, Patience
from counterfoil.intake.scripts import ScriptFailed
from counterfoil.sales.custom_fields.definitions import add_field
from counterfoil.sales.models import Client, FieldScope, FieldType, SalesOrder
from counterfoil.stores.attention.actions import retry_group
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import WebOrderState
from counterfoil.stores.sync.session import open_session
from tests.factories import NEW, connect, in_store, run_sync, sales_order, updates, web_order
from tests.intake.script_factories import HANGS, Install, three_orders
from tests.sandbox_store import SandboxStore

STOPPED = {
    "an endless loop": "while True: pass",
    "a long sleep": "time.sleep(600)",
    "a socket that nobody answers": "socket.create_server(('127.0.0.1', 0)).accept()",
    "a library that lets nothing else run": "ctypes.PyDLL(None).pause()",
    "a thread that is waited for": "threading.Thread(target=time.sleep, args=[600]).start(); threading.Event().wait()",
    "a program that is waited for": "subprocess.run(['sleep', '600'])",
    "a loop that passes over every error": """
    while True:
        try:
            time.sleep(600)
        except BaseException:
            pass""",
    "signals that are ignored": "[signal.signal(each, signal.SIG_IGN) for each in (1, 2, 10, 14, 15)]; time.sleep(600)",
}
ENDED = {
    "os._exit": ("os._exit(3)", "ended the process that it ran in (exit code 3)"),
    "a crash": ("ctypes.string_at(0)", "crashed (SIGSEGV)"),
    "an abort": ("os.abort()", "crashed (SIGABRT)"),
    "a kill of itself": ("os.kill(os.getpid(), signal.SIGKILL)", "was killed, which happens when memory runs out"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("work", STOPPED.values(), ids=STOPPED)
def test_a_script_that_does_not_end_stops_its_own_order_only(
    store: SandboxStore, install: Install, settings: Any, work: str
) -> None:
    """The clerk reads how long it took and what to do; the store is told nothing; corrected, a retry imports it."""
    settings.SCRIPT_SECONDS = 2
    install(HANGS.format(work=work))
    integration, bad, good = three_orders(store)
    assert run_sync(integration).imports.outcomes == {"Imported": 2, "NotImported": 1}
    (item,) = attention()
    assert (item.code, item.import_id) == ("script", f"WEB-{bad}")
    assert item.sentence.startswith("The script “shop” took longer than 2 seconds and was stopped")
    assert item.next_step == processes.MORE_TIME
    assert (in_store(store, bad)["status_id"], updates(bad)) == (NEW, [])
    assert all(sales_order(each) for each in good)
    install(HANGS.format(work="pass"))
    retry_group()
    assert run_sync(integration).imports.outcomes == {"Imported": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(("work", "how"), ENDED.values(), ids=ENDED)
def test_a_script_that_ends_its_process_stops_its_own_order_only(
    store: SandboxStore, install: Install, work: str, how: str
) -> None:
    """By a crash, by a signal, or because it asks for the end."""
    install(HANGS.format(work=work))
    integration, bad, _ = three_orders(store)
    assert run_sync(integration).imports.outcomes == {"Imported": 2, "NotImported": 1}
    assert web_order(bad).reason.startswith(f"The script “shop” {how}")


@pytest.mark.django_db
@pytest.mark.parametrize("work", ["time.sleep(600)", "ctypes.string_at(0)"])
def test_it_says_at_which_line_the_script_was_stopped_or_crashed(
    store: SandboxStore, install: Install, settings: Any, work: str
) -> None:
    """The line of the hook in the sentence, all of them in the trace."""
    settings.SCRIPT_SECONDS = 3
    install(HANGS.format(work=work))
    integration, bad, _ = three_orders(store)
    run_sync(integration)
    assert web_order(bad).reason.endswith(", at line 14 of shop_script.py.")
    assert "line 8 in work" in web_order(bad).trace


@pytest.mark.django_db
def test_a_script_that_fills_the_memory_stops_its_own_order_only(
    store: SandboxStore, install: Install, settings: Any
) -> None:
    """It is refused more than it may have, and the error has its line; the next order gets a process like new."""
    settings.SCRIPT_MEMORY_MB = 512
    install(HANGS.format(work="kept = []\n    while True: kept.append(bytearray(10_000_000))"))
    integration, bad, _ = three_orders(store)
    assert run_sync(integration).imports.outcomes == {"Imported": 2, "NotImported": 1}
    assert web_order(bad).reason == "The script “shop” failed: MemoryError."
    assert "in work" in web_order(bad).trace


@pytest.mark.django_db
@pytest.mark.parametrize("work", ["os.fork()", "threading.Thread(target=time.sleep, args=[600]).start()"])
def test_a_fork_or_a_thread_that_a_script_leaves_behind_stops_nothing(
    store: SandboxStore, install: Install, work: str
) -> None:
    """A copy of the process answers nothing, and what is left ends with the process."""
    install(HANGS.format(work=work))
    integration, _, _ = three_orders(store)
    assert run_sync(integration).imports.outcomes == {"Imported": 3}
    PROCESSES.close()


@pytest.mark.django_db
def test_of_a_hundred_orders_the_one_that_hangs_is_not_imported_and_the_others_are(
    store: SandboxStore, install: Install, settings: Any
) -> None:
    """Nothing of it is imported, and nothing of the others is missing."""
    settings.SCRIPT_SECONDS = 5
    install(HANGS.format(work="while True: pass"))
    placed = store.place(100, kind="guest")
    store.edit(placed[40], customer_message="hang")
    assert run_sync(connect(store)).imports.outcomes == {"Imported": 99, "NotImported": 1}
    assert web_order(placed[40]).state == WebOrderState.NOT_IMPORTED
    assert SalesOrder.objects.count() == 99


@pytest.mark.django_db
def test_a_script_that_hangs_on_every_order_is_soon_left_alone(
    store: SandboxStore, install: Install, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The orders after that say so at once; after the pause it is tried again, and corrected it works on."""
    monkeypatch.setattr(processes, "MOST_TRIES", 4)
    settings.SCRIPT_SECONDS = 0.5
    install(HANGS.format(work="time.sleep(600)"))
    placed = store.place(8, kind="guest")
    for each in placed:
        store.edit(each, customer_message="hang")
    integration = connect(store)
    assert run_sync(integration).imports.outcomes == {"NotImported": 8}
    reasons = [web_order(each).reason for each in sorted(placed)]
    assert sum("took longer than" in each for each in reasons) == 4
    left_alone = "The script “shop” wasn’t run: it had to be stopped on the last 4 orders."
    assert reasons.count(left_alone) == 4
    settings.SCRIPT_SECONDS = 30
    PROCESSES.patience.paused_until = 0.0
    for each in placed:
        store.edit(each, customer_message="")
    retry_group()
    assert run_sync(integration).imports.outcomes == {"Imported": 8}


def test_a_script_has_less_time_after_it_was_stopped_and_all_of_it_once_it_ends_by_itself(settings: Any) -> None:
    """Ten seconds, then one, then a minute's pause, after which it is tried once with all of its time."""
    settings.SCRIPT_SECONDS = 10
    patience = Patience()
    given = []
    for _ in range(MOST_TRIES):
        given.append(patience.seconds())
        patience.lose("shop")
    assert given == [10] * WHOLE_TRIES + [1] * (MOST_TRIES - WHOLE_TRIES)
    with pytest.raises(ScriptFailed, match="wasn’t run: it had to be stopped on the last 10 orders"):
        patience.seconds()
    patience.paused_until = 0.0
    assert patience.seconds() == 10
    patience.lose("shop")
    with pytest.raises(ScriptFailed):
        patience.seconds()
    patience.regain()
    assert patience.seconds() == 10


@pytest.mark.django_db
def test_a_preview_goes_on_after_an_order_whose_script_hangs(
    store: SandboxStore, install: Install, settings: Any
) -> None:
    """It says what an import would say, and leaves nothing behind, not even what the script wrote."""
    settings.SCRIPT_SECONDS = 3
    install("""
        import time
        from counterfoil.sales.models import Client

        @hookimpl
        def counterfoil_convert(order):
            Client.objects.create(name="By the script")
            if order["customer_message"] == "hang":
                time.sleep(600)
        """)
    integration, bad, _ = three_orders(store)
    with open_session(integration, seconds=600) as there:
        found = {each.bigcommerce_order_id: each for each in preview(there)}
    assert sorted(each.will for each in found.values()) == ["import", "import", "not_import"]
    assert "took longer than 3 seconds" in found[bad].reason
    assert (Client.objects.count(), SalesOrder.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_an_imported_order_whose_script_hangs_on_an_edit_stays_as_it_is(
    store: SandboxStore, install: Install, settings: Any
) -> None:
    """The edit waits for the script, and comes with the retry."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    settings.SCRIPT_SECONDS = 3
    install(HANGS.format(work="time.sleep(600)"))
    assert run_sync(integration).imports.outcomes == {"Imported": 1}
    store.edit(order_id, status_id=NEW, customer_message="hang")
    assert run_sync(integration).imports.outcomes == {"NotImported": 1}
    assert web_order(order_id).state == WebOrderState.IMPORTED
    assert "took longer than" in web_order(order_id).reason
    install(HANGS.format(work="pass"))
    retry_group()
    assert run_sync(integration).imports.outcomes == {"Updated": 1}
    assert sales_order(order_id).customer_message == "hang"


@pytest.mark.django_db
def test_an_edit_waits_where_the_script_hangs_on_the_imported_version(
    store: SandboxStore, install: Install, settings: Any
) -> None:
    """What it would have filled then is not known: taken for empty, it would pass for a change of the store."""
    add_field(FieldScope.ORDER, "Note", FieldType.TEXT)
    (order_id,) = store.place(1, kind="guest")
    store.edit(order_id, customer_message="hang")
    integration = connect(store)
    fills = "fields.order['note'] = 'filled'"
    install(f"@hookimpl\ndef counterfoil_convert(fields):\n    {fills}\n")
    assert run_sync(integration).imports.outcomes == {"Imported": 1}
    settings.SCRIPT_SECONDS = 3
    text = HANGS.format(work="time.sleep(600)").replace("(order)", "(order, fields)")
    install(f"{text}\n    {fills}\n")
    store.edit(order_id, status_id=NEW, customer_message="no more")
    assert run_sync(integration).imports.outcomes == {"NotImported": 1}
    assert "took longer than 3 seconds" in web_order(order_id).reason
    assert sales_order(order_id).customer_message == "hang"


@pytest.mark.django_db
def test_an_interrupt_that_a_script_raises_stops_its_own_order_only(store: SandboxStore, install: Install) -> None:
    """As it is raised where a signal meets it, or where asyncio cancels."""
    install(HANGS.format(work="raise KeyboardInterrupt"))
    integration, bad, _ = three_orders(store)
    assert run_sync(integration).imports.outcomes == {"Imported": 2, "NotImported": 1}
    assert web_order(bad).reason == "The script failed: KeyboardInterrupt."
    assert "in work" in web_order(bad).trace


@pytest.mark.django_db
def test_one_process_serves_one_order_after_another(store: SandboxStore, install: Install) -> None:
    """It is started once, and again only after it had to be ended."""
    add_field(FieldScope.ORDER, "Process", FieldType.NUMBER)
    install("""
        import os

        @hookimpl
        def counterfoil_convert(fields):
            fields.order["process"] = os.getpid()
        """)
    store.place(5, kind="guest")
    run_sync(connect(store))
    ids = {order.fields["process"] for order in SalesOrder.objects.all()}
    assert len(ids) == 1
    assert ids != {str(os.getpid())}


@pytest.mark.django_db
def test_what_a_script_prints_and_logs_goes_where_the_program_s_own_goes(
    store: SandboxStore, install: Install, settings: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also what it said before it was stopped."""
    settings.SCRIPT_SECONDS = 3
    install("""
        import logging, time

        @hookimpl
        def counterfoil_convert(order):
            print("printed", order["id"])
            logging.getLogger("shop").warning("logged %s", order["id"])
            if order["customer_message"] == "hang":
                time.sleep(600)
        """)
    integration, bad, good = three_orders(store)
    run_sync(integration)
    said = capfd.readouterr()
    for each in (bad, *good):
        assert f"printed {each}" in said.out
        assert f"logged {each}" in said.err


@pytest.mark.django_db
def test_values_of_a_script_s_own_classes_are_taken_as_before(store: SandboxStore, install: Install) -> None:
    """A text of a class of its own is a text; what no field takes is refused by its name; the class stays there."""
    add_field(FieldScope.ORDER, "Kind", FieldType.TEXT)
    add_field(FieldScope.ORDER, "On", FieldType.DATE)
    install("""
        from datetime import datetime
        from enum import StrEnum

        class Kind(StrEnum):
            GIFT = "gift"

        class Day(datetime):
            pass

        class Odd:
            def __str__(self):
                return "odd one"

        @hookimpl
        def counterfoil_convert(order, fields):
            fields.order["kind"] = Odd() if order["customer_message"] == "hang" else Kind.GIFT
            fields.order["on"] = Day(2026, 1, 31)
        """)
    integration, bad, good = three_orders(store)
    run_sync(integration)
    assert web_order(bad).reason == "The script's value isn’t valid: “Kind” takes a text, and “odd one” isn’t one."
    assert sales_order(good[0]).fields == {"kind": "gift", "on": "2026-01-31"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("top", "reason"),
    [
        ("import time; time.sleep(600)", "The script “shop” couldn’t be loaded: it takes too long."),
        (
            "import os; os._exit(2)",
            "The script “shop” couldn’t be loaded: it ended the process that it ran in (exit code 2).",
        ),
    ],
)
def test_a_script_that_hangs_or_ends_while_it_is_loaded_lets_no_order_in_without_it(
    store: SandboxStore, install: Install, monkeypatch: pytest.MonkeyPatch, top: str, reason: str
) -> None:
    """Each order says so, and the first alone waited for it."""
    if "sleep" in top:
        monkeypatch.setattr(child, "START_SECONDS", 10.0)
    install(top)
    placed = store.place(3, kind="guest")
    assert run_sync(connect(store)).imports.outcomes == {"NotImported": 3}
    assert {web_order(each).reason for each in placed} == {reason}


def test_no_process_outlives_the_program(install: Install, tmp_path: Path) -> None:
    """Killed while a script hangs, the program leaves nothing behind."""

    install("""
        import os, time
        from pathlib import Path

        @hookimpl
        def counterfoil_convert(order):
            Path(order["file"]).write_text(str(os.getpid()))
            while True:
                pass
        """)
    file = tmp_path / "pid"
    text = (
        "import django; django.setup()\n"
        "from counterfoil.intake.scripts import ScriptFields, installed\n"
        f"installed().run({{'file': {str(file)!r}}}, None, ScriptFields())\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", text], env=environment) as program:
        until(lambda: file.exists() and file.read_text() != "")
        program.send_signal(signal.SIGKILL)
    pid = int(file.read_text())
    until(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2])


def until(condition: Callable[[], bool]) -> None:
    """Waits for it, a minute at most."""

    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
