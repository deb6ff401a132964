"""The control: everything a person or a test does to the store from behind its counter, over HTTP."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bigcommerce_sandbox import edits, listing, refunds, shipments
from bigcommerce_sandbox.answers import Answer, Document, Refused, encoded
from bigcommerce_sandbox.clock import iso8601
from bigcommerce_sandbox.faults import Fault, WrongFault
from bigcommerce_sandbox.making import maker
from bigcommerce_sandbox.making.kinds import KINDS
from bigcommerce_sandbox.making.raw import raw_order
from bigcommerce_sandbox.orders import Order
from bigcommerce_sandbox.settings import WrongSetting
from bigcommerce_sandbox.store import Store

PAGE = 50
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_Handler = Callable[[Store, Request, Any], Any]


class LoopbackOnly:
    """Refuses names that only pretend to be this machine, and changes asked for by foreign pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_own(Request(scope)):
            await self.app(scope, receive, send)
            return
        await _error(403, "The control of the sandbox store is for this machine only.")(scope, receive, send)


def _is_own(request: Request) -> bool:
    host = request.headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in _LOOPBACK:
        return False
    origin = request.headers.get("origin")
    return request.method in ("GET", "HEAD") or origin is None or urlsplit(origin).netloc == host


def routes(store: Store) -> list[Route]:
    def control(method: str, path: str, handler: _Handler) -> Route:
        return Route(f"/sandbox{path}", partial(_respond, store, handler), methods=[method])

    return [
        control("GET", "/settings", lambda store, request, body: store.settings),
        control("PUT", "/settings", _put_settings),
        control("GET", "/kinds", lambda store, request, body: {"kinds": list(KINDS)}),
        control("GET", "/orders", _list_orders),
        control("POST", "/orders", _place_orders),
        control("POST", "/orders/raw", _place_raw),
        control("GET", "/orders/{id:int}", lambda store, request, body: _whole(store, _order(store, request))),
        control("PATCH", "/orders/{id:int}", _edit_order),
        control("DELETE", "/orders/{id:int}", _forget_order),
        control("POST", "/orders/{id:int}/shipments", _ship),
        control("POST", "/orders/{id:int}/refunds", _refund),
        control("GET", "/faults", lambda store, request, body: {"faults": [_shown(f) for f in store.faults.faults]}),
        control("POST", "/faults", _add_fault),
        control("DELETE", "/faults", _clear_faults),
        control("GET", "/calls", _calls),
        control("DELETE", "/calls", _clear_calls),
        control("GET", "/quota", _quota),
        control("POST", "/quota", _spend_quota),
        control("POST", "/reset", _reset),
    ]


async def _respond(store: Store, handler: _Handler, request: Request) -> Response:
    try:
        value = handler(store, request, await _body(request))
        value = await value if isinstance(value, Awaitable) else value
    except (WrongSetting, WrongFault) as wrong:
        return _error(400, str(wrong))
    except Refused as refused:
        return _error(refused.status, refused.message, refused.details)
    if isinstance(value, Answer):
        return Response(value.body, value.status, value.headers)
    return Response(encoded(value), media_type="application/json")


async def _body(request: Request) -> Any:
    """The JSON object that was sent; the bytes where they are no JSON."""
    if request.method in ("GET", "DELETE") or request.headers.get("content-type") == "application/octet-stream":
        return await request.body()
    try:
        return await request.json() if await request.body() else {}
    except ValueError:
        raise Refused(400, "The request body is not valid JSON.") from None


def _error(status: int, sentence: str, details: Document | None = None) -> JSONResponse:
    return JSONResponse({"error": sentence} | ({"details": details} if details else {}), status)


def _order(store: Store, request: Request) -> Order:
    return store.order(request.path_params["id"])


def _put_settings(store: Store, request: Request, body: Document) -> Document:
    store.change_settings(body)
    return store.settings


def _list_orders(store: Store, request: Request, body: object) -> Document:
    """Newest first, 50 a page; ``search`` looks at numbers, names, e-mails and companies."""
    status, search = request.query_params.get("status_id"), request.query_params.get("search", "").casefold()
    page = max(1, listing.whole(dict(request.query_params), "page", 1))
    found = [
        order
        for order in reversed(store.orders.values())
        if (not status or str(order.status_id) == status) and (not search or search in _searchable(order))
    ]
    orders = [_light(store, order) for order in found[(page - 1) * PAGE : page * PAGE]]
    return {"orders": orders, "total": len(found), "page": page, "pages": max(1, -(-len(found) // PAGE))}


def _searchable(order: Order) -> str:
    person = order.header.get("billing_address", {})
    parts = (order.id, *(person.get(name) for name in ("first_name", "last_name", "company", "email")))
    return " ".join(str(part or "") for part in parts).casefold()


def _light(store: Store, order: Order) -> Document:
    person, header = order.header.get("billing_address", {}), order.header
    return {
        "id": order.id,
        "status_id": order.status_id,
        "status": store.label(order.status_id),
        "date_created": iso8601(order.created),
        "date_modified": iso8601(order.modified),
        "customer": " ".join(str(person.get(name) or "") for name in ("first_name", "last_name")).strip(),
        "company": person.get("company", ""),
        "email": person.get("email", ""),
        "total": header.get("total_inc_tax", ""),
        "currency": header.get("default_currency_code", ""),
        "items": header.get("items_total", 0),
        "shipped": header.get("items_shipped", 0),
        "shipments": len(order.shipments),
        "archived": order.archived,
        "kinds": order.kinds,
        "raw": order.raw is not None,
    }


def _whole(store: Store, order: Order) -> Document:
    return order.stored() | {
        "status": store.label(order.status_id),
        "date_created": iso8601(order.created),
        "date_modified": iso8601(order.modified),
    }


def _place_orders(store: Store, request: Request, body: Document) -> Document:
    try:
        orders = maker.place(store, int(body.get("count", 1)), body.get("kind"), body.get("seed"))
    except KeyError:
        raise Refused(400, f"There is no such kind. There are: {', '.join(KINDS)}.") from None
    for order in orders if body.get("fields") else []:
        edits.by_person(store, order, dict(body["fields"]))
    return {"ids": [order.id for order in orders]}


def _place_raw(store: Store, request: Request, body: Document | bytes) -> Document:
    order_id = listing.whole(dict(request.query_params), "id", 0)
    return {"id": store.add(raw_order(store, body, order_id)).id}


def _edit_order(store: Store, request: Request, body: Document) -> Document:
    order = _order(store, request)
    edits.by_person(store, order, body)
    return _whole(store, order)


def _forget_order(store: Store, request: Request, body: object) -> Document:
    store.forget(request.path_params["id"])
    return {"deleted": request.path_params["id"]}


def _ship(store: Store, request: Request, body: Document) -> Document:
    """A shipment by another app; without items: all that is open, one shipment for each address."""
    order = _order(store, request)
    bodies = [body] if "items" in body else [body | left for left in shipments.open_items(order)]
    if not bodies:
        raise Refused(400, "Nothing is left to ship.")
    made = [shipments.create(store, order, maker.tracking(store) | one, "another app") for one in bodies]
    return {"shipments": made}


def _refund(store: Store, request: Request, body: Document) -> Document:
    """Without items: everything."""
    order = _order(store, request)
    whole = [
        {"item_type": "PRODUCT", "item_id": line["id"], "quantity": line["quantity"] - line["quantity_refunded"]}
        for line in order.lines
        if line["quantity"] > line["quantity_refunded"]
    ]
    return refunds.refund(store, order, body.get("items") or whole, str(body.get("reason", "")))


def _shown(fault: Fault) -> Document:
    return {name: getattr(fault, name) for name in Fault.__slots__}


def _add_fault(store: Store, request: Request, body: Document) -> Document:
    return {"id": store.faults.add(body).id}


def _clear_faults(store: Store, request: Request, body: object) -> Document:
    store.faults.faults.clear()
    return {"faults": []}


def _calls(store: Store, request: Request, body: object) -> Document:
    since = listing.whole(dict(request.query_params), "since", 0)
    return {"calls": store.calls.since(since), "counts": dict(store.calls.counts)}


def _clear_calls(store: Store, request: Request, body: object) -> Document:
    store.calls.clear()
    return {"calls": []}


def _quota(store: Store, request: Request, body: object) -> Document:
    headers = store.window.headers()
    return {
        "quota": store.window.quota,
        "left": store.window.left(),
        "reset_ms": int(headers["X-Rate-Limit-Time-Reset-Ms"]),
        "window_ms": int(headers["X-Rate-Limit-Time-Window-Ms"]),
    }


def _spend_quota(store: Store, request: Request, body: Document) -> Document:
    store.window.spend(int(body.get("spend", 1)))
    return _quota(store, request, body)


def _reset(store: Store, request: Request, body: Document) -> Document:
    store.begin()
    maker.fill_store(store, int(body.get("orders", 0)), int(body.get("seed", 1)))
    return {"orders": len(store.orders)}
