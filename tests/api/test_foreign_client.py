"""A client that a public generator (openapi-python-generator) makes of the document: it lists, ships and voids."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_python_generator.common import Formatter
from openapi_python_generator.generate_data import generate_data
from pytest_django.live_server_helper import LiveServer

from counterfoil.api.document import document
from counterfoil.sales.models import Parcel
from tests.api.factories import a_program
from tests.web.factories.orders import a_store, an_order


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the generated package stands."""
    source = tmp_path / "openapi.json"
    source.write_text(json.dumps(document()))
    generate_data(source, tmp_path / "made_client", formatter=Formatter.NONE)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "made_client"]:
        del sys.modules[name]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("made")
def test_a_generated_client_lists_ships_and_voids(live_server: LiveServer) -> None:
    order = an_order(a_store())
    secret = a_program("read", "ship").secret
    orders: Any = importlib.import_module("made_client.services.Sales_orders_service")
    shipments: Any = importlib.import_module("made_client.services.Shipments_service")
    models: Any = importlib.import_module("made_client.models")
    config = importlib.import_module("made_client.api_config").APIConfig(base_path=live_server.url, access_token=secret)
    (listed,) = orders.listOrders(config, show="to_ship", include="lines").data
    assert (listed.import_id, listed.lines[0].part_number) == (order.import_id, "ENGINE-0")
    item = models.ItemSent(part_number=listed.lines[0].part_number, quantity=1)
    parcel = models.ParcelSent(carrier="UPS", tracking_number="1Z999AA10123456784", items=[item])
    sent = models.ShipmentSent(parcels=[parcel])
    once = {"order": order.import_id, "data": sent, "Idempotency_Key": "label-1", "If_Match": "*"}
    shipped = shipments.processShipment(config, **once)
    assert shipments.processShipment(config, **once) == shipped
    (box,) = shipped.shipments[0].parcels
    assert Parcel.objects.get().pk == box.id
    reason = models.VoidSent(reason="Packed twice.")
    voided = shipments.voidParcel(config, parcel=box.id, data=reason, Idempotency_Key="void-1", If_Match="*")
    assert voided.shipments[0].parcels[0].voided
    assert orders.getOrder(config, order=order.import_id).status == "New"
