"""After a restore: orders that were imported since the backup are in no new order status any more, and yet not here."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from counterfoil.bigcommerce import OrderHeader, StatusId
from counterfoil.stores.log import log
from counterfoil.stores.models import (
    LogKind,
    StatusMapping,
    StoreState,
    WebIntegration,
    WebOrder,
    WebOrderState,
)
from counterfoil.stores.payloads.keep import know

CLOCKS_APART = timedelta(hours=1)
SHIPPED = (StatusId.SHIPPED, StatusId.PARTIALLY_SHIPPED)


def ask_about_everything(made_at: datetime) -> None:
    """Each store is read from before the backup on, with its next sync."""
    since = made_at - CLOCKS_APART
    StoreState.objects.update(
        restored_from=made_at,
        seen_until=Least(Coalesce("seen_until", since), since),
        listed_at=None,
        list_began_at=None,
        glanced_at=None,
        left_out_at=None,
        due_at=timezone.now(),
    )
    for integration in WebIntegration.objects.all():
        text = (
            f"The database was restored from a backup of {made_at:%Y-%m-%d %H:%M} UTC. The store is read from then on."
        )
        log(integration, LogKind.SETTINGS, text)


def bring_back(
    integration: WebIntegration, known: Collection[int], unknown: Iterable[OrderHeader], *, all_seen: bool
) -> None:
    """Orders that changed since the backup, are not imported, and stand where only an import puts them, are wanted.

    `known` and `unknown`: the orders that changed, as far as they are here, and as the store shows the others;
    `all_seen`: the store left none of them out, so that it need not be asked again.
    """
    state = integration.state
    if state.restored_from is None:
        return
    missing = [each.id for each in unknown if _was_imported(integration, each)]
    know(integration, missing)
    undecided = Q(bigcommerce_order_id__in=missing) | Q(
        bigcommerce_order_id__in=known,
        state__in=[WebOrderState.NOT_IMPORTED, WebOrderState.UNDECIDED],
        status_seen__in=_after_import(integration),
    )
    WebOrder.objects.filter(undecided, integration=integration).update(wanted=True)
    if missing:
        text = f"{len(missing)} orders were imported after the restored backup was made; they’re imported again."
        log(integration, LogKind.SETTINGS, text)
    if all_seen:
        state.restored_from = None
        StoreState.objects.filter(pk=state.pk).update(restored_from=None)


def _was_imported(integration: WebIntegration, header: OrderHeader) -> bool:
    if header.is_deleted:
        return False
    return header.status_id in (integration.error_status, *_after_import(integration))


def _after_import(integration: WebIntegration) -> set[int]:
    """The statuses in which our own doing leaves an order that was imported."""
    mapped = StatusMapping.objects.filter(integration=integration).values_list("status_id", flat=True)
    return {integration.downloaded_status, *SHIPPED, *(mapped if integration.push_status else ())}
