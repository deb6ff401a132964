"""Orders imported per second, next to a hand-written psycopg program that writes the same rows.

Both write one transaction per order to the same database in the same run. The program is given the finished rows; it
neither reads the orders' JSON nor converts, matches or checks anything.
"""

import time
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from bench.environment import connect, empty_database, filled_store, print_table
from counterfoil.intake.fetching import orders as fetching
from counterfoil.intake.importing.import_order import import_order
from counterfoil.stores.payloads.keep import KeptPayload
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.weborders.changes import poll_changes

# Every table that an import writes to, parents first, and which sales order or web order a row belongs to.
ROWS = {
    "sales_client": "SELECT DISTINCT ON (t.id) t.*, w.id AS owner FROM sales_client t JOIN sales_salesorder o"
    " ON o.client_id = t.id JOIN stores_weborder w ON w.sales_order_id = o.id ORDER BY t.id, w.id",
    "sales_clientkey": "SELECT DISTINCT ON (t.id) t.*, w.id AS owner FROM sales_clientkey t JOIN sales_salesorder o"
    " ON o.client_id = t.client_id JOIN stores_weborder w ON w.sales_order_id = o.id ORDER BY t.id, w.id",
    "sales_contact": "SELECT DISTINCT ON (t.id) t.*, w.id AS owner FROM sales_contact t JOIN sales_salesorder o"
    " ON o.client_id = t.client_id JOIN stores_weborder w ON w.sales_order_id = o.id ORDER BY t.id, w.id",
    "sales_salesorder": "SELECT t.*, w.id AS owner FROM sales_salesorder t JOIN stores_weborder w"
    " ON w.sales_order_id = t.id",
    "sales_orderaddress": "SELECT t.*, w.id AS owner FROM sales_orderaddress t JOIN stores_weborder w"
    " ON w.sales_order_id = t.order_id",
    "sales_orderline": "SELECT t.*, w.id AS owner FROM sales_orderline t JOIN stores_weborder w"
    " ON w.sales_order_id = t.order_id",
    "sales_tender": "SELECT t.*, w.id AS owner FROM sales_tender t JOIN stores_weborder w"
    " ON w.sales_order_id = t.order_id",
    "stores_storeupdate": "SELECT t.*, t.web_order_id AS owner FROM stores_storeupdate t",
    "stores_logentry": "SELECT t.*, w.id AS owner FROM stores_logentry t JOIN stores_weborder w USING (import_id)",
}
WEB_ORDER = "SELECT t.*, t.id AS owner FROM stores_weborder t ORDER BY t.id"


def measure(orders: int) -> None:
    """Prints the two speeds and their ratio."""
    with filled_store(orders) as store:
        integration = connect(store)
        with open_session(integration, seconds=3600) as there:
            poll_changes(there.integration, there.api)
            pages = list(fetching.list_new_orders(there.integration, there.api))
            kept = [each for page in pages for each in page]
            for each in kept:
                fetching.complete(there.api, each)
        ours = _import(integration, kept)
        theirs = _write(_rows(), _web_orders())
        empty_database()
    ratio = theirs / ours
    print_table(
        "Importing orders, one transaction each",
        ("", "orders", "seconds", "orders/s"),
        [
            ("Counterfoil: read, convert, match, check, write", len(kept), f"{ours:.2f}", f"{len(kept) / ours:.0f}"),
            ("psycopg by hand: writes the finished rows", len(kept), f"{theirs:.2f}", f"{len(kept) / theirs:.0f}"),
            ("Counterfoil's speed, of the program's", "", "", f"{ratio:.0%}"),
        ],
    )


def _import(integration: Any, kept: list[KeptPayload]) -> float:
    started = time.perf_counter()
    for each in kept:
        import_order(integration, each.web_order_id)
    return time.perf_counter() - started


# Django's cursor hands JSON out as text, which is how it goes in again.
def _read(query: str) -> tuple[list[str], dict[int, list[tuple[Any, ...]]]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = [column.name for column in cursor.description][:-1]
        by_owner: dict[int, list[tuple[Any, ...]]] = {}
        for *row, owner in cursor.fetchall():
            by_owner.setdefault(owner, []).append(tuple(row))
    return names, by_owner


def _rows() -> dict[str, tuple[list[str], dict[int, list[tuple[Any, ...]]]]]:
    return {table: _read(query) for table, query in ROWS.items()}


def _web_orders() -> tuple[list[str], dict[int, list[tuple[Any, ...]]]]:
    return _read(WEB_ORDER)


def _write(rows: Any, web_orders: Any) -> float:
    """Takes the imported rows out again, then times writing the very same ones with psycopg."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE stores_weborder SET state = 'undecided', sales_order_id = NULL")
        for table in reversed(ROWS):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (the names above)
    database = connection.get_connection_params()
    wanted = {name: database[name] for name in ("host", "user", "password", "dbname") if database.get(name)}
    with psycopg.connect(**wanted) as by_hand:
        names, by_owner = web_orders
        started = time.perf_counter()
        for owner, ((*web_order,),) in by_owner.items():
            _write_order(by_hand, rows, owner, dict(zip(names, web_order, strict=True)))
        return time.perf_counter() - started


def _write_order(by_hand: "psycopg.Connection[Any]", rows: Any, owner: int, web_order: dict[str, Any]) -> None:
    with by_hand.transaction(), by_hand.cursor() as cursor:
        cursor.execute("SELECT id FROM stores_weborder WHERE id = %s FOR UPDATE", [owner])
        for table, (names, by_owner) in rows.items():
            of_order = by_owner.get(owner)
            if of_order:
                one = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(names)))
                cursor.execute(
                    sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
                        sql.Identifier(table),
                        sql.SQL(", ").join(map(sql.Identifier, names)),
                        sql.SQL(", ").join([one] * len(of_order)),
                    ),
                    [value for row in of_order for value in row],
                )
        changed = {name: web_order[name] for name in ("state", "sales_order_id", "digest", "imported_payload_id")}
        cursor.execute(
            sql.SQL("UPDATE stores_weborder SET {} WHERE id = %s").format(
                sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in changed)
            ),
            [*changed.values(), owner],
        )
