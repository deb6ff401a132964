"""Connects the demo's sandbox store, and talks to its control."""

import json
from typing import Any

import urllib3

from counterfoil.bigcommerce.statuses import StatusId
from counterfoil.platform.django_setup import SettingsError
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.integrations.validation import validate
from counterfoil.stores.models import UnknownProduct, WebIntegration

MAPPING = {
    "Partially Shipped": StatusId.PARTIALLY_SHIPPED,
    "Shipped": StatusId.SHIPPED,
    "Closed": StatusId.COMPLETED,
    "Cancelled": StatusId.CANCELLED,
}
CONTROL_SECONDS = 10.0


def connect_demo_store(api_path: str, access_token: str, *, code: str) -> None:
    """Connects the sandbox store, unless that was done before; its port may have changed."""
    known = WebIntegration.objects.filter(code=code).first()
    integration = known or WebIntegration(
        code=code,
        description="Harbour & Vale",
        unknown_product=UnknownProduct.REFUSE,
        push_status=True,
        poll_seconds=10,
    )
    if integration.api_path == api_path:
        return
    integration.api_path = api_path
    integration.access_token = Secret.of(access_token)
    wrong = validate(integration)
    if wrong:
        raise SettingsError(f"Can't connect to the sandbox store. {' '.join(wrong.values())}")
    mapping = None if known else _mapping()
    save_integration(integration, by="The demo", access_token=access_token, mapping=mapping)


def _mapping() -> dict[int, int]:
    statuses = dict(OrderStatus.objects.values_list("name", "pk"))
    return {statuses[name]: status.value for name, status in MAPPING.items() if name in statuses}


class SandboxControl:
    """What a person, or another program, does in the sandbox store. `origin`: as in http://127.0.0.1:8001."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._http = urllib3.PoolManager(timeout=CONTROL_SECONDS)

    def ask(self, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        """Raises SettingsError when the sandbox store does not do it."""
        answer = self._http.request(method, f"{self._origin}/sandbox{path}", json=body)
        if answer.status != 200:
            raise SettingsError(f"The sandbox store answers {answer.status}: {answer.data[:200]!r}")
        return dict(json.loads(answer.data))

    def order(self, number: int) -> dict[str, Any]:
        """All that the store has of an order."""
        return self.ask("GET", f"/orders/{number}")

    def edit(self, number: int, changes: dict[str, object]) -> dict[str, Any]:
        """An edit in the control panel."""
        return self.ask("PATCH", f"/orders/{number}", changes)
