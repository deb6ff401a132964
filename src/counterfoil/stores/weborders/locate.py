"""Where is order 10234? What is known here of an order that is (or is not) in the books, and what makes it come."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from counterfoil.bigcommerce import NeedsPerson, StoreTrouble, TryAgain, read_order
from counterfoil.stores.attention.actions import ask_to_import
from counterfoil.stores.db.encryption import SecretUnreadable
from counterfoil.stores.models import WebIntegration, WebOrder, WebOrderState
from counterfoil.stores.sync.session import FenceDown, StoreBusy, visit

LARGEST_ORDER_ID = 2**63 - 1
LONGEST_VISIT = 20.0
NOT_NEW = "It does not stand in a new order status."
LIFT = "A manager lifts this on the store's page, or a clerk imports this one order."


@dataclass(frozen=True, slots=True)
class Place:
    """Where one order stands, here and in the store; what makes it come where it is not imported."""

    store: str
    bigcommerce_order_id: int
    store_status: str
    import_id: str
    imported: bool
    reason: str
    next_step: str


def place_of(web_order: WebOrder) -> Place:
    """An order that was seen. Needs its integration and that one's state loaded along."""
    integration = web_order.integration
    imported = web_order.state == WebOrderState.IMPORTED
    return Place(
        store=integration.code,
        bigcommerce_order_id=web_order.bigcommerce_order_id,
        store_status=integration.status_text(web_order.status_seen),
        import_id=web_order.import_id,
        imported=imported,
        reason=web_order.reason or ("" if imported else "It was read and is imported with the next pass."),
        next_step=web_order.next_step or ("" if imported else what_makes_it_come(integration)),
    )


def what_makes_it_come(integration: WebIntegration) -> str:
    """The statuses in which an order of this store is imported, as a sentence."""
    names = " or ".join(integration.status_text(status_id) for status_id in integration.new_statuses)
    return f"It comes when its status in BigCommerce is {names}."


def ask_stores(
    number: int, integrations: Iterable[WebIntegration], *, lock_wait: float, seconds: float
) -> tuple[list[Place], list[str]]:
    """Reads the order in each of the stores and keeps nothing; the second list says which could not be asked, and why.

    No store is asked any more after `seconds`.
    """
    places: list[Place] = []
    silent: list[str] = []
    ends_at = time.monotonic() + seconds
    for integration in integrations:
        rest = ends_at - time.monotonic()
        if rest <= 0:
            silent.append(f"{integration.code} was not asked: the others took too long.")
            continue
        try:
            places += _ask(integration, number, lock_wait=min(lock_wait, rest), seconds=rest)
        except (StoreTrouble, TryAgain) as trouble:
            silent.append(f"{integration.code} could not be asked: {trouble.sentence}")
        except (StoreBusy, SecretUnreadable) as trouble:
            silent.append(f"{integration.code} could not be asked: {trouble}")
        except FenceDown:
            silent.append(f"{integration.code} could not be asked: the database connection was lost.")
    return places, silent


def _ask(integration: WebIntegration, number: int, *, lock_wait: float, seconds: float) -> list[Place]:
    with visit(integration, seconds=min(seconds, LONGEST_VISIT), lock_wait=lock_wait) as there:
        try:
            order = read_order(there.client.order(number))
        except NeedsPerson:
            return []
    waits = order.status_id in integration.new_statuses
    reason, next_step = _why_not_yet(integration) if waits else (NOT_NEW, what_makes_it_come(integration))
    return [
        Place(
            store=integration.code,
            bigcommerce_order_id=number,
            store_status=integration.status_text(order.status_id),
            import_id=integration.import_id(number),
            imported=False,
            reason=reason,
            next_step=next_step,
        )
    ]


def _why_not_yet(integration: WebIntegration) -> tuple[str, str]:
    """Of an order that stands in a new order status: why it is not here, and what makes it come."""
    if integration.first_orders is None:
        return "It waits to be imported.", what_makes_it_come(integration)
    number = integration.first_orders
    return f"It waits: only the first {number} orders of this store are taken in.", LIFT


def import_this_one(integration: WebIntegration, bigcommerce_order_id: int, *, by: str) -> None:
    """Someone wants this order in the books, whatever its status in the store, and whether it was seen or not."""
    with transaction.atomic():
        web_order, _ = WebOrder.objects.get_or_create(
            integration=integration,
            bigcommerce_order_id=bigcommerce_order_id,
            defaults={"import_id": integration.import_id(bigcommerce_order_id)},
        )
        ask_to_import(web_order, by=by)
