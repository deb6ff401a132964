"""`counterfoil address`: which of two addresses is used, on the command line."""

import pytest

from counterfoil.sales.models import AddressKind
from tests.dispatch.factories import imported
from tests.factories import run_sync, sales_order
from tests.platform.commands import run
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_an_address_that_was_changed_in_the_store_is_shown_and_chosen(store: SandboxStore) -> None:
    """Ends with 1 while someone has to choose; a wrong use is told in a sentence."""
    order_id, integration = imported(store)
    name = f"WEB-{order_id}"
    assert run("address", name).code == 0
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, addresses=[{"id": store.order(order_id)["addresses"][0]["id"], "street_1": "12 Elm Street"}])
    run_sync(integration)
    shown = run("address", name, "--json")
    assert (shown.code, shown.json[0]["position"]) == (1, 1)
    assert "12 Elm Street" in shown.json[0]["theirs"]
    assert "12 Elm Street" in run("ship", name).complained
    for wrong in (["--use-store", "--keep-ours"], ["--keep-ours", "--position", "9"]):
        assert run("address", name, *wrong).code == 2
    assert run("address", name, "--use-store", "--position", "1").code == 0
    assert sales_order(order_id).addresses.get(kind=AddressKind.SHIP_TO).street_1 == "12 Elm Street"
    assert run("address", name, "--keep-ours").code == 2
    assert run("ship", name).code == 0
