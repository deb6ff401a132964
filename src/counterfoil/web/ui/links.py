"""Links that several features show."""

from functools import cache

from django.urls import get_script_prefix, reverse

from counterfoil.sales.models import SalesOrder


def order_path(order: SalesOrder, tab: str = "") -> str:
    """The address of an order's page, of one of its tabs."""
    before, after = _around_number(get_script_prefix())
    return f"{before}{order.number}{after}" + (f"?tab={tab}" if tab else "")


@cache  # a list asks a hundred times; an address is put together once
def _around_number(_script_prefix: str) -> tuple[str, str]:
    before, _, after = reverse("order", args=[0]).rpartition("0")
    return before, after
