#!/usr/bin/env python3
"""Mirrors Counterfoil's sales orders into a SQLite file: exactly once, even if it is stopped, killed or restarted.

    COUNTERFOIL_URL=https://orders.example.com COUNTERFOIL_TOKEN=cf_… python3 mirror_orders.py orders.db [--once]

The token needs the scope "read". You only need Python 3.9 or newer.

Why nothing is lost or duplicated: a page of changes and the cursor after it are written in one SQLite transaction.
If the program is killed between request and write, it requests the same page again; an order that is already there is
replaced.
"""

import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ.get("COUNTERFOIL_URL", "http://127.0.0.1:8000").rstrip("/")
TOKEN = os.environ.get("COUNTERFOIL_TOKEN", "")
BEGINNING = "1970-01-01T00:00:00Z"
PAGE = int(os.environ.get("COUNTERFOIL_PAGE", "100"))  # orders
PAUSE = 10  # seconds between two requests for changes
TABLES = """
    CREATE TABLE IF NOT EXISTS orders (
        number INTEGER PRIMARY KEY, import_id TEXT, status TEXT, currency TEXT, total TEXT, updated_at TEXT,
        document TEXT
    );
    CREATE TABLE IF NOT EXISTS lines (
        number INTEGER, position INTEGER, part_number TEXT, quantity INTEGER, shipped INTEGER, total TEXT,
        PRIMARY KEY (number, position)
    );
    CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), cursor TEXT);
"""


def ask(path, **parameters):
    """The API's response; waits and retries if it can't be reached or asks us to wait."""
    query = urllib.parse.urlencode({name: value for name, value in parameters.items() if value})
    request = urllib.request.Request(f"{URL}/api/v1{path}?{query}", headers={"Authorization": f"Bearer {TOKEN}"})
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            problem = json.loads(refused.read() or b"{}")
            if refused.code not in (429, 500, 502, 503, 504):
                sys.exit(f"{refused.code}: {problem.get('detail', '')} {problem.get('next_step', '')}")
            wait = int(refused.headers.get("Retry-After", PAUSE))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            wait = PAUSE
        time.sleep(wait)


def keep(database, order):
    """Stores one order as it is now, replacing the earlier version."""
    names = ("number", "import_id", "status", "currency", "total", "updated_at")
    values = [order[name] for name in names]
    database.execute("REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)", [*values, json.dumps(order)])
    database.execute("DELETE FROM lines WHERE number = ?", [order["number"]])
    columns = ("position", "part_number", "quantity", "shipped", "total")
    rows = [[order["number"], *(line[name] for name in columns)] for line in order["lines"]]
    database.executemany("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)", rows)


def take_a_page(database):
    """Stores the next changes and the cursor after them in one transaction; returns whether there are more."""
    found = database.execute("SELECT cursor FROM progress").fetchone()
    page = ask("/orders", updated_since=BEGINNING, cursor=found and found[0], include="all", limit=PAGE)
    with database:  # one transaction: all of it, or nothing
        for order in page["data"]:
            keep(database, order)
        database.execute("REPLACE INTO progress VALUES (1, ?)", [page["cursor"]])
    return page["next"] is not None


def main():
    """Follows the changes forever, or (--once) until there are no more."""
    database = sqlite3.connect(sys.argv[1], timeout=60)
    database.executescript(TABLES)
    while True:
        more = take_a_page(database)
        if not more and "--once" in sys.argv:
            return
        if not more:
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
