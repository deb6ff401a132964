"""Runs each fault in an environment of its own, checks the data after each run, and prints one table.

By default there is one environment more at a time than cores, for most of them wait; each has its own process, database
and store.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from counterfoil.platform.database.embedded import EmbeddedServer
from faults.tally import Tally, judge_poison

BUILD = Path(__file__).resolve().parent.parent / "build"
COLUMNS = ("fault", "runs", "survived", "lost", "doubled", "worst recovery")
# fmt: off
MINUTES = {
    "R1": 7, "R2": 7, "R3": 9, "R4": 1, "R5": 20, "R6": 20, "R7": 2, "R8": 1, "R9": 12, "R10": 3, "R11": 2, "R12": 2,
    "R13": 4, "R14": 12, "R15": 15, "R16": 6, "R17": 10, "R18": 5, "R19": 2, "R20": 6, "R21": 9, "R22": 19,
}
# fmt: on
"""About how many each takes, by which they are shared out among the environments."""
SIDE_BY_SIDE = ("R5", "R6")
"""First, and at the same time: R6 is measured by how long R5 took."""
console = Console()


def main() -> int:
    """Does the faults that are asked for; 0 when nothing was lost and nothing doubled."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", action="append", metavar="R1", help="Run only this fault; R4,R9 for several.")
    parser.add_argument("--share", type=float, default=1.0, help="Run only this share of the runs (1: all).")
    parser.add_argument("--plant", action="store_true", help="Plant a bug for each fault, which it then has to find.")
    parser.add_argument("--environments", type=int, default=(os.cpu_count() or 1) + 1, help="How many run at a time.")
    parser.add_argument("--tally", type=Path, help=argparse.SUPPRESS)  # one environment's own result
    options = parser.parse_args()
    options.only = [name for given in options.only or [] for name in given.split(",")]
    if unknown := set(options.only) - set(MINUTES):
        parser.error(f"There is no {', '.join(sorted(unknown))}. There are: {', '.join(MINUTES)}.")
    os.environ.pop("DATABASE_URL", None)
    began = time.monotonic()
    if options.tally is not None:
        tallies = _in_an_environment(options)
        options.tally.write_text(json.dumps([asdict(each) for each in tallies]))
    else:
        tallies = _side_by_side(options)
        _print(tallies)
        console.print(f"{(time.monotonic() - began) / 60:.0f} min in all")
    well = [not tally.holds if options.plant else tally.holds for tally in tallies]
    return 0 if well and all(well) else 1


def _side_by_side(options: argparse.Namespace) -> list[Tally]:
    """The longest first, so that all environments end together; the tallies in the order of their names."""
    wanted = [name for name in MINUTES if not options.only or name in options.only]
    in_turn = sorted(wanted, key=lambda name: (name not in SIDE_BY_SIDE, -MINUTES[name]))
    with (
        tempfile.TemporaryDirectory(prefix="counterfoil-tallies-") as folder,
        console.status(f"{len(wanted)} faults, {options.environments} at a time …"),
        ThreadPoolExecutor(options.environments) as pool,
    ):
        found = dict(
            zip(in_turn, pool.map(lambda name: _in_a_process(options, name, Path(folder)), in_turn), strict=True)
        )
    if options.share == 1 and found.keys() >= set(SIDE_BY_SIDE):
        judge_poison(*(found[name] for name in SIDE_BY_SIDE))
    return [found[name] for name in wanted if name in found]


def _in_a_process(options: argparse.Namespace, name: str, folder: Path) -> Tally:
    """One fault in a process of its own, whose lines are ours."""
    into = folder / f"{name}.json"
    command = [sys.executable, "-m", "faults", "--share", str(options.share), "--tally", str(into), "--only", name]
    command += ["--plant"] * options.plant
    environment = os.environ | {"COLUMNS": str(console.width)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603 (ourselves)
        assert running.stdout is not None
        for line in running.stdout:
            console.print(line.rstrip("\n"), markup=False, highlight=False)
    if not into.exists():
        return Tally(name, f"ended with {running.returncode}")
    (tally,) = json.loads(into.read_text())
    return Tally(**tally)


def _in_an_environment(options: argparse.Namespace) -> list[Tally]:
    """Sets an environment up, does the faults to it, takes it down again."""
    with tempfile.TemporaryDirectory(prefix="counterfoil-faults-", ignore_cleanup_errors=True) as folder:
        os.environ["COUNTERFOIL_DATA_DIR"] = folder
        server = EmbeddedServer(Path(folder), durable=False)
        server.start()
        try:
            with psycopg.connect(server.superuser_url, autocommit=True) as connection:
                # Tables are emptied without their triggers, and some faults make a database of their own.
                connection.execute("GRANT SET ON PARAMETER session_replication_role TO counterfoil")
                connection.execute("ALTER ROLE counterfoil CREATEDB")
            os.environ["DATABASE_URL"] = server.url
            os.environ["DJANGO_SETTINGS_MODULE"] = "counterfoil.platform.settings"
            return _run(options, server)
        finally:
            server.stop()


def _run(options: argparse.Namespace, server: EmbeddedServer) -> list[Tally]:
    import django

    django.setup()
    logging.getLogger("counterfoil").setLevel(logging.ERROR)  # else each person who logs in stands among the results
    from django.conf import settings
    from django.core.management import call_command

    from faults.environment import How, env
    from faults.faults import FAULTS

    call_command("migrate", verbosity=0)
    tallies = []

    def restart() -> None:
        server.stop()
        server.start()

    with env(restart=restart) as here:
        settings.API_ORIGINS = [here.store.origin]
        for name, fault in FAULTS.items():
            if options.only and name not in options.only:
                continue
            tally = Tally(name, fault.what)
            began = time.monotonic()
            fault.run(here, tally, How(options.share, fault.bug if options.plant else None))
            console.print(f"{name} {fault.what}: {tally.survived} of {tally.runs} in {time.monotonic() - began:.0f} s")
            for note in [*tally.says, *tally.notes[:10]]:
                console.print(f"  {note}", markup=False)
            tallies.append(tally)
    return tallies


def _print(tallies: Sequence[Tally]) -> None:
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
