"""Peak memory of an import of few and of many orders: it should be the same."""

import os
import subprocess
import sys
import time

from django.conf import settings

from bench.environment import connect, console, empty_database, filled_store, print_table


def measure(few: int, many: int) -> None:
    """Prints the peak of `counterfoil sync` for both."""
    rows = []
    for orders in (few, many):
        with filled_store(orders) as store:
            connect(store)
            with console.status(f"Importing and acknowledging {orders} orders …"):
                peak, seconds = _sync(store.origin)
            empty_database()
        rows.append((f"{orders} orders", f"{peak / 1024:.0f} MB", f"{seconds:.0f}"))
    print_table("Peak memory of counterfoil sync", ("", "peak", "seconds"), rows)


def _sync(origin: str) -> tuple[int, float]:
    """The peak resident memory in kB, and the seconds."""
    environment = os.environ | {"COUNTERFOIL_API_ORIGINS": ",".join(["https://api.bigcommerce.com", origin])}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "counterfoil.platform.cli.main", "sync", "--json"],
        env=environment | {"DATABASE_URL": settings.DATABASE_URL},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"The import ended with {process.returncode}.")
    return usage.ru_maxrss, time.perf_counter() - started
