"""Which status an order is to have in the store: after it was imported again, and when an update is tried again."""

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import StatusMapping, StoreUpdate, UpdateCause, WebIntegration


def status_after_reimport(integration: WebIntegration, sales_order_id: int) -> tuple[int, UpdateCause]:
    """The mapped status of the sales order's present status if push is on and one is assigned, else downloaded."""
    if integration.push_status:
        present = SalesOrder.objects.filter(pk=sales_order_id).values("status")
        mapped = StatusMapping.objects.filter(integration=integration, order_status__in=present).first()
        if mapped is not None:
            return mapped.status_id, UpdateCause.REIMPORTED
    return integration.downloaded_status, UpdateCause.DOWNLOADED


def renew_status(update: StoreUpdate) -> None:
    """Someone tries a failed status again: it is set onto what the store has now, which they have seen (not saved).

    What answers an import follows the integration options: they may have been changed because it failed.
    """
    update.onto = update.web_order.status_seen
    integration, order_id = update.web_order.integration, update.web_order.sales_order_id
    if update.cause == UpdateCause.IMPORT_ERROR:
        update.status_id = integration.error_status
    elif update.cause in (UpdateCause.DOWNLOADED, UpdateCause.REIMPORTED) and order_id is not None:
        is_first = update.cause == UpdateCause.DOWNLOADED
        update.status_id = (
            integration.downloaded_status if is_first else status_after_reimport(integration, order_id)[0]
        )
