"""Does the faults to a house of its own, asks the checker after each run, and prints one table."""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from counterfoil.platform.embedded import EmbeddedServer

BUILD = Path(__file__).resolve().parent.parent / "build"
COLUMNS = ("fault", "runs", "survived", "lost", "doubled", "worst recovery")
console = Console()


def main() -> int:
    """Sets the house up, does the faults, takes it down again; 0 when nothing was lost and nothing doubled."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", action="append", metavar="R1", help="Only this fault; several times for several.")
    parser.add_argument("--share", type=float, default=1.0, help="Only this share of the runs (1: all).")
    parser.add_argument("--plant", action="store_true", help="Plant each fault's bug: then it must find something.")
    options = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="counterfoil-faults-", ignore_cleanup_errors=True) as folder:
        os.environ["COUNTERFOIL_DATA_DIR"] = folder
        server = EmbeddedServer(Path(folder), durable=False)
        server.start()
        try:
            os.environ["DATABASE_URL"] = server.url
            os.environ["DJANGO_SETTINGS_MODULE"] = "counterfoil.platform.settings"
            return _run(options, server)
        finally:
            server.stop()


def _run(options: argparse.Namespace, server: EmbeddedServer) -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from faults.faults import FAULTS
    from faults.house import How, Tally, house

    call_command("migrate", verbosity=0)
    tallies = []

    def restart() -> None:
        server.stop()
        server.start()

    with house(restart=restart) as here:
        settings.API_ORIGINS = [here.store.origin]
        for name, fault in FAULTS.items():
            if options.only and name not in options.only:
                continue
            tally = Tally(name, fault.what)
            began = time.monotonic()
            with console.status(f"{name} {fault.what} …"):
                fault.run(here, tally, How(options.share, fault.bug if options.plant else None))
            console.print(f"{name} {fault.what}: {tally.survived} of {tally.runs} in {time.monotonic() - began:.0f} s")
            for note in [*tally.says, *tally.notes[:10]]:
                console.print(f"  {note}", markup=False)
            tallies.append(tally)
    _print(tallies)
    well = [not tally.holds if options.plant else tally.holds for tally in tallies]
    return 0 if well and all(well) else 1


def _print(tallies: list["Tally"]) -> None:  # noqa: F821
    table = Table(title="Faults", header_style="bold")
    for index, name in enumerate(COLUMNS):
        table.add_column(name, justify="left" if index == 0 else "right")
    rows = [
        (f"{each.fault} {each.what}", each.runs, each.survived, each.lost, each.doubled, f"{each.worst:.1f} s")
        for each in tallies
    ]
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "faults.json").write_text(json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in rows], indent=2))


if __name__ == "__main__":
    sys.exit(main())
