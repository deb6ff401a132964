"""A connected store in the tests' database, and the few acts that every test needs."""

from typing import Any

from counterfoil.bigcommerce import StatusId
from counterfoil.platform.worker.sync import SyncResult, sync_store
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.integrations.validation import validate
from counterfoil.stores.models import StoreUpdate, UnknownProduct, WebIntegration, WebOrder
from tests.sandbox_store import SandboxStore

NEW = StatusId.AWAITING_FULFILLMENT
DOWNLOADED = StatusId.AWAITING_SHIPMENT
ERROR = StatusId.MANUAL_VERIFICATION_REQUIRED


def connect(store: SandboxStore, **options: Any) -> WebIntegration:
    """A web integration for the sandbox store; unknown products are made unless the test says otherwise."""
    options = {"code": "WEB-", "description": "Shop", "unknown_product": UnknownProduct.CREATE} | options
    integration = WebIntegration(api_path=store.api_path, **options)
    integration.access_token = integration.access_token.of(store.token)
    assert validate(integration) == {}
    save_integration(integration, by="test", access_token=store.token)
    return fresh(integration)


def fresh(integration: WebIntegration) -> WebIntegration:
    """The web integration as the database has it now, with its state."""
    return WebIntegration.objects.select_related("state").get(pk=integration.pk)


def run_sync(integration: WebIntegration, **options: Any) -> SyncResult:
    """One sync at the store that nothing may stop."""
    done = sync_store(fresh(integration), **{"seconds": 120.0} | options)
    assert done.trouble is None, done.trouble
    return done


def in_store(store: SandboxStore, order_id: int) -> dict[str, Any]:
    """An order as the store has it: the header's fields, and its `products`."""
    order = store.order(order_id)
    return order["header"] | {"products": order["lines"]}


def web_order(order_id: int) -> WebOrder:
    """What is known here of an order of the store."""
    return WebOrder.objects.select_related("sales_order", "integration__state").get(bigcommerce_order_id=order_id)


def sales_order(order_id: int) -> SalesOrder:
    """The sales order of an order of the store."""
    return SalesOrder.objects.get(web_order__bigcommerce_order_id=order_id)


def updates(order_id: int) -> list[StoreUpdate]:
    """The store updates of an order, in the order they arose."""
    return list(StoreUpdate.objects.filter(web_order__bigcommerce_order_id=order_id).order_by("pk"))
