"""R9: several at the same order at the same time. R11: a process that is stopped and goes on later."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psutil

from faults.acts import BUSY
from faults.child import Children, Ended
from faults.environment import FaultEnvironment, How
from faults.tally import Tally

ROUNDS_OF_AN_ENVIRONMENT = 50


def at_once(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R9: two workers, a click and a webhook at one order; a thousand rounds."""
    with ExitStack() as stack:
        crowd = [stack.enter_context(Children(env.environment)) for _ in range(3)]
        pool = stack.enter_context(ThreadPoolExecutor(len(crowd) + 1))
        for at in range(how.of(1000)):
            if at % ROUNDS_OF_AN_ENVIRONMENT == 0:
                env.fresh()
            order_id = env.place()
            acts: list[tuple[Children, str, dict[str, Any]]] = [
                (env.children, "run_sync", {}),
                (crowd[0], "run_sync", {}),
                (crowd[1], "click", {"order_id": order_id}),
                (crowd[2], "event", {"order_id": order_id}),
            ]
            running = [pool.submit(each.run, act, plant=how.plant, **{"with": given}) for each, act, given in acts]
            _judge(env, tally, [each.result() for each in running], f"round {at}")
            if how.has_found(tally):
                return


def _judge(env: FaultEnvironment, tally: Tally, ended: list[Ended], where: str) -> None:
    seconds = env.sync_until_idle()
    tally.add(env.verdict(), seconds, where)
    for each in ended:
        if each.code not in (0, BUSY):
            tally.break_off(where, f"one ended with {each.code}: {each.said}")


def stopped(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R11: SIGSTOP at a hundred points; the store waits meanwhile, and nothing happens twice."""
    from faults.kills import SCENARIOS

    with Children(env.environment) as other, ThreadPoolExecutor(1) as pool:
        for at in range(how.of(100)):
            scenario = SCENARIOS[at % len(SCENARIOS)]
            env.fresh()
            act, given = scenario.prepare(env)
            point = 1 + (at * 7) % 60
            running = pool.submit(env.children.run, act, at=point, stop=True, plant=how.plant, **{"with": given})
            asleep = _asleep(env.children, running.done)
            meanwhile = other.run("run_sync", plant=how.plant)
            if asleep is not None and asleep.is_running():
                asleep.resume()
            _judge(env, tally, [running.result(), meanwhile], f"{scenario.name}, stopped at point {point}")
            if how.has_found(tally):
                return


def _asleep(children: Children, is_over: Any) -> psutil.Process | None:
    """The run that has stopped itself; None when it ended before."""
    while not is_over():
        for each in psutil.Process(children.pid).children():
            if each.status() == psutil.STATUS_STOPPED:
                return each
    return None
