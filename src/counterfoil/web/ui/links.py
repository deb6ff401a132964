"""Links that several features show."""

from django.urls import reverse

from counterfoil.sales.models import SalesOrder


def order_path(order: SalesOrder, tab: str = "") -> str:
    """The address of an order's page, of one of its tabs."""
    return reverse("order", args=[order.number]) + (f"?tab={tab}" if tab else "")
