"""What changes when an order status mapping is saved, in words for the answer and the log."""

from collections.abc import Mapping

from counterfoil.sales.models import OrderStatus
from counterfoil.stores.models import StatusMapping, WebIntegration

NOT_ASSIGNED = "not assigned"


def mapping_of(integration: WebIntegration) -> dict[int, int]:
    """The mapping that is saved: order status's id → BigCommerce status."""
    if integration.pk is None:
        return {}
    return dict(StatusMapping.objects.filter(integration=integration).values_list("order_status", "status_id"))


def mapping_changes(integration: WebIntegration, before: Mapping[int, int], after: Mapping[int, int]) -> list[str]:
    """What differs between two mappings: "Cancelled: not assigned → Cancelled (5)". Needs the state loaded along."""
    changed = [pk for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk)]
    names = OrderStatus.objects.filter(pk__in=changed).order_by("position", "pk").values_list("pk", "name")
    return [
        f"{name}: {_status(integration, before.get(pk))} → {_status(integration, after.get(pk))}" for pk, name in names
    ]


def _status(integration: WebIntegration, status_id: int | None) -> str:
    return NOT_ASSIGNED if status_id is None else f"{integration.status_text(status_id)} ({status_id})"
