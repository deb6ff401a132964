"""Server time of the pages with a million sales orders: the list, each search, each filter, deep pages, one order.

The pages are asked for in this process, as a logged-in administrator, and warm: what is measured is what the server
does, without the network. Each page is asked for with other words or numbers each time.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice

from django.conf import settings
from django.test import Client

from bench.environment import console, empty_database, print_table
from bench.seeding import FIRST_NUMBER, seed
from bench.trade import buyer, part_number
from counterfoil.accounts.api_tokens import TokenDraft, make_token
from counterfoil.accounts.models import Person, Role
from counterfoil.sales.models import Parcel

ALLOWED = 0.150  # seconds, 95 of 100


def measure(orders: int, times: int) -> None:
    """Fills the database, and prints the median and the 95th percentile of each page, in milliseconds."""
    seed(orders)
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    _, secret = make_token(TokenDraft("Bench", ["read"]), by="bench")
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    client.force_login(Person.objects.create_user(username="bench", role=Role.ADMINISTRATOR))
    rows = []
    with console.status("Asking for pages …") as status:
        for name, paths in _pages(orders):
            status.update(f"Asking for pages: {name} …")
            rows.append((name, *_times(client, paths, times)))
    empty_database()
    title = f"Server time with {orders:,} sales orders, {times} times each, in ms"
    print_table(title, ("", "median", "95th percentile", f"under {ALLOWED * 1000:.0f}"), rows)


def _times(client: Client, paths: Iterator[str], times: int) -> tuple[str, str, str]:
    for path in islice(paths, 2):
        _ask(client, path)
    taken = sorted(_ask(client, path) for path in islice(paths, times))
    slow = taken[max(0, round(len(taken) * 0.95) - 1)]
    return f"{statistics.median(taken) * 1000:.0f}", f"{slow * 1000:.0f}", "yes" if slow < ALLOWED else "no"


def _ask(client: Client, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    taken = time.perf_counter() - started
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}.")
    return taken


def _pages(orders: int) -> Iterator[tuple[str, Iterator[str]]]:
    """What each is called, and its addresses without end."""
    numbers = [1 + index * 7919 % orders for index in range(50)]  # ids, spread over the two years
    yield from _lists()
    for name, words in _searches(numbers):
        yield f"search: {name}", map("/orders/?q={}".format, cycle(words))
    for tab in ("items", "addresses", "shipping", "payment", "web", "history"):
        yield f"one order: {tab}", (f"/orders/{FIRST_NUMBER + pk}/?tab={tab}" for pk in cycle(numbers))
    yield from _records(numbers)
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


def _records(numbers: list[int]) -> Iterator[tuple[str, Iterator[str]]]:
    """Shipments, clients and products."""
    people = [buyer(number % 150_000 + 1) for number in numbers]
    tracking = list(dict(Parcel.objects.filter(pk__in=numbers).values_list("pk", "tracking_number")).values())
    queries = {
        "shipments": ["shipments/", "shipments/?page=7", "shipments/?sort=date"],
        "shipments sorted": ["shipments/?sort=client", "shipments/?sort=-carrier"],
        "shipments narrowed": [
            *("shipments/?state=not_yet", "shipments/?state=failed", "shipments/?state=sent&store=EU-"),
            *("shipments/?state=voided", "shipments/?since=2026-03-01&until=2026-03-03", "shipments/?store=by-hand"),
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
        "one client": [f"clients/{number % 20_000 + 1}/" for number in numbers],
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
