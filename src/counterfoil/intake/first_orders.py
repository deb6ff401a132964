"""Only the first orders of a store: a new store is tried with a few before all come."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Max

from counterfoil.stores.models import WebIntegration, WebOrder, WebOrderState

if TYPE_CHECKING:
    from counterfoil.intake.fetching.orders import Page


def taken_in(integration: WebIntegration) -> int:
    """How many orders were taken in; those that are ignored do not count."""
    return WebOrder.objects.filter(integration=integration).exclude(state=WebOrderState.IGNORED).count()


def within_first(integration: WebIntegration, pages: "Iterator[Page]") -> "Iterator[Page]":
    """The pages, all of them where there is no limit; else without the new orders that go beyond it.

    Orders that are known come as always: the limit holds nothing back that was taken in before. Reading ends behind
    the last of them.
    """
    if integration.first_orders is None:
        yield from pages
        return
    left = max(0, integration.first_orders - taken_in(integration))
    of_store = WebOrder.objects.filter(integration=integration)
    last_known = of_store.aggregate(last=Max("bigcommerce_order_id"))["last"] or 0
    for page in pages:
        known = set(of_store.filter(bigcommerce_order_id__in=list(page.bodies)).values_list(_ID, flat=True))
        new = [order_id for order_id in sorted(page.bodies) if order_id not in known][:left]
        left -= len(new)
        bodies = {order_id: body for order_id, body in page.bodies.items() if order_id in known or order_id in new}
        if bodies:
            yield replace(page, bodies=bodies)
        if not left and max(page.bodies) >= last_known:
            return


_ID = "bigcommerce_order_id"
