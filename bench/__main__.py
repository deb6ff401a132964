"""Runs the benchmarks on a database and a sandbox store of their own, and prints their tables."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import psycopg

from counterfoil.platform.database.embedded import EmbeddedServer

MEASURES = ("importing", "scripts", "reading", "memory", "shipping", "file", "api", "webhooks")
LARGE = ("finding",)  # takes a quarter of an hour and 6 GB of disk: only when asked for


def main() -> None:
    """Sets the installation up, measures, and takes it down again."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--orders", type=int, default=1000, help="Orders for the import (1000).")
    parser.add_argument("--many", type=int, default=10_000, help="Orders for the memory comparison (10000).")
    parser.add_argument("--naive", type=int, default=200, help="Orders that the official client fetches (200).")
    parser.add_argument("--parcels", type=int, default=1000, help="Parcels of the file (1000).")
    parser.add_argument("--shipments", type=int, default=40, help="Shipments processed one by one (40).")
    parser.add_argument("--large", type=int, default=1_000_000, help="Sales orders that are searched (1000000).")
    parser.add_argument("--times", type=int, default=60, help="How often each page of them is asked for (60).")
    parser.add_argument("--events", type=int, default=10_000, help="Events for the webhooks (10000).")
    parser.add_argument(
        "--only", choices=MEASURES + LARGE, action="append", help="Only these; several times for several."
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="counterfoil-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["COUNTERFOIL_DATA_DIR"] = folder
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            with psycopg.connect(server.superuser_url, autocommit=True) as connection:  # seeding writes row by row
                connection.execute("GRANT SET ON PARAMETER session_replication_role TO counterfoil")
            os.environ["DATABASE_URL"] = server.url
            os.environ["DJANGO_SETTINGS_MODULE"] = "counterfoil.platform.settings"
            _measure(options)
        finally:
            server.stop()
            server.remove()


def _measure(options: argparse.Namespace) -> None:
    import django

    django.setup()
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
