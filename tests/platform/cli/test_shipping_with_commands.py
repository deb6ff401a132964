"""A script ships an order with commands alone, and the store shows it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.installation import SharedInstallation
from tests.sandbox_store import SandboxStore


@pytest.fixture
def shop(
    installation: SharedInstallation, sandbox_process: SandboxStore
) -> Iterator[tuple[SharedInstallation, SandboxStore]]:
    """An installation connected to a sandbox store with two orders, imported."""
    sandbox_process.reset()
    sandbox_process.place(2, kind="registered")
    before = installation.environment, installation.origin
    installation.environment = installation.environment | {"COUNTERFOIL_API_ORIGINS": sandbox_process.origin}
    added = installation.run(
        *("store", "add", "--code", "SHIP-", "--description", "Shop", "--api-path", sandbox_process.api_path),
        *("--access-token", sandbox_process.token, "--unknown-product", "create"),
        *("--push-status", "--map", "Released=8", "--map", "Shipped=10"),
    )
    assert added.returncode == 0, added.stderr
    assert installation.json("sync", "SHIP-")[0]["imported"] == 2
    yield installation, sandbox_process
    installation.environment, installation.origin = before


def test_what_is_shipped_with_commands_stands_in_the_store(
    shop: tuple[SharedInstallation, SandboxStore], tmp_path: Path
) -> None:
    """Released, shipped from a file, corrected, voided: each pass tells the store, and `sync` counts what it told."""
    installation, store = shop
    first, second = sorted(order["id"] for order in store.orders())
    installation.run("set-status", f"SHIP-{first}", "Released")
    assert installation.json("sync", "SHIP-")[0]["updates_sent"] == 1
    assert store.status(first) == 8

    rows = f"order,carrier,tracking\nSHIP-{first},UPS,1Z1\n{second},Foo,F2\n"
    path = tmp_path / "parcels.csv"
    path.write_text(rows)
    applied = installation.run("ship", "--from", str(path), "--json")
    assert (applied.returncode, [row["outcome"] for row in json.loads(applied.stdout)]) == (0, ["ok", "ok"])
    waiting = installation.json("order", f"SHIP-{first}")["shipments"][0]["parcels"][0]
    assert waiting["state"] == "waiting"
    told = installation.json("sync", "SHIP-")[0]
    assert (told["updates_sent"], told["updates_waiting"], told["updates_failed"]) == (4, 0, 0)
    (shipment,) = store.order(first)["shipments"]
    assert (shipment["tracking_number"], shipment["shipping_provider"]) == ("1Z1", "ups")
    assert store.status(first) == store.status(second) == 10

    parcel = installation.json("order", f"SHIP-{first}")["shipments"][0]["parcels"][0]
    assert (parcel["state"], parcel["bigcommerce_shipment_id"]) == ("sent", shipment["id"])
    installation.run("correct", str(parcel["id"]), "--tracking", "1Z9")
    installation.run("sync", "SHIP-")
    assert store.order(first)["shipments"][0]["tracking_number"] == "1Z9"
    installation.run("void", str(parcel["id"]), "--reason", "Lost")
    installation.run("sync", "SHIP-")
    assert store.order(first)["shipments"] == []
