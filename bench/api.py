"""Requests a second of the API, next to the same library that answers the same bytes without any product behind it.

Asked for in this process, one after the other, through all of the product's middleware in both cases.
"""

import time
from collections.abc import Callable, Iterator
from itertools import count

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
def _list(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(answers["list"], content_type="application/json")


@bare.get("/orders/{order}")
def _one(_request: HttpRequest, order: str) -> HttpResponse:  # noqa: ARG001 (read as the product reads it)
    return HttpResponse(answers["one"], content_type="application/json")


@bare.post("/orders/{order}/shipments")
def _ship(_request: HttpRequest, order: str, sent: ShipmentSent) -> HttpResponse:  # noqa: ARG001 (the same)
    return HttpResponse(answers["ship"], status=201, content_type="application/json")


urlpatterns = [path("api/v1/", bare.urls)]


def measure(times: int) -> None:
    """Prints requests a second of both, and how many times as long the product takes."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    store = a_store()
    names = [an_order(store, number).import_id for number in range(1, ORDERS + 1)]
    _, secret = make_token(TokenDraft("Bench", ["read", "ship"]), by="bench")
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    rows = []
    for name, ask in _requests(client, [str(each) for each in names]):
        answers[name] = ask(0)
        ours = _a_second(ask, times)
        with override_settings(ROOT_URLCONF="bench.api"):
            theirs = _a_second(ask, times)
        rows.append((SAYS[name], f"{ours:.0f}", f"{theirs:.0f}", f"{theirs / ours:.1f}"))
    empty_database()
    print_table(
        f"API, {times} requests each, one after the other", ("", "a second", "without the product", "ratio"), rows
    )


SAYS = {"list": "a list of 100 orders with lines", "one": "one order", "ship": "process shipment"}


def _requests(client: Client, names: list[str]) -> Iterator[tuple[str, Callable[[int], bytes]]]:
    keys = count()

    def ship(number: int) -> bytes:
        headers = {"Idempotency-Key": f"bench-{next(keys)}"}
        path = f"/api/v1/orders/{names[number % ORDERS]}/shipments"
        return client.post(path, SENT, content_type="application/json", headers=headers).content

    yield "list", lambda _: client.get("/api/v1/orders?limit=100&include=lines").content
    yield "one", lambda number: client.get(f"/api/v1/orders/{names[number % ORDERS]}").content
    yield "ship", ship


def _a_second(ask: Callable[[int], bytes], times: int) -> float:
    for number in range(WARM):
        ask(number)
    started = time.perf_counter()
    for number in range(times):
        ask(number)
    return times / (time.perf_counter() - started)
