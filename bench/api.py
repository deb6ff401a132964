"""Requests a second of the API, next to the same library that answers the same bytes without any product behind it.

Asked for in this process, one after the other; the library by itself has none of the product's middleware either.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from ninja import NinjaAPI
from tests.web.factories.orders import a_store, an_order

from bench.environment import empty_database, print_table
from counterfoil.accounts.api_tokens import TokenDraft, make_token
from counterfoil.api.schemas.shipments import ShipmentSent

ORDERS, WARM = 100, 5
SENT = {"parcels": [{"items": [{"part_number": "ENGINE-0", "quantity": 1}]}]}
bare = NinjaAPI(urls_namespace="bare", docs_url=None, openapi_url=None)
answers: dict[str, bytes] = {}


@bare.get("/orders")
def _list(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (a view takes one)
    return HttpResponse(answers["list"], content_type="application/json")


@bare.get("/orders/{order}")
def _one(request: HttpRequest, order: str) -> HttpResponse:  # noqa: ARG001 (read as the product reads it)
    return HttpResponse(answers["one"], content_type="application/json")


@bare.post("/orders/{order}/shipments")
def _ship(request: HttpRequest, order: str, sent: ShipmentSent) -> HttpResponse:  # noqa: ARG001 (the same)
    return HttpResponse(answers["ship"], status=201, content_type="application/json")


urlpatterns = [path("api/v1/", bare.urls)]


def measure(times: int) -> None:
    """Prints requests a second of both, and how many times as long the product takes."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    times = min(times, ORDERS - WARM - 1)
    store = a_store()
    names = [str(an_order(store, number).import_id) for number in range(1, ORDERS + 1)]
    _, secret = make_token(TokenDraft("Bench", ["read", "ship"]), by="bench")
    rows = []
    for name, ask in REQUESTS.items():
        of_the_product = partial(ask, _client(secret), names)
        answers[name] = of_the_product(-WARM - 1)
        ours = _a_second(of_the_product, times)
        with override_settings(ROOT_URLCONF="bench.api", MIDDLEWARE=[]):
            theirs = _a_second(partial(ask, _client(secret), names), times)
        rows.append((SAYS[name], f"{ours:.0f}", f"{theirs:.0f}", f"{theirs / ours:.1f}"))
    empty_database()
    print_table(
        f"API, {times} requests each, one after the other", ("", "a second", "without the product", "ratio"), rows
    )


SAYS = {"list": "a list of 100 orders with lines", "one": "one order", "ship": "process shipment"}


def _client(secret: str) -> Client:
    """One of its own: it keeps the middleware that it began with."""
    return Client(headers={"Authorization": f"Bearer {secret}"})


def _list_orders(client: Client, _names: list[str], _number: int) -> bytes:
    return _answer(client.get("/api/v1/orders?limit=100&include=lines"))


def _read_order(client: Client, names: list[str], number: int) -> bytes:
    return _answer(client.get(f"/api/v1/orders/{names[number % ORDERS]}"))


def _process_shipment(client: Client, names: list[str], number: int) -> bytes:
    path, headers = f"/api/v1/orders/{names[number % ORDERS]}/shipments", {"Idempotency-Key": str(uuid4())}
    return _answer(client.post(path, SENT, content_type="application/json", headers=headers))


REQUESTS = {"list": _list_orders, "one": _read_order, "ship": _process_shipment}


def _answer(answer: Any) -> bytes:
    if answer.status_code not in (200, 201):
        raise SystemExit(f"{answer.request['PATH_INFO']} answers {answer.status_code}: {answer.content[:300]!r}")
    return bytes(answer.content)


def _a_second(ask: Callable[[int], bytes], times: int) -> float:
    for number in range(WARM):
        ask(-number - 1)  # other orders than those that are measured
    started = time.perf_counter()
    for number in range(times):
        ask(number)
    return times / (time.perf_counter() - started)
