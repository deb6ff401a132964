"""Finds sales orders by what people call them."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.storable import number_of

BY_HAND = " (made by hand)"


def find_orders(names: Collection[str]) -> dict[str, int | Refused]:
    """For each name the sales order's id, or why there is none. One statement.

    A name is an import ID, the store's own order number, or the number of an order made by hand; where that is a
    store's number too, `hand_made_name` tells it.
    """
    plain = {name.removesuffix(BY_HAND) for name in names}
    numbers = [number for number in map(number_of, plain) if number is not None]
    found = SalesOrder.objects.order_by("pk").filter(
        Q(import_id__in=names) | Q(web_order_number__in=names) | Q(import_id=None, number__in=numbers)
    )
    exact: dict[str, int] = {}
    candidates: dict[str, dict[int, str]] = defaultdict(dict)
    for pk, import_id, web_number, number in found.values_list("pk", "import_id", "web_order_number", "number"):
        exact[import_id or hand_made_name(number)] = pk
        candidates[web_number if import_id else str(number)][pk] = import_id or hand_made_name(number)
    return {name: exact.get(name) or _only(name, candidates.get(name, {})) for name in names}


def hand_made_name(number: int) -> str:
    """What tells an order made by hand from a store's order with its number."""
    return f"{number}{BY_HAND}"


def _only(name: str, candidates: dict[int, str]) -> int | Refused:
    if not candidates:
        return Refused(f"There’s no sales order {name}.", "Use its import ID, such as WEB-10234.")
    if len(candidates) > 1:
        called = " or ".join(candidates.values())
        by_hand = next((each for each in candidates.values() if each.endswith(BY_HAND)), "")
        return Refused(f"{name} could be {called}.", f"Use the import ID{f', or “{by_hand}”' if by_hand else ''}.")
    return next(iter(candidates))


def find_order(name: str) -> SalesOrder:
    """The sales order that people call so; raises Refused when there is none, or more than one."""
    found = find_orders([name.strip()])[name.strip()]
    if isinstance(found, Refused):
        raise found
    return SalesOrder.objects.select_related("status").get(pk=found)
