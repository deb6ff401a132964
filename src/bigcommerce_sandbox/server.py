"""The process: listens on loopback, keeps the state on disk, places surprises, stops at once."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from bigcommerce_sandbox import state
from bigcommerce_sandbox.app import application
from bigcommerce_sandbox.generator import generator
from bigcommerce_sandbox.store import Store
from bigcommerce_sandbox.webhooks.dispatcher import carry

_WATCH_SECONDS = 0.25


class Server(uvicorn.Server):
    """Uvicorn, ended by our own signals: no waiting for calls that a fault holds back."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        self.should_exit = self.force_exit = True


def protocol_that_notes(transports: dict[Any, asyncio.Transport]) -> type[H11Protocol]:
    """HTTP/1.1 whose connections can be found by their client's address: faults reset them."""

    class Noting(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._peer = transport.get_extra_info("peername")
            transports[tuple(self._peer[:2])] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            transports.pop(tuple(self._peer[:2]), None)
            super().connection_lost(exc)

    return Noting


def serve(
    store: Store,
    listener: socket.socket,
    *,
    ready: Path | None = None,
    state_file: Path | None = None,
    parent: int | None = None,
    certificate: tuple[str, str] | None = None,
) -> None:
    """Runs until SIGTERM or SIGINT, or until ``parent``, a process id, is no longer our parent."""
    transports: dict[Any, asyncio.Transport] = {}
    config = uvicorn.Config(
        application(store, transports),
        http=protocol_that_notes(transports),
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,  # the API's answers carry the store's own
        ssl_certfile=certificate[0] if certificate else None,
        ssl_keyfile=certificate[1] if certificate else None,
    )
    server = Server(config)
    asyncio.run(_run(server, store, listener, ready, state_file, parent))


async def _run(
    server: Server,
    store: Store,
    listener: socket.socket,
    ready: Path | None,
    state_file: Path | None,
    parent: int | None,
) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    beside: list[Coroutine[Any, Any, None]] = [_announce(server, store, ready), _surprise(store), carry(store)]
    if state_file is not None:
        beside.append(_keep_state(store, state_file))
    if parent is not None:
        beside.append(_end_with_parent(server, parent))
    tasks = [asyncio.create_task(work) for work in beside]
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in tasks:
            task.cancel()
        if state_file is not None:
            state.save(store, state_file)


async def _announce(server: Server, store: Store, ready: Path | None) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    line = f"sandbox store ready at {store.origin}/stores/{store.hash}"
    print(line, flush=True)  # noqa: T201 - how whoever started us learns the address
    if ready is not None:
        ready.write_text(line + "\n")


async def _keep_state(store: Store, state_file: Path) -> None:
    """Written on change, at most every second."""
    saved = store.changes
    while True:
        await asyncio.sleep(1)
        if saved != store.changes:
            saved = store.changes
            state.save(store, state_file)


async def _surprise(store: Store) -> None:
    """Shoppers who come by themselves."""
    waited = 0.0
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        every = store.settings["surprise_seconds"]
        waited = waited + _WATCH_SECONDS if every else 0.0
        if every and waited >= every:
            waited = 0.0
            generator.place(store, 1, None, None)


async def _end_with_parent(server: Server, parent: int) -> None:
    while os.getppid() == parent:
        await asyncio.sleep(_WATCH_SECONDS)
    server.stop()
