"""Runs the benchmarks on a database and a sandbox store of their own, and prints their tables."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from counterfoil.platform.embedded import EmbeddedServer


def main() -> None:
    """Sets the house up, measures, and takes it down again."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--orders", type=int, default=1000, help="Orders for the import (1000).")
    parser.add_argument("--many", type=int, default=10_000, help="Orders for the memory comparison (10000).")
    parser.add_argument("--naive", type=int, default=200, help="Orders that the official client fetches (200).")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="counterfoil-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["COUNTERFOIL_DATA_DIR"] = folder
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            os.environ["DATABASE_URL"] = server.url
            os.environ["DJANGO_SETTINGS_MODULE"] = "counterfoil.platform.settings"
            _measure(options)
        finally:
            server.stop()


def _measure(options: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from bench import importing, memory, reading

    call_command("migrate", verbosity=0)
    sys.stdout.write("Three benchmarks; they take some minutes.\n")
    importing.measure(options.orders)
    reading.measure(options.naive)
    memory.measure(options.orders, options.many)


if __name__ == "__main__":
    main()
