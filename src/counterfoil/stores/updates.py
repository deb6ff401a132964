"""Writes store updates: what is to be said to a store, in the transaction in which it becomes true."""

from django.db import connection
from django.utils import timezone

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import (
    StatusMapping,
    StoreUpdate,
    UpdateCause,
    UpdateState,
    WebIntegration,
    WebOrder,
)

REPLACED = "A newer status took its place before it was sent."

# A newer status takes a waiting older one's place. An acknowledgement gives way only to an import error.
_WAIT = """
    INSERT INTO stores_storeupdate
        (web_order_id, status_id, cause, state, attempts, reason_code, reason, next_step, trace)
    VALUES (%s, %s, %s, 'waiting', 0, '', '', '', '')
    ON CONFLICT (web_order_id) WHERE state = 'waiting' DO UPDATE SET
        status_id = EXCLUDED.status_id, cause = EXCLUDED.cause, due_at = EXCLUDED.due_at
    WHERE stores_storeupdate.cause <> 'downloaded' OR EXCLUDED.cause = 'import_error'
"""


def ensure_status(web_order: WebOrder, status_id: int, cause: UpdateCause) -> None:
    """Sees to it that the store's status of the order becomes `status_id`."""
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, [web_order.pk, status_id, cause.value])


def status_after_reimport(integration: WebIntegration, sales_order_id: int) -> tuple[int, UpdateCause]:
    """The mapped status of the sales order's present status if push is on and one is assigned, else downloaded."""
    if integration.push_status:
        present = SalesOrder.objects.filter(pk=sales_order_id).values("status")
        mapped = StatusMapping.objects.filter(integration=integration, order_status__in=present).first()
        if mapped is not None:
            return mapped.status_id, UpdateCause.MAPPED
    return integration.downloaded_status, UpdateCause.DOWNLOADED


def wait_again(update: StoreUpdate) -> None:
    """Puts an update that did not go out back among the waiting; a newer one that waits has taken its place."""
    newer = StoreUpdate.objects.filter(web_order=update.web_order_id, state=UpdateState.WAITING).exclude(pk=update.pk)
    if newer.exists():
        update.state, update.reason, update.ended_at = UpdateState.NOT_NEEDED, REPLACED, timezone.now()
    else:
        update.state = UpdateState.WAITING
    update.save()
