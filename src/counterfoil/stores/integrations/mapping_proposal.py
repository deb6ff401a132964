"""Proposes an order status mapping: order statuses here that are called as BigCommerce calls its own.

A merchant's statuses in other words, and those that orders wait in before their import, are left for the person.
"""

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.models import WebIntegration

PROPOSED = (
    StatusId.SHIPPED,
    StatusId.PARTIALLY_SHIPPED,
    StatusId.CANCELLED,
    StatusId.AWAITING_PICKUP,
    StatusId.AWAITING_SHIPMENT,
    StatusId.COMPLETED,
    StatusId.REFUNDED,
    StatusId.PARTIALLY_REFUNDED,
    StatusId.DECLINED,
    StatusId.DISPUTED,
)
_SPELLINGS = {"canceled": "cancelled"}


def proposed_mapping(integration: WebIntegration) -> dict[int, int]:
    """Order status id → BigCommerce status; empty where a mapping is saved already."""
    if integration.pk and integration.status_mapping.exists():
        return {}
    by_name = {_plain(status.label): status for status in PROPOSED}
    named = {pk: by_name.get(_plain(name)) for pk, name in _statuses()}
    return {pk: status.value for pk, status in named.items() if status and status.value not in integration.new_statuses}


def _statuses() -> list[tuple[int, str]]:
    return list(OrderStatus.objects.filter(retired=False).values_list("pk", "name"))


def _plain(name: str) -> str:
    words = " ".join(name.casefold().replace("-", " ").split())
    return _SPELLINGS.get(words, words)
