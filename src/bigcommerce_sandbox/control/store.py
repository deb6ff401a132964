"""The control: everything a person or a test does to the store from behind its counter, over HTTP."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bigcommerce_sandbox.answers import Document, Refused, encoded
from bigcommerce_sandbox.api import order_list
from bigcommerce_sandbox.clock import iso8601
from bigcommerce_sandbox.control import catalog, history
from bigcommerce_sandbox.faults import Fault, WrongFault
from bigcommerce_sandbox.generator import generator
from bigcommerce_sandbox.generator.history import fill_history
from bigcommerce_sandbox.generator.order_kinds import KINDS
from bigcommerce_sandbox.generator.products import MOST
from bigcommerce_sandbox.generator.raw import raw_order
from bigcommerce_sandbox.orders import edits, refunds, shipments
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.orders.statuses import STATUSES
from bigcommerce_sandbox.settings import DEFAULTS, WrongSetting, merged
from bigcommerce_sandbox.store import Store
from bigcommerce_sandbox.webhooks import control as hooks
from bigcommerce_sandbox.webhooks.faults import WrongHookFault

PAGE = 50
_OF_ORDERS = ("pricing", "order_mix", "odd_forms", "tenders")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(slots=True)
class Ask:
    """One request to the control; ``body`` is the JSON object that came, or its bytes."""

    store: Store
    request: Request
    body: Any

    @property
    def id(self) -> int:
        return int(self.request.path_params["id"])

    @property
    def order(self) -> Order:
        """The one that the path names. Raises Refused with 404."""
        return self.store.order(self.id)

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query_params)


_Handler = Callable[[Ask], Any]


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
        control("GET", "/settings", lambda ask: ask.store.settings),
        control("PUT", "/settings", _put_settings),
        control("GET", "/kinds", lambda ask: {"kinds": list(KINDS)}),
        control("GET", "/statuses", _statuses),
        control("GET", "/orders", _list_orders),
        control("POST", "/orders", _place_orders),
        control("POST", "/orders/raw", _place_raw),
        control("GET", "/orders/{id:int}", lambda ask: _whole(ask.store, ask.order)),
        control("PATCH", "/orders/{id:int}", _edit_order),
        control("DELETE", "/orders/{id:int}", _forget_order),
        control("POST", "/orders/{id:int}/shipments", _ship),
        control("POST", "/orders/{id:int}/refunds", _refund),
        control("GET", "/products", lambda ask: catalog.products(ask.store, ask.query)),
        control("POST", "/products", lambda ask: catalog.add_product(ask.store, ask.body)),
        control("PATCH", "/products/{id:int}", lambda ask: catalog.edit_product(ask.store, ask.id, ask.body)),
        control("DELETE", "/products/{id:int}", lambda ask: catalog.forget_product(ask.store, ask.id)),
        control("GET", "/customers/{id:int}", lambda ask: catalog.customer(ask.store, ask.id)),
        control("PATCH", "/customers/{id:int}", lambda ask: catalog.edit_customer(ask.store, ask.id, ask.body)),
        control("GET", "/faults", _list_faults),
        control("POST", "/faults", _add_fault),
        control("DELETE", "/faults", _clear_faults),
        control("GET", "/hooks", lambda ask: hooks.hooks(ask.store)),
        control("GET", "/deliveries", lambda ask: hooks.deliveries(ask.store, order_list.whole(ask.query, "since", 0))),
        control("GET", "/hook-faults", lambda ask: hooks.faults(ask.store)),
        control("POST", "/hook-faults", lambda ask: hooks.add_fault(ask.store, ask.body)),
        control("DELETE", "/hook-faults", lambda ask: hooks.clear_faults(ask.store)),
        control("GET", "/calls", _calls),
        control("DELETE", "/calls", _clear_calls),
        control("GET", "/quota", _quota),
        control("POST", "/quota", _spend_quota),
        control("POST", "/history", lambda ask: history.carry_out(ask.store, ask.body)),
        control("POST", "/reset", _reset),
    ]


async def _respond(store: Store, handler: _Handler, request: Request) -> Response:
    try:
        value = handler(Ask(store, request, await _body(request)))
    except (WrongSetting, WrongFault, WrongHookFault) as wrong:
        return _error(400, str(wrong))
    except (TypeError, ValueError, AttributeError) as trouble:
        return _error(400, f"The request cannot be read: {trouble}.")
    except Refused as refused:
        return _error(refused.status, refused.message, refused.details)
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


def _put_settings(ask: Ask) -> Document:
    ask.store.change_settings(ask.body)
    return ask.store.settings


def _statuses(ask: Ask) -> Document:
    """The statuses in the control panel's order, each with its label and how many orders stand in it."""
    counts = Counter(order.status_id for order in ask.store.orders.values())
    rows = [{"id": status, "label": ask.store.label(status), "count": counts[status]} for status in STATUSES]
    return {"statuses": rows}


def _list_orders(ask: Ask) -> Document:
    """Newest first, 50 a page; ``search`` looks at numbers, names, e-mails and companies."""
    status, search = ask.query.get("status_id"), ask.query.get("search", "").casefold()
    page = max(1, order_list.whole(ask.query, "page", 1))
    found = [
        order
        for order in reversed(ask.store.orders.values())
        if (not status or str(order.status_id) == status) and (not search or search in _searchable(order))
    ]
    orders = [_light(ask.store, order) for order in found[(page - 1) * PAGE : page * PAGE]]
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


def _place_orders(ask: Ask) -> Document:
    try:
        count, kind, seed = int(ask.body.get("count", 1)), ask.body.get("kind"), ask.body.get("seed")
        orders = generator.place(ask.store, count, kind, seed, _for_these(ask.body))
    except KeyError:
        raise Refused(400, f"There is no such kind. There are: {', '.join(KINDS)}.") from None
    for order in orders if ask.body.get("fields") else []:
        edits.by_person(ask.store, order, dict(ask.body["fields"]))
    return {"ids": [order.id for order in orders]}


def _for_these(body: Document) -> Document:
    """The settings that count for these orders alone. Raises WrongSetting."""
    chosen = {name: body[name] for name in _OF_ORDERS if body.get(name) is not None}
    merged(DEFAULTS, chosen)
    return chosen


def _place_raw(ask: Ask) -> Document:
    order_id = order_list.whole(ask.query, "id", 0)
    return {"id": ask.store.add(raw_order(ask.store, ask.body, order_id)).id}


def _edit_order(ask: Ask) -> Document:
    order = ask.order
    edits.by_person(ask.store, order, ask.body)
    return _whole(ask.store, order)


def _forget_order(ask: Ask) -> Document:
    ask.store.forget(ask.id)
    return {"deleted": ask.id}


def _ship(ask: Ask) -> Document:
    """A shipment by another app; without items: all that is open, one shipment for each address."""
    order = ask.order
    bodies = [ask.body] if "items" in ask.body else [ask.body | left for left in shipments.open_items(order)]
    if not bodies:
        raise Refused(400, "Nothing is left to ship.")
    made = [shipments.create(ask.store, order, generator.tracking(ask.store) | one, "another app") for one in bodies]
    return {"shipments": made}


def _refund(ask: Ask) -> Document:
    """Without items: everything."""
    order = ask.order
    whole = [
        {"item_type": "PRODUCT", "item_id": line["id"], "quantity": line["quantity"] - line["quantity_refunded"]}
        for line in order.lines
        if line["quantity"] > line["quantity_refunded"]
    ]
    return refunds.refund(ask.store, order, ask.body.get("items") or whole, str(ask.body.get("reason", "")))


def _shown(fault: Fault) -> Document:
    return {name: getattr(fault, name) for name in Fault.__slots__}


def _list_faults(ask: Ask) -> Document:
    return {"faults": [_shown(fault) for fault in ask.store.faults.faults]}


def _add_fault(ask: Ask) -> Document:
    return {"id": ask.store.faults.add(ask.body).id}


def _clear_faults(ask: Ask) -> Document:
    ask.store.faults.faults.clear()
    return {"faults": []}


def _calls(ask: Ask) -> Document:
    since = order_list.whole(ask.query, "since", 0)
    return {"calls": ask.store.calls.since(since), "counts": dict(ask.store.calls.counts)}


def _clear_calls(ask: Ask) -> Document:
    ask.store.calls.clear()
    return {"calls": []}


def _quota(ask: Ask) -> Document:
    headers = ask.store.window.headers()
    return {
        "quota": ask.store.window.quota,
        "left": ask.store.window.left(),
        "reset_ms": int(headers["X-Rate-Limit-Time-Reset-Ms"]),
        "window_ms": int(headers["X-Rate-Limit-Time-Window-Ms"]),
    }


def _spend_quota(ask: Ask) -> Document:
    ask.store.window.spend(int(ask.body.get("spend", 1)))
    return _quota(ask)


def _reset(ask: Ask) -> Document:
    asked = {"orders": 0, "seed": 1, "products": 0, "history_days": 0} | ask.body
    orders, seed, products, days = (int(asked[name]) for name in ("orders", "seed", "products", "history_days"))
    if not 0 <= products <= MOST:
        raise Refused(400, f"“products” is a whole number up to {MOST}.")
    settings = dict(asked.get("settings") or {})
    merged(ask.store.defaults, settings)  # before anything is gone
    ask.store.begin()
    ask.store.change_settings(settings)
    if products:
        ask.store.stock(products, seed)
    if days > 0:
        fill_history(ask.store, orders, seed, days)
    else:
        generator.fill_store(ask.store, orders, seed)
    return {"orders": len(ask.store.orders)}
