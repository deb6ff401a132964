"""Runs the benchmarks on a database and a sandbox store of their own, and prints their tables."""

import argparse
import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from counterfoil.platform.database.embedded import EmbeddedServer

MEASURES = ("importing", "scripts", "reading", "memory", "shipping", "file", "api", "webhooks")
LARGE = ("finding",)  # takes a quarter of an hour and 6 GB of disk: only when asked for
QUICK_COMMIT = 0.004
"""Seconds that a commit takes on a disk for which the usual numbers are meant."""
FEWEST = 0.05
COMMITS = 40


def main() -> None:
    """Sets the installation up, measures, and takes it down again."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--orders", type=int, default=1000, help="Orders for the import (1000).")
    parser.add_argument("--many", type=int, default=10_000, help="Orders for the memory comparison (10000).")
    parser.add_argument("--naive", type=int, default=200, help="Orders that the official client fetches (200).")
    parser.add_argument("--parcels", type=int, default=1000, help="Parcels of the file (1000).")
    parser.add_argument("--shipments", type=int, default=40, help="Shipments processed one by one (40).")
    parser.add_argument("--large", type=int, default=1_000_000, help="Sales orders that are searched (1000000).")
    parser.add_argument("--times", type=int, default=40, help="How often each page of them is asked for (40).")
    parser.add_argument("--events", type=int, default=10_000, help="Events for the webhooks (10000).")
    parser.add_argument(
        "--only", choices=MEASURES + LARGE, action="append", help="Only these; several times for several."
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="counterfoil-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["COUNTERFOIL_DATA_DIR"] = folder
        only_reads = set(options.only or MEASURES) <= set(LARGE)  # then nothing that is measured waits for the disk
        server = EmbeddedServer(Path(folder), durable=not only_reads)
        server.start()
        try:
            with psycopg.connect(server.superuser_url, autocommit=True) as connection:  # seeding writes row by row
                connection.execute("GRANT SET ON PARAMETER session_replication_role TO counterfoil")
                if not only_reads:
                    _fit(options, _commit_seconds(connection))
            os.environ["DATABASE_URL"] = server.url
            os.environ["DJANGO_SETTINGS_MODULE"] = "counterfoil.platform.settings"
            _measure(options)
        finally:
            server.stop()
            server.remove()


def _commit_seconds(connection: "psycopg.Connection[Any]") -> float:
    """How long a commit takes here: what an import waits for on a slow disk."""
    connection.execute("CREATE TABLE bench_commit (number int)")
    began = time.perf_counter()
    for number in range(COMMITS):
        connection.execute("INSERT INTO bench_commit VALUES (%s)", [number])
    taken = (time.perf_counter() - began) / COMMITS
    connection.execute("DROP TABLE bench_commit")
    return taken


def _fit(options: argparse.Namespace, commit: float) -> None:
    """Fewer orders on a slow disk, so that all of it ends within ten minutes there too; says so."""
    part = max(FEWEST, min(1.0, QUICK_COMMIT / commit))
    if part == 1.0:
        return
    for name in ("orders", "many", "parcels"):
        setattr(options, name, max(50, round(getattr(options, name) * part)))
    sys.stdout.write(
        f"A commit takes {commit * 1000:.0f} ms on this disk: {options.orders} orders are imported, {options.many} for "
        f"the memory, and a file of {options.parcels} parcels is applied.\n"
    )


def _measure(options: argparse.Namespace) -> None:
    import django

    django.setup()
    logging.getLogger("counterfoil").setLevel(logging.ERROR)  # else a line for each request and each event
    from django.core.management import call_command

    from bench import api, finding, importing, memory, reading, scripting, shipping, webhooks

    measures = {
        "importing": lambda: importing.measure(options.orders),
        "scripts": lambda: scripting.measure(options.orders),
        "reading": lambda: reading.measure(options.naive),
        "memory": lambda: memory.measure(options.orders, options.many),
        "shipping": lambda: shipping.measure_delay(options.shipments),
        "file": lambda: shipping.measure_file(options.parcels, options.naive // 4),
        "api": lambda: api.measure(options.times),
        "webhooks": lambda: webhooks.measure(options.events),
        "finding": lambda: finding.measure(options.large, options.times),
    }
    call_command("migrate", verbosity=0)
    chosen = options.only or MEASURES
    sys.stdout.write(f"Benchmarks: {', '.join(chosen)}. They take some minutes.\n")
    for name in chosen:
        measures[name]()


if __name__ == "__main__":
    main()
