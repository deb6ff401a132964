"""Expressions over an order: what they see, what they give, and that none of them can harm the installation."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from counterfoil.bigcommerce import NeedsPerson, TryAgain
from counterfoil.intake.expressions.order_view import OrderView, view_order
from counterfoil.intake.expressions.sandbox import ExpressionProcess, ExpressionResult, Job

ORDER: dict[str, Any] = {
    "id": 100,
    "total_inc_tax": "12.3400",
    "items_total": 3,
    "big": 2**70,
    "odd": "a\x00b",
    "staff_notes": None,
    "date_created": "Wed, 10 Jan 2018 21:05:30 +0000",
    "billing_address": {"first_name": "Ada", "form_fields": [{"name": "VAT", "value": "DE123"}]},
    "consignments": {
        "shipping": [
            {
                "shipping_method": "Ground",
                "cost_inc_tax": 5,
                "cost_ex_tax": 4.50,
                "line_items": [
                    {"id": 2, "name": "Mug", "product_options": [{"display_name": "Engraving", "value": "A"}]},
                    {"id": 1, "name": "Pen", "product_options": []},
                ],
            }
        ],
    },
}  # fmt: skip


def view(**changes: Any) -> OrderView:
    """The order as expressions see it."""
    return view_order(json.dumps(ORDER | changes).encode())


@pytest.fixture
def process() -> Iterator[ExpressionProcess]:
    """A process of the test's own."""
    process = ExpressionProcess()
    yield process
    pid = process.pid
    process.close()
    assert pid is None or not psutil.pid_exists(pid)


def one(process: ExpressionProcess, expression: str, **changes: Any) -> ExpressionResult:
    """The answer to one expression over the order."""
    return process.evaluate(view(**changes), [Job(expression)])[0]


VALUES = [
    ("order.id", 100),
    ("order.total_inc_tax", "12.3400"),
    ("order.items_total + 1", 4),
    ("double(order.total_inc_tax) > 10.0", True),
    ("order.consignments.shipping[0].cost_inc_tax", "5"),
    ("order.consignments.shipping[0].cost_ex_tax", "4.5"),
    ("order.big", str(2**70)),
    ("order.odd", "a\ufffdb"),
    ("order.staff_notes", None),
    ("customer.first_name.upperAscii()", "ADA"),
    ("customer.form_fields.filter(f, f.name == 'VAT').map(f, f.value).first()", "DE123"),
    ("customer.form_fields.filter(f, f.name == 'nope').first()", None),
    ("has(order.gift) ? order.gift : ''", ""),
    ("lines.map(l, l.name).join(', ')", "Pen, Mug"),
    ("size(coupons)", 0),
    ("timestamp('2018-01-10T00:00:00Z')", "2018-01-10T00:00:00+00:00"),
    ("0.5", 0.5),
]


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_an_expression_gives_a_value_of_the_order(process: ExpressionProcess, expression: str, value: object) -> None:
    """The document is the store's own, money is text in every place, and the language's usual functions are there."""
    assert one(process, expression) == ExpressionResult(value)  # type: ignore[arg-type]


ERRORS = [
    ("order.nope", "there is no “nope” where it looks for it"),
    ("order.consignments.shipping[3]", "a list is shorter than it expects"),
    ("order.id + 'x'", "it mixes kinds of values"),
    ("1 / 0", "it divides by zero"),
    ("ordr.id", "it names “ordr”, which doesn’t exist"),
    ("line.id", "it names “line”, which doesn’t exist"),
    ("order.id +", "it cannot be read at character 11 of line 1"),
    ("", "it cannot be read"),
    ("order", "it returns a group of values, but a field takes one value"),
    ("lines", "it returns a list, but a field takes one value"),
    ("'abc'.substring(7)", "out of range"),
    ("double('x')", "invalid float"),
    ("1.0 / 0.0", "it returns inf, which isn’t a number"),
    ("duration('1h')", "it returns a timedelta"),
    ("'x\ud800'", "surrogates not allowed"),
]


@pytest.mark.parametrize(("expression", "words"), ERRORS)
def test_an_expression_that_fails_says_why_in_words(process: ExpressionProcess, expression: str, words: str) -> None:
    """What the clerk reads after "The field … could not be filled: "."""
    answer = one(process, expression)
    assert words in answer.error
    assert len(answer.error) < 450
    assert answer.value is None


def test_a_line_s_expression_sees_its_own_line(process: ExpressionProcess) -> None:
    """One child evaluates an expression for each line, with the order next to it."""
    options = "line.product_options.filter(o, o.display_name == 'Engraving').map(o, o.value).first()"
    jobs = [Job(text, line) for line in (0, 1) for text in (options, "line.name + string(order.id)")]
    assert [answer.value for answer in process.evaluate(view(), jobs)] == [None, "Pen100", "A", "Mug100"]


def test_lines_are_taken_from_wherever_the_store_put_them() -> None:
    """Read apart, in the legacy list of consignments, or as gift certificates: in ascending order of id."""
    apart = view_order(json.dumps(ORDER).encode(), b'[{"id": 9, "price_inc_tax": 5}, {"id": 7}]')
    assert apart.lines == [{"id": 7}, {"id": 9, "price_inc_tax": "5"}]
    assert view(consignments=[ORDER["consignments"]]).line_ids == [1, 2]
    emailed = {"email": {"gift_certificates": [{"line_items": [{"id": 5}]}]}, "shipping": None, "downloads": "x"}
    assert view(consignments=emailed).line_ids == [5]
    assert view(consignments={"url": "…", "resource": "…"}, billing_address=None).line_ids == []
    by_number = {"shipping": {"0": {"line_items": {"3": {"id": "4"}, "5": {"id": 3.0}, "6": {"id": "x"}}}}}
    assert view(consignments=by_number).line_ids == [3, 4]
    with pytest.raises(NeedsPerson):
        view_order(b"[1]")
    with pytest.raises(NeedsPerson):
        view_order(b'{"a":' * 100_000)


ENDLESS = "true"
for _ in range(12):
    ENDLESS = f"[1,2,3,4,5,6,7,8,9].all(x, {ENDLESS})"


def test_an_endless_expression_costs_a_second_and_its_own_field_alone(process: ExpressionProcess) -> None:
    """Those before it have their values; those after it had no time left; the next order is evaluated as ever."""
    assert one(process, "order.id") == ExpressionResult(100)  # it has started: that is not part of what is timed
    began = time.monotonic()
    first, endless, last = process.evaluate(view(), [Job("order.id"), Job(ENDLESS), Job("order.id")])
    assert time.monotonic() - began < 8
    assert first == ExpressionResult(100)
    assert "longer than the one second" in endless.error
    assert "before it used up the one second" in last.error
    assert one(process, "order.id") == ExpressionResult(100)


HUGE = [
    ("lists.range(1000000).map(a, 'x' + string(a)).join('')", "characters, and a field takes 10,000"),
    ("lists.range(100000000)", "too much memory"),
    (" + ".join(["'x'"] * 100_000), "too deeply"),
    ("[" * 100_000 + "]" * 100_000, ""),
]


@pytest.mark.parametrize(("expression", "words"), HUGE)
def test_a_huge_expression_or_result_costs_its_own_field_alone(
    process: ExpressionProcess, expression: str, words: str
) -> None:
    """It is refused or kills the child at most; the expression after it has its value unless the time is up."""
    huge, after = process.evaluate(view(), [Job(expression), Job("order.id")])
    assert huge.error
    assert words in huge.error or "longer than the one second" in huge.error
    assert after == ExpressionResult(100) or "used up the one second" in after.error
    assert one(process, "order.id") == ExpressionResult(100)


def test_a_child_that_is_killed_between_orders_is_replaced(process: ExpressionProcess) -> None:
    """Nobody notices."""
    assert one(process, "order.id") == ExpressionResult(100)
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert one(process, "order.id") == ExpressionResult(100)
    assert process.pid != first
    assert not psutil.pid_exists(first)


def test_a_child_that_is_killed_during_an_expression_is_forgiven_once(process: ExpressionProcess) -> None:
    """Someone else's kill -9 is no failure of the expression; where it happens again, the order is tried later."""
    assert one(process, "order.id") == ExpressionResult(100)
    kills = threading.Thread(target=_kill_busy, args=(process, 1))
    kills.start()
    slow, after = process.evaluate(view(), [Job("order.id"), Job(ENDLESS)], seconds=1.0)
    kills.join()
    assert slow == ExpressionResult(100)
    assert "longer than the one second" in after.error
    kills = threading.Thread(target=_kill_busy, args=(process, 2))
    kills.start()
    with pytest.raises(TryAgain, match="was stopped or hung"):
        process.evaluate(view(), [Job(ENDLESS)], seconds=5.0)
    kills.join()
    assert one(process, "order.id") == ExpressionResult(100)


def _kill_busy(process: ExpressionProcess, times: int) -> None:
    """kill -9 to the child as soon as it has worked for a while, so many times."""
    killed: set[int] = set()
    deadline = time.monotonic() + 20
    while len(killed) < times and time.monotonic() < deadline:
        pid = process.pid
        try:
            if pid is not None and pid not in killed and psutil.Process(pid).cpu_times().user > 0.6:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.01)


def test_a_child_that_stands_still_is_given_up(process: ExpressionProcess) -> None:
    """A stopped child neither hangs the import nor stays behind: another takes its place."""
    assert one(process, "order.id") == ExpressionResult(100)
    assert process.pid is not None
    stopped = process.pid
    os.kill(stopped, signal.SIGSTOP)
    assert one(process, "order.id", big="x" * 5_000_000) == ExpressionResult(100)
    assert process.pid != stopped
    assert not psutil.pid_exists(stopped)


def test_one_thread_evaluates_at_a_time(process: ExpressionProcess) -> None:
    """Each gets the answers to its own order."""
    wrong: list[object] = []

    def ask(number: int) -> None:
        for _ in range(10):
            answer = one(process, "order.id", id=number)
            if answer != ExpressionResult(number):
                wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_child_has_none_of_the_parent_s_secrets_and_few_rights(
    process: ExpressionProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No secret in its environment, no file but its socket, little memory, no core dump."""
    monkeypatch.setenv("COUNTERFOIL_SECRET_KEY", "nobody may see this")
    one(process, "1")
    assert process.pid is not None
    child = psutil.Process(process.pid)
    assert set(child.environ()) <= {"PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "LC_CTYPE"}
    if sys.platform == "linux":
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        rows = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
        assert rows["Max open files"] == ["3", "3"]
        assert rows["Max file size"] == ["0", "0"]
        assert rows["Max core file size"] == ["0", "0"]
        assert rows["Max address space"] == [str(256 * 2**20)] * 2
        assert child.net_connections() == [] or all(each.family.name == "AF_UNIX" for each in child.net_connections())


LEAVES = """
import os, sys, threading, time
import psutil
from counterfoil.intake.expressions.sandbox import ExpressionProcess, Job
from counterfoil.intake.expressions.order_view import view_order
process = ExpressionProcess()
process.evaluate(view_order(b"{}"), [Job("1")])
print(process.pid, flush=True)
if sys.argv[1] == "busy":
    used = psutil.Process(process.pid).cpu_times().user
    threading.Thread(target=process.evaluate, args=(view_order(b"{}"), [Job(sys.argv[2])]), daemon=True).start()
    while psutil.Process(process.pid).cpu_times().user < used + 0.05:
        time.sleep(0.01)
print("go", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_no_process_stays_behind_a_parent_that_was_killed(state: str) -> None:
    """Neither an idle child nor one in the middle of an endless expression outlives a kill -9 of its parent."""
    with subprocess.Popen([sys.executable, "-c", LEAVES, state, ENDLESS], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == "go\n"
        parent.kill()
    deadline = time.monotonic() + 15
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("program", ["/nonexistent/python", "/bin/false"])
def test_a_child_that_cannot_be_started_lets_the_order_wait(
    process: ExpressionProcess, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """It is no fault of an expression; as soon as one starts everything goes on."""
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", program)
        with pytest.raises(TryAgain, match="didn’t start"):
            one(process, "order.id")
    assert process.pid is None
    assert one(process, "order.id") == ExpressionResult(100)


def test_a_child_that_ended_long_before_an_order_comes_is_replaced(process: ExpressionProcess) -> None:
    """Without a try at the dead one."""
    assert one(process, "order.id") == ExpressionResult(100)
    assert process.pid is not None
    child = psutil.Process(process.pid)
    child.kill()
    while child.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert one(process, "order.id") == ExpressionResult(100)
