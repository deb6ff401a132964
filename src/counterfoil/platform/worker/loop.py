"""The worker: syncs stores when it is woken, checks what is due, and rescues what a dead worker left behind.

As many workers as you like may run, on as many machines: a store is synced by one at a time.
"""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from counterfoil.platform.worker import tasks
from counterfoil.sales.db.full_disk import full_disk
from counterfoil.stores.sync.session import stop_sessions
from counterfoil.stores.sync.wakeups import QUEUE, SYNC_STORE, queueing_lock

RECHECK_SECONDS = 10.0
MAIL_SECONDS = 3.0
WEBHOOK_SECONDS = 1.0
NOTIFY_SECONDS = 20.0
FORGET_SECONDS = 3600.0
NIGHT_SECONDS = 60.0
COUNT_SECONDS = 300.0
BULK_SECONDS = 1.0
HEARTBEAT_SECONDS = 3.0
DEAD_AFTER_SECONDS = 10.0
GRACE_SECONDS = 8.0  # one request to a store may take that long
STOP_SECONDS = 9.5
AGAIN_SECONDS = 1.0
logger = structlog.get_logger("counterfoil")
_mail_thread = ThreadPoolExecutor(1, "mail")  # a mail server that does not answer holds up nothing else
_bulk_thread = ThreadPoolExecutor(1, "bulk")  # a thousand orders, or mails, hold up neither
_webhook_thread = ThreadPoolExecutor(1, "events")  # nor does another system that webhooks go to
_stopping = threading.Event()


def run(*, concurrency: int = 4) -> None:
    """Runs until SIGTERM or SIGINT; a sync that is under way ends between two orders."""
    asyncio.run(_run(concurrency))


async def _run(concurrency: int) -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as here:
        async with here.open_async():
            running_tasks = [asyncio.create_task(_run_every(*each)) for each in _periodic_tasks(here)]
            working = asyncio.create_task(_work(here, concurrency))
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, _stop, working)
            for task in (working, *running_tasks):
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                for each in running_tasks:
                    each.cancel()


def _periodic_tasks(here: App) -> list[tuple[float, Callable[[], Awaitable[None]]]]:
    """What is checked again and again, apart from the jobs: how often, in seconds, and what."""
    return [
        (RECHECK_SECONDS, lambda: _wake_due_stores(here)),
        (MAIL_SECONDS, lambda: _in_thread(_mail_thread, tasks.post, _stopping.is_set)),
        (WEBHOOK_SECONDS, lambda: _in_thread(_webhook_thread, tasks.tell_others, _stopping.is_set)),
        (NOTIFY_SECONDS, lambda: _in_thread(_mail_thread, tasks.notify)),
        (NIGHT_SECONDS, lambda: _in_thread(_mail_thread, tasks.compare_by_night)),
        (BULK_SECONDS, lambda: _in_thread(_bulk_thread, tasks.change_in_bulk, _stopping.is_set)),
        (COUNT_SECONDS, lambda: _in_thread(_mail_thread, tasks.count)),
        (FORGET_SECONDS, lambda: _in_thread(_mail_thread, tasks.forget, _stopping.is_set)),
    ]


async def _work(here: App, concurrency: int) -> None:
    """Takes jobs until it is cancelled; a database that went away is waited for."""
    while True:
        why = ""
        try:
            await here.run_worker_async(
                queues=[QUEUE],
                concurrency=concurrency,
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="always",
                install_signal_handlers=False,
            )
        except ConnectorException as trouble:
            why = full_disk(trouble)
        logger.warning("the database does not respond; the worker continues as soon as it does", **_named(why))
        await asyncio.sleep(AGAIN_SECONDS)


def _named(why: str) -> dict[str, str]:
    return {"trouble": why} if why else {}


def _stop(working: "asyncio.Task[None]") -> None:
    stop_sessions()
    _stopping.set()
    working.cancel()
    # A sync that waits for a store that does not answer is no reason to stay: it may be killed at any point.
    last = threading.Timer(STOP_SECONDS, os._exit, [0])
    last.daemon = True
    last.start()


async def _run_every(seconds: float, task: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await task()
        except (ConnectorException, DatabaseError) as trouble:
            why = full_disk(trouble)
            said = why or str(trouble).strip().partition("\n")[0]
            logger.warning("the disk is full" if why else "the database does not respond", trouble=said)
        await asyncio.sleep(seconds)


async def _wake_due_stores(here: App) -> None:
    await _rescue(here)
    for integration_id in await _due_stores():
        with contextlib.suppress(AlreadyEnqueued):
            await here.configure_task(SYNC_STORE, queue=QUEUE, queueing_lock=queueing_lock(integration_id)).defer_async(
                integration_id=integration_id
            )


async def _rescue(here: App) -> None:
    """Drops the jobs of dead workers: they were wake-ups, and what they were to look at is still due."""
    for job in await here.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        logger.warning("a worker died during a sync; the next sync continues", job=job.id)
        await here.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)


@sync_to_async
def _due_stores() -> list[int]:
    close_old_connections()
    return tasks.due_stores()


async def _in_thread(thread: ThreadPoolExecutor, act: Callable[..., None], *given: object) -> None:
    await asyncio.get_running_loop().run_in_executor(thread, act, *given)
