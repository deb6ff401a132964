"""Orders imported per second with a custom script: none, one inside the program, and one in a process of its own.

The three alternate with fifty orders each, in one run, so that a machine that slows down slows all of them. The script
is the example of the docs.
"""

import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from bench.environment import connect, empty_database, filled_store, print_table
from counterfoil.intake import scripts
from counterfoil.intake.conversion.rules import forget_rules
from counterfoil.intake.fetching import orders as fetching
from counterfoil.intake.importing.import_order import import_order
from counterfoil.intake.script_process.processes import PROCESSES
from counterfoil.sales.custom_fields.definitions import add_field
from counterfoil.sales.models import FieldScope, FieldType
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.weborders.changes import poll_changes

EXAMPLE = Path(__file__).parents[1] / "docs" / "example-script" / "example_order_script.py"
SYNC = 50
PLACES = ("No script", "The example script, inside the program", "The example script, in a process of its own")


def measure(orders: int) -> None:
    """Prints the three speeds."""
    with tempfile.TemporaryDirectory() as folder, filled_store(orders) as store, patch.object(sys, "path", [*sys.path]):
        _install(Path(folder))
        integration = connect(store)
        add_field(FieldScope.ORDER, "Gift", FieldType.YES_NO)
        add_field(FieldScope.LINE, "Engraving", FieldType.TEXT)
        with open_session(integration, seconds=3600) as there:
            poll_changes(there.integration, there.api)
            kept = [each for page in fetching.list_new_orders(there.integration, there.api) for each in page]
            for each in kept:
                fetching.complete(there.api, each)
        ways = (scripts.Scripts(), scripts.loaded(), PROCESSES)
        PROCESSES.start()
        counts, seconds = [0, 0, 0], [0.0, 0.0, 0.0]
        for start in range(0, len(kept), SYNC):
            way = start // SYNC % len(ways)
            with patch.object(scripts, "installed", lambda way=way: ways[way]):
                forget_rules(integration)
                began = time.perf_counter()
                for each in kept[start : start + SYNC]:
                    import_order(integration, each.web_order_id)
                    counts[way] += 1
                seconds[way] += time.perf_counter() - began
        PROCESSES.close()
        empty_database()
    rows = [
        (name, count, f"{took:.2f}", f"{count / took:.0f}", f"{took / count * 1000:.2f}")
        for name, count, took in zip(PLACES, counts, seconds, strict=True)
    ]
    print_table("Importing orders with a custom script", ("", "orders", "seconds", "orders/s", "ms/order"), rows)


def _install(folder: Path) -> None:
    (folder / EXAMPLE.name).write_text(EXAMPLE.read_text())
    record = folder / "example_order_script-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: example-order-script\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text("[counterfoil]\nexample = example_order_script\n")
    sys.path.insert(0, str(folder))
