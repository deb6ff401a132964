"""What each call to the API passes: token, scope, quota, faults and the log of calls, around the handlers."""

import asyncio
import re
import socket
import struct
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from bigcommerce_sandbox.answers import Answer, Refused
from bigcommerce_sandbox.api import catalog, customers, v2, webhooks
from bigcommerce_sandbox.api import v3 as api_v3
from bigcommerce_sandbox.api.routing import Call, Route, find
from bigcommerce_sandbox.clock import http_date, iso8601
from bigcommerce_sandbox.faults import Fault
from bigcommerce_sandbox.store import Store

ENDPOINTS = (v2, api_v3, catalog, customers, webhooks)  # importing them fills the table of routes
_API_PATH = re.compile(r"/stores/([^/]+)(/.*)")
_ORDER_PATH = re.compile(r"/orders/(\d+)")
_RESET = struct.pack("ii", 1, 0)  # linger, for no time: closing sends RST


class Gateway:
    """ASGI: answers every path under ``/stores/``."""

    def __init__(self, store: Store, transports: dict[Any, asyncio.Transport]) -> None:
        self.store = store
        self.transports = transports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        match = _API_PATH.fullmatch(scope["path"])
        store_hash, path = match.groups() if match else ("", scope["path"])
        query = scope["query_string"].decode("latin-1")
        call = self._note(request, path, query)
        fault = self.store.faults.strike(scope["method"], path, query)
        answer = await self._with_fault(request, store_hash, path, body, fault, call)
        if answer is None:
            self.store.calls.end(call, None)
            await self._reset(scope)
            return
        self.store.calls.end(call, answer.status)
        await self._send(scope, send, answer, fault)

    def _note(self, request: Request, path: str, query: str) -> dict[str, Any]:
        order = _ORDER_PATH.search(path)
        return self.store.calls.begin(
            at=iso8601(self.store.clock.now()),
            method=request.method,
            path=path,
            query=query,
            order_id=int(order[1]) if order else None,
            agent=request.headers.get("user-agent", ""),
        )

    async def _with_fault(
        self, request: Request, store_hash: str, path: str, body: bytes, fault: Fault | None, call: dict[str, Any]
    ) -> Answer | None:
        """The answer, or None where the connection is to be reset."""
        if fault is None:
            return self._work(request, store_hash, path, body)
        call["fault"] = fault.id
        await asyncio.sleep(fault.delay)
        done = self._work(request, store_hash, path, body) if fault.works else Answer(500)
        await asyncio.sleep(fault.delay_answer)
        if fault.cut is not None:
            return None
        return self._spoiled(done, fault)

    def _spoiled(self, done: Answer, fault: Fault) -> Answer:
        result = fault.answer() if fault.replaces else fault.lie(done)
        if not (fault.bare or fault.header_only_retry is not None):
            result.headers = self.store.window.headers() | result.headers
        else:
            result.headers = {k: v for k, v in result.headers.items() if not k.startswith("X-Rate-Limit")}
        result.headers |= fault.headers
        if fault.content_type is not None:
            result.headers["Content-Type"] = fault.content_type
        return result

    def _work(self, request: Request, store_hash: str, path: str, body: bytes) -> Answer:
        """Admits the call and lets the store work; every refusal is an answer too."""
        is_v3 = path.startswith("/v3/")
        if not self.store.window.take():
            return self._too_many(v3=is_v3)
        try:
            answer = self._admitted(request, store_hash, path, body)
        except Refused as refused:
            at_the_door = refused.status in (401, 403) and self.store.settings["errors_form"] == "v3"
            answer = refused.answer(v3=is_v3 or at_the_door)
        answer.headers = self.store.window.headers() | answer.headers
        return answer

    def _admitted(self, request: Request, store_hash: str, path: str, body: bytes) -> Answer:
        if store_hash != self.store.hash or request.headers.get("x-auth-token") != self.store.settings["access_token"]:
            raise Refused(401, "The access token is missing, or it is not one of this store.")
        route, ids = find(request.method, path)
        self._check_scope(route)
        if body and "json" not in request.headers.get("content-type", "json"):
            raise Refused(415, "The body must be sent as application/json.")
        query = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return route.handler(Call(self.store, request.method, path, query, body, ids))

    def _check_scope(self, route: Route) -> None:
        if route.scopes and not set(route.scopes) & set(self.store.settings["scopes"]):
            raise Refused(403, f"Your credentials lack the scope {route.scopes[0]}.")

    def _too_many(self, *, v3: bool) -> Answer:
        refused = Refused(429, "Too many requests.").answer(v3=v3)
        refused.headers = self.store.window.headers() | {"X-Retry-After": self.store.window.retry_after()}
        return refused

    async def _send(self, scope: Scope, send: Send, answer: Answer, fault: Fault | None) -> None:
        body = answer.body or b""
        headers = dict(answer.headers)
        if answer.body is not None:
            headers.setdefault("Content-Type", "application/json")
        if self.store.settings["date_header"]:
            headers.setdefault("Date", http_date(self.store.clock.now()))
        if answer.status != 204:
            headers["Content-Length"] = str(len(body))
        pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
        if fault is None or (fault.truncate is None and not fault.drip):
            await send(_chunk(body, more=False))
            return
        await self._send_badly(scope, send, body, fault)

    async def _send_badly(self, scope: Scope, send: Send, body: bytes, fault: Fault) -> None:
        """Byte by byte, or only the first bytes of what the length promised."""
        sent = body if fault.truncate is None else body[: fault.truncate]
        size = 1 if fault.drip else max(len(sent), 1)
        for start in range(0, len(sent), size):
            await send(_chunk(sent[start : start + size], more=True))
            try:
                await asyncio.sleep(fault.drip)
            except asyncio.CancelledError:
                return  # the sandbox stops, so nobody gets the rest
        if len(sent) == len(body):
            await send(_chunk(b"", more=False))
        else:
            await self._close(scope)

    async def _close(self, scope: Scope) -> None:
        """Ends the connection after what was written so far."""
        if transport := self.transports.get(tuple(scope["client"])):
            transport.close()
        await _let_go()

    async def _reset(self, scope: Scope) -> None:
        """Resets the connection as a broken network does: RST, no answer."""
        if transport := self.transports.get(tuple(scope["client"])):
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            transport.abort()
        await _let_go()


async def _let_go() -> None:
    """Uvicorn learns of the loss in the loop's next turns; before that it would still answer with a 500."""
    for _ in range(3):
        await asyncio.sleep(0.01)


def _chunk(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}
