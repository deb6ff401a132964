"""The state file: what survives a restart of the store."""

import json
import os
from pathlib import Path

from bigcommerce_sandbox.answers import encoded
from bigcommerce_sandbox.orders import Order
from bigcommerce_sandbox.store import Store


def save(store: Store, path: Path) -> None:
    """Written beside and moved over the old file, so that no crash leaves half of one."""
    kept = {
        "settings": {name: value for name, value in store.settings.items() if value != store.defaults[name]},
        "numbers": store.numbers,
        "orders": [order.stored() for order in store.orders.values()],
    }
    beside = path.with_suffix(path.suffix + ".new")
    with beside.open("wb") as file:
        file.write(encoded(kept))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def load(store: Store, path: Path) -> bool:
    """Goes on where the file left off; False when there is none yet. The time went on meanwhile."""
    if not path.exists():
        return False
    kept = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
    store.numbers = kept["numbers"]
    for stored in kept["orders"]:
        store.add(Order(**stored))
    store.change_settings(kept["settings"])
    return True
