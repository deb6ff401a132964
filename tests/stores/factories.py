"""A web integration in the sales data, without a store behind it."""

from typing import Any

from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.models import StoreState, WebIntegration, WebOrder

TOKEN = "token-that-nobody-may-see"


def unsaved(**changes: Any) -> WebIntegration:
    """Settings with which nothing is wrong."""
    fitting = {"code": "WEB-", "description": "Shop", "api_path": "https://api.bigcommerce.com/stores/abc"}
    return WebIntegration(**fitting | {"access_token": Secret.of(TOKEN)} | changes)


def saved(**changes: Any) -> WebIntegration:
    """The same in the database, with its state."""
    integration = unsaved(**{"store_hash": "abc"} | changes)
    integration.save()
    StoreState.objects.create(integration=integration)
    return integration


def web_order(integration: WebIntegration, number: int = 100, **changes: Any) -> WebOrder:
    """An order of the store."""
    return WebOrder.objects.create(
        integration=integration, bigcommerce_order_id=number, import_id=integration.import_id(number), **changes
    )
