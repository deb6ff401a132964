"""The state file: what survives a restart of the store."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bigcommerce_sandbox.answers import Document, encoded
from bigcommerce_sandbox.catalog.products import Catalog, CatalogProduct, Choice, Variant
from bigcommerce_sandbox.customers import Customer
from bigcommerce_sandbox.generator.products import stocked
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.store import Store


def save(store: Store, path: Path) -> None:
    """Written beside and moved over the old file, so that no crash leaves half of one."""
    kept = {
        "settings": {name: value for name, value in store.settings.items() if value != store.defaults[name]},
        "numbers": store.numbers,
        "orders": [order.stored() for order in store.orders.values()],
        "customers": [asdict(customer) for customer in store.customers.customers.values()],
        "catalog": _kept_catalog(store.catalog),
        "webhooks": store.webhooks.stored(),
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
    if "catalog" in kept:
        store.catalog = _catalog(kept["catalog"])
    for customer in kept.get("customers", []):
        store.customers.take(Customer(**customer))
    for stored in kept["orders"]:
        store.add(Order(**stored))
    store.change_settings(kept["settings"])
    store.settle()
    if "webhooks" in kept:
        store.webhooks.restore(kept["webhooks"])
    return True


def _kept_catalog(catalog: Catalog) -> Document:
    """What cannot be made again from the seed: the products that were changed, added or deleted."""
    changed = [asdict(catalog.products[number]) for number in sorted(catalog.changed)]
    made = {"made": catalog.made, "seed": catalog.seed, "began": catalog.began}
    return made | {"changed": changed, "gone": sorted(catalog.gone)}


def _catalog(kept: Document) -> Catalog:
    catalog = stocked(kept["made"], kept["seed"], kept["began"])
    for product in kept["changed"]:
        catalog.add(CatalogProduct(**product | {"variants": [_variant(variant) for variant in product["variants"]]}))
    for number in kept["gone"]:
        catalog.products.pop(number, None)
        catalog.gone.add(number)
    return catalog


def _variant(kept: dict[str, Any]) -> Variant:
    return Variant(**kept | {"choices": tuple(Choice(*choice) for choice in kept["choices"])})
