"""Fills an empty database with sales orders as two years of trade leave them behind, by SQL.

Everything follows from the number of orders: the same rows whenever, wherever. Ids and dates rise together. Most
orders are shipped and done with; the last days' are open, a few are on hold, and a few need attention.

The server makes the rows itself, from `generate_series`: twenty million of them do not pass through this process. What
an order is stands in one row of SEED_ORDER; each table of the program takes its columns from there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from bench import seeding_sql as sql
from bench.trade import buyer, kinds_of_goods, part_number
from counterfoil.sales.models import (
    Client,
    Contact,
    OrderAddress,
    OrderLine,
    OrderStatus,
    Parcel,
    ParcelItem,
    Product,
    SalesOrder,
    Shipment,
    StatusRole,
    Tender,
)
from counterfoil.stores.integrations.statistics import keep_figures
from counterfoil.stores.models import (
    Conflict,
    LogEntry,
    StoreState,
    StoreUpdate,
    WebIntegration,
    WebOrder,
)

CHUNK = 50_000
DAYS = 730
ORDERS_OF_A_CLIENT = 5
FIRST_NUMBER = 10_000
DJANGOS_OWN = ("context", "cursor_factory")
AT_ONCE = 2
"""Connections that write at the same time."""
FILLED: tuple[type[models.Model], ...] = (
    *(Client, Contact, Product, SalesOrder, OrderAddress, OrderLine, Tender, Shipment, Parcel, ParcelItem),
    *(WebOrder, StoreUpdate, LogEntry, Conflict),
)
Cursor = Any  # Django's, or psycopg's own


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of it, by the number of orders."""

    orders: int

    @property
    def clients(self) -> int:
        """Each has some orders, the first ones many."""
        return max(self.orders // ORDERS_OF_A_CLIENT, 5)

    @property
    def products(self) -> int:
        """One in 200 orders, and at least all goods in all colors."""
        return max(self.orders // 200, kinds_of_goods())

    @property
    def addressees(self) -> int:
        """So many people are sent to by others."""
        return min(self.clients, sql.MOST_ADDRESSEES)

    @property
    def still_open(self) -> int:
        """The newest orders that are not shipped yet: what comes in two days."""
        return max(self.orders * 2 // DAYS, 5)


def seed(orders: int, *, say: Callable[[str], None] = lambda _text: None, indexes_last: bool = True) -> None:
    """Fills the database with committed rows; it is to be empty but for what migrations put there.

    `say` is told what is done next. Two connections write at once. With `indexes_last` the indexes are made when the
    rows are there, which is quicker for very many of them.
    """
    counts = Counts(orders)
    stores = [_store("WEB-", "Web shop"), _store("EU-", "Shop for Europe")]
    with connection.cursor() as cursor:
        say("Making clients and products")
        indexes = _drop_indexes(cursor) if indexes_last else []
        _prepare(cursor, counts, stores)
    apart = partial(_in_own_connection, connection_params())
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for name, acts in _phases(counts):
            say(name)
            list(threads.map(apart, acts))
        say("Making the indexes")
        list(threads.map(apart, [partial(_execute, statement=each) for each in indexes]))
    with connection.cursor() as cursor:
        say("Looking over what there is (VACUUM ANALYZE)")
        _finish(cursor)
    keep_figures()


def connection_params() -> dict[str, Any]:
    """What psycopg connects with to the database that Django uses."""
    return {name: value for name, value in connection.get_connection_params().items() if name not in DJANGOS_OWN}


def _in_own_connection(given: dict[str, Any], act: Callable[[Cursor], None]) -> None:
    given = {**given, "autocommit": True, "cursor_factory": psycopg.ClientCursor}
    with psycopg.connect(**given) as own:
        own.execute("SET session_replication_role = replica")  # neither foreign keys nor triggers, row by row
        own.execute("SET maintenance_work_mem = '512MB'")
        with own.cursor() as cursor:
            act(cursor)


def _execute(cursor: Cursor, *, statement: str) -> None:
    cursor.execute(statement)


_INDEXES = """
    SELECT held.indexrelid::regclass::text, pg_get_indexdef(held.indexrelid)
    FROM pg_index AS held JOIN pg_class AS owner ON owner.oid = held.indrelid
    WHERE owner.relname = ANY(%s) AND NOT held.indisunique
    ORDER BY pg_relation_size(held.indrelid) DESC, pg_get_indexdef(held.indexrelid) NOT LIKE '%%USING gin%%'
"""


def _drop_indexes(cursor: Cursor) -> list[str]:
    """Those that constrain nothing; returns what makes them again."""
    cursor.execute(_INDEXES, [[*(model._meta.db_table for model in FILLED), "sales_orderwords"]])
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [statement for _, statement in found]


def _store(code: str, description: str) -> WebIntegration:
    name = code.strip("-").lower()
    integration = WebIntegration.objects.create(
        code=code, description=description, api_path=f"https://api.bigcommerce.com/stores/{name}", store_hash=name
    )
    now = datetime.now(UTC)
    StoreState.objects.create(
        integration=integration,
        store_name=description,
        time_zone="Europe/Berlin",
        visited_at=now,
        glanced_at=now,
        due_at=now + timedelta(days=365),
        counts={"11": 12, "7": 31, "9": 420},
    )
    return integration


def _prepare(cursor: Cursor, counts: Counts, stores: Sequence[WebIntegration]) -> None:
    """Clients, contacts and products, and what orders are made of."""
    cursor.execute(sql.TABLES)
    _copy(cursor, "seed_person", _people(counts))
    _copy(cursor, "seed_goods", ((number, part_number(number)) for number in range(1, counts.products + 1)))
    by_role = {status.role or status.name: status.pk for status in OrderStatus.objects.all()}
    named = {
        "held": by_role[StatusRole.HOLD],
        "cancelled": by_role[StatusRole.CANCELLED],
        "shipped": by_role["shipped"],
        "closed": by_role["Closed"],
        "open": [by_role[name] for name in ("initial", "initial", "Released", "Picking")],
        "stores": [store.pk for store in stores],
        "codes": [store.code for store in stores],
    }
    asked = named | {"now": datetime.now(UTC), "apart": timedelta(days=DAYS) / counts.orders}
    asked |= {"orders": counts.orders, "clients": counts.clients, "products": counts.products}
    asked["addressees"] = counts.addressees
    cursor.execute(sql.SETTINGS, asked | {"still_open": counts.still_open, "first_number": FIRST_NUMBER})
    cursor.execute("ANALYZE seed_person; ANALYZE seed_goods; ANALYZE seed_settings")


def _people(counts: Counts) -> Iterator[tuple[object, ...]]:
    for number in range(counts.clients + 1):
        who = buyer(number)
        yield (number, who.called, who.first_name, who.last_name, who.company, who.email, who.phone)


def _copy(cursor: Cursor, table: str, rows: Iterator[tuple[object, ...]]) -> None:
    columns = sql.COPIED[table]
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        copy.write("".join("\t".join(map(str, row)) + "\n" for row in rows))


def _phases(counts: Counts) -> Iterator[tuple[str, list[Callable[[Cursor], None]]]]:
    """What is done one after the other, and of each what may be done at once."""
    people = counts.clients + 1
    yield (
        "Writing the words of people and products",
        [
            *(_between(sql.WORDS_OF_PEOPLE, first, last) for first, last in _chunks(people, CHUNK // 2)),
            partial(_execute, statement=sql.WORDS_OF_GOODS),
        ],
    )
    orders = _chunks(counts.orders, CHUNK)
    yield (
        f"Writing {counts.orders:,} sales orders",
        [partial(_orders, first=first, last=last) for first, last in orders],
    )
    yield "Writing clients and products", [partial(_insert, model=each) for each in (Client, Contact, Product)]


def _chunks(number: int, size: int) -> list[tuple[int, int]]:
    return [(first, min(first + size - 1, number)) for first in range(1, number + 1, size)]


def _between(statement: str, first: int, last: int) -> Callable[[Cursor], None]:
    return lambda cursor: cursor.execute(statement, {"first": first, "last": last})


def _orders(cursor: Cursor, *, first: int, last: int) -> None:
    """The orders with these ids, and all that belongs to them."""
    for statement in (sql.ORDERS, sql.ORDER_WORDS):
        cursor.execute(statement, {"first": first, "last": last})
    for model in sql.OF_ORDERS:
        _insert(cursor, model=model, first=first, last=last)


def _insert(cursor: Cursor, *, model: type[models.Model], first: int = 0, last: int = 0) -> None:
    """The rows of a model, where a column is not given with its default."""
    for source, given in sql.ROWS[model]:
        cursor.execute(*insertion(model, source, given, {"first": first, "last": last}))


def insertion(
    model: type[models.Model], source: str, given: Mapping[str, str], asked: Mapping[str, object]
) -> tuple[str, dict[str, object]]:
    """The statement that inserts a row for each of `source`: `given` says in SQL what stands in which column."""
    others = [
        field
        for field in model._meta.concrete_fields
        if field.attname not in given and not field.primary_key and field.db_default is NOT_PROVIDED
    ]
    values = {f"of_{each.attname}": each.get_db_prep_save(each.get_default(), connection) for each in others}
    columns = ", ".join([*given, *(each.attname for each in others)])
    chosen = ", ".join([*given.values(), *(f"%({name})s" for name in values)])
    statement = f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {chosen} FROM {source}"  # noqa: S608 (ours)
    return statement, {**asked, **values}


def _finish(cursor: Cursor) -> None:
    """Ids go on after what was written, and the planner knows what is there."""
    cursor.execute(sql.TABLES_DROPPED)
    for model in FILLED:
        table = model._meta.db_table
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608
    cursor.execute("SELECT setval('sales_order_number', max(number)) FROM sales_salesorder")
    cursor.execute("VACUUM ANALYZE")
