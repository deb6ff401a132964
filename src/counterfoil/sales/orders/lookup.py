"""Finds sales orders by what people call them."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder

LONGEST_NUMBER = 18  # digits that fit the column


def find_orders(names: Collection[str]) -> dict[str, int | Refused]:
    """For each name the sales order's id, or why there is none. One statement.

    A name is an import ID, the store's own order number, or the number of an order made by hand.
    """
    numbers = [int(name) for name in names if name.isdecimal() and len(name) <= LONGEST_NUMBER]
    found = SalesOrder.objects.order_by("pk").filter(
        Q(import_id__in=names) | Q(web_order_number__in=names) | Q(import_id=None, number__in=numbers)
    )
    exact: dict[str, int] = {}
    candidates: dict[str, dict[int, str]] = defaultdict(dict)
    for pk, import_id, web_number, number in found.values_list("pk", "import_id", "web_order_number", "number"):
        if import_id:
            exact[import_id] = pk
        candidates[web_number if import_id else str(number)][pk] = import_id or f"{number} (made by hand)"
    return {name: exact.get(name) or _only(name, candidates.get(name, {})) for name in names}


def _only(name: str, candidates: dict[int, str]) -> int | Refused:
    if not candidates:
        return Refused(f"There is no sales order {name}.", "Use its import ID, as in WEB-10234.")
    if len(candidates) > 1:
        called = " or ".join(candidates.values())
        return Refused(f"{name} may be {called}.", "Use the import ID.")
    return next(iter(candidates))


def find_order(name: str) -> SalesOrder:
    """The sales order that people call so; raises Refused when there is none, or more than one."""
    found = find_orders([name.strip()])[name.strip()]
    if isinstance(found, Refused):
        raise found
    return SalesOrder.objects.select_related("status").get(pk=found)
