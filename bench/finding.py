"""How long pages take with a million sales orders: the list, each search, each filter, deep pages, one order.

The pages are asked for in this process, as a logged-in administrator, and warm. What is measured is wall clock, from
the request to the last byte, with the database and without the network. Each page is asked for with other words or
numbers each time. Beside it stands its floor: what its own statements take by themselves, sent once more by psycopg
right after the page, so that a machine that is slow or busy is so for both.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

import psycopg
from django.conf import settings
from django.test import Client
from tests.query_plans import Statement, is_read, recorded

from bench.environment import empty_database
from bench.seeding import FIRST_NUMBER, Counts, connection_params, seed
from bench.trade import buyer, part_number
from counterfoil.accounts.api_tokens import TokenDraft, make_token
from counterfoil.accounts.models import Person, Role
from counterfoil.sales.models import Parcel

ALLOWED = 0.150  # seconds, 95 of 100
ALLOWED_OF_FLOOR = 1.5
LONGEST_ROW = 10.0  # seconds for one kind of page; after these, FEWEST are enough
FEWEST = 20
COLUMNS = "{:34}{:>8}{:>8}{:>8}{:>8}  {}\n"


@dataclass(slots=True)
class Times:
    """Of one kind of page, in seconds: the page each time, and its statements by themselves."""

    page: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """Whether it is quick enough, or else as quick as the machine lets it be."""
        if _slow(self.page) < ALLOWED:
            return f"under {ALLOWED * 1000:.0f} ms"
        if _slow(self.page) <= ALLOWED_OF_FLOOR * _slow(self.floor):
            return f"within {ALLOWED_OF_FLOOR} × its statements"
        return "TOO SLOW"


def _slow(taken: list[float]) -> float:
    return sorted(taken)[max(0, round(len(taken) * 0.95) - 1)]


def measure(orders: int, times: int) -> None:
    """Fills the database, and prints median and 95th percentile of each page as soon as they are known, in ms."""
    began = time.perf_counter()
    seed(orders, say=lambda what: _say(f"{time.perf_counter() - began:5.0f} s  {what} …\n"))
    _say(f"{time.perf_counter() - began:5.0f} s  The database is filled.\n\n")
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    _, secret = make_token(TokenDraft("Bench", ["read"]), by="bench")
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    client.force_login(Person.objects.create_user(username="bench", role=Role.ADMINISTRATOR))
    _say(f"Pages with {orders:,} sales orders, up to {times} times each, in ms\n")
    _say(COLUMNS.format("", "median", "95 %", "floor", "95 %", ""))
    with psycopg.connect(**connection_params(), autocommit=True, cursor_factory=psycopg.ClientCursor) as by_hand:
        for name, paths in pages(orders):
            taken = _times(client, by_hand, paths, times)
            both = (taken.page, taken.floor)
            figures = (f"{figure(each) * 1000:.0f}" for each in both for figure in (statistics.median, _slow))
            _say(COLUMNS.format(name, *figures, taken.verdict))
    _say(f"{time.perf_counter() - began:5.0f} s in all\n")
    empty_database()


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _times(client: Client, by_hand: "psycopg.Connection[Any]", paths: Iterator[str], times: int) -> Times:
    for path in islice(paths, 2):
        client.get(path)
    taken, began = Times(), time.perf_counter()
    for path in islice(paths, times):
        with recorded() as statements:
            taken.page.append(_ask(client, path))
        taken.floor.append(_floor(by_hand, [each for each in statements if is_read(each)]))
        if len(taken.page) >= FEWEST and time.perf_counter() - began > LONGEST_ROW:
            break
    return taken


def _ask(client: Client, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    taken = time.perf_counter() - started
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}.")
    return taken


def _floor(by_hand: "psycopg.Connection[Any]", statements: list[Statement]) -> float:
    started = time.perf_counter()
    for each in statements:
        by_hand.execute(each.sql.encode(), each.params).fetchall()
    return time.perf_counter() - started


def pages(orders: int) -> Iterator[tuple[str, Iterator[str]]]:
    """What each is called, and its addresses without end."""
    numbers = [1 + index * 7919 % orders for index in range(50)]  # ids, spread over the two years
    yield from _lists()
    for name, words in _searches(numbers):
        yield f"search: {name}", map("/orders/?q={}".format, cycle(words))
    for tab in ("items", "addresses", "shipping", "payment", "web", "history"):
        yield f"one order: {tab}", (f"/orders/{FIRST_NUMBER + pk}/?tab={tab}" for pk in cycle(numbers))
    yield from _records(orders, numbers)
    yield from _api(numbers)
    yield "needs attention", cycle(["/attention/"])
    yield "dashboard", cycle(["/"])


def _api(numbers: list[int]) -> Iterator[tuple[str, Iterator[str]]]:
    """What other systems ask for: pages of 100 orders, one order."""
    long_ago = "updated_since=1970-01-01T00:00:00Z"
    queries = {
        "the list": ["", "include=lines"],
        "what changed": [long_ago, f"{long_ago}&include=lines"],
        "to ship, on hold, in a status": ["show=to_ship", "show=held", "status=Released&include=lines"],
        "a search": [f"q={FIRST_NUMBER + pk}" for pk in numbers],
    }
    for name, listed in queries.items():
        yield f"API: {name}", map("/api/v1/orders?limit=100&{}".format, cycle(listed))
    yield "API: one order", (f"/api/v1/orders/{FIRST_NUMBER + pk}" for pk in cycle(numbers))


def _lists() -> Iterator[tuple[str, Iterator[str]]]:
    queries = {
        "the list": [""],
        "any page of it": [f"page={page}" for page in range(2, 201, 11)],
        "oldest first": ["sort=order_date"],
        "sorted by client, status, total": ["sort=client", "sort=-status", "sort=-total&page=9"],
        "to ship": ["show=to_ship", "show=to_ship&sort=client"],
        "needing attention": ["show=attention"],
        "on hold": ["show=held"],
        "shipped": ["show=shipped", "show=shipped&store=EU-"],
        "of a store, of a channel": ["store=EU-", "channel=2", "channel=5", "store=WEB-&channel=5"],
        "in a status": [f"status={pk}" for pk in range(1, 9)],
        "of some days": ["when=today", "when=7", "when=30", "since=2026-03-01&until=2026-03-03"],
    }
    for name, listed in queries.items():
        yield name, map("/orders/?{}".format, cycle(listed))


def _records(orders: int, numbers: list[int]) -> Iterator[tuple[str, Iterator[str]]]:
    """Shipments, clients and products."""
    clients = Counts(orders).clients
    people = [buyer(number % 150_000 + 1) for number in numbers]
    tracking = list(dict(Parcel.objects.filter(pk__in=numbers).values_list("pk", "tracking_number")).values())
    queries = {
        "shipments": ["shipments/", "shipments/?page=7", "shipments/?sort=date"],
        "shipments sorted": ["shipments/?sort=client", "shipments/?sort=-carrier"],
        "shipments narrowed": [
            *("shipments/?state=not_yet", "shipments/?state=failed", "shipments/?state=voided"),
            "shipments/?since=2026-03-01&until=2026-03-03",
        ],
        "shipments of a store": [
            *("shipments/?store=EU-", "shipments/?store=by-hand", "shipments/?state=sent&store=EU-"),
        ],
        "parcels by tracking number": [f"shipments/?q={each}" for each in tracking],
        "parcels by its end": [f"shipments/?q={each[-7:]}" for each in tracking],
        "parcels by name": [f"shipments/?q={who.last_name}" for who in people],
        "one shipment": [f"shipments/{number}/" for number in numbers],
        "clients": ["clients/", "clients/?page=9", "clients/?sort=-name", "clients/?sort=-number"],
        "clients sorted": ["clients/?sort=-order_count", "clients/?sort=-latest"],
        "clients by first and last name": [f"clients/?q={who.first_name}+{who.last_name}" for who in people],
        "clients by last name": [f"clients/?q={who.last_name}" for who in people],
        "clients by phone": [f"clients/?q=0{who.phone[4:].replace(' ', '+')}" for who in people],
        "one client": [f"clients/{number % min(clients, 20_000) + 1}/" for number in numbers],
        "the largest clients": [f"clients/{number}/" for number in range(1, 10)],
        "products": ["products/", "products/?q=mug", "products/?ordered=0", "products/?sort=-alias_count"],
        "one product": [f"products/{number % 150 + 1}/" for number in numbers],
    }
    for name, paths in queries.items():
        yield name, map("/{}".format, cycle(paths))


def _searches(numbers: list[int]) -> Iterator[tuple[str, list[str]]]:
    tracking = dict(Parcel.objects.filter(pk__in=numbers).values_list("pk", "tracking_number")).values()
    people = [buyer(number % 150_000 + 1) for number in numbers]
    goods: Callable[[int], str] = lambda number: part_number(2 + number % 150)  # noqa: E731
    yield "order number", [str(FIRST_NUMBER + pk) for pk in numbers]
    yield "import ID", [f"WEB-{FIRST_NUMBER + pk}" for pk in numbers]
    yield "PO number", [f"PO-{FIRST_NUMBER + pk // 10 * 10}" for pk in numbers]
    yield "beginning of a number", [str(FIRST_NUMBER + pk)[:4] for pk in numbers]
    yield "first and last name", [f"{who.first_name}+{who.last_name}" for who in people]
    yield "last name", [who.last_name for who in people]
    yield "first name", [who.first_name for who in people]
    yield "company", [who.called.replace(" ", "+") for who in people]
    yield "e-mail", [who.email for who in people]
    yield "phone", [who.phone.replace("+", "%2B").replace(" ", "+") for who in people]
    yield "phone as at home", ["0" + who.phone[4:].replace(" ", "+") for who in people]
    yield "SKU", [goods(number) for number in numbers]
    yield "SKU in every fifth order", [part_number(1)]
    yield "beginning of a SKU", [goods(number)[:5] for number in numbers]
    yield "SKU and name", [f"{part_number(1)}+{who.last_name}" for who in people]
    yield "SKU among those to ship", [f"{part_number(1)}&show=to_ship"]
    yield "tracking number", list(tracking)
    yield "tracking number in groups", [f"{each[:4]}+{each[4:8]}+{each[8:]}" for each in tracking]
    yield "end of a tracking number", [each[-7:] for each in tracking]
    yield "nothing that is there", ["zeppelin", "00000017", "nobody@nowhere.example"]
