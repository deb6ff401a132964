"""The whole of the store's HTTP: the API, the control, and the page to look at."""

import asyncio
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bigcommerce_sandbox.api.gateway import Gateway
from bigcommerce_sandbox.control.store import LoopbackOnly, routes
from bigcommerce_sandbox.store import Store

_PAGE = Path(__file__).parent / "page"
_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"


def application(store: Store, transports: dict[Any, asyncio.Transport]) -> ASGIApp:
    """Calls of the API go past everything else."""
    gateway = Gateway(store, transports)
    behind = LoopbackOnly(Starlette(routes=[*routes(store), *_page()]))

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith("/stores/")
        await (gateway if is_api else behind)(scope, receive, send)

    return application


def _page() -> list[Route | Mount]:
    async def page(_request: Request) -> Response:
        return FileResponse(_PAGE / "index.html", headers={"Content-Security-Policy": _POLICY})

    return [Route("/", page), Mount("/page", StaticFiles(directory=_PAGE))]
