"""What a person asks of one order of a store: import it now."""

from django.db import transaction

from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, WebIntegration, WebOrder
from counterfoil.stores.sync.wakeups import wake


def ask_to_import(web_order: WebOrder, *, by: str) -> None:
    """Someone wants this order imported, whatever its status in the store."""
    with transaction.atomic():
        WebOrder.objects.filter(pk=web_order.pk).update(wanted=True)
        log(
            web_order.integration,
            LogKind.SETTINGS,
            f"{by} requested the import of this order.",
            import_id=web_order.import_id,
        )
        wake({web_order.integration_id})


def import_this_one(integration: WebIntegration, bigcommerce_order_id: int, *, by: str) -> None:
    """Someone wants this order imported, whatever its status in the store, and whether it was seen or not."""
    with transaction.atomic():
        web_order, _ = WebOrder.objects.get_or_create(
            integration=integration,
            bigcommerce_order_id=bigcommerce_order_id,
            defaults={"import_id": integration.import_id(bigcommerce_order_id)},
        )
        ask_to_import(web_order, by=by)
