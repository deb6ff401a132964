"""Pick lists and packing slips as pages to print, for one order or many; who printed them; the status afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.models import PaperSize, Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, Printout, PrintoutKind, SalesOrder, StatusRole
from counterfoil.sales.orders.bulk_changes import ask_for_change
from counterfoil.sales.orders.bulk_status import change_statuses
from counterfoil.stores.shipping.letterheads import Letterhead, letterheads
from counterfoil.web.orders.bulk_status import SEEN, change_path, seen_in
from counterfoil.web.orders.printouts import MOST_ORDERS, PrintedOrder, picks_by_bin, printed_orders, slips
from counterfoil.web.orders.selection import chosen_numbers, chosen_orders, packed
from counterfoil.web.paper.sizes import paper_of
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in
from counterfoil.web.ui.security import current_user, role_required

MOST_NAMED = 20  # orders that a message names
AT_ONCE = 100  # orders whose sheets come with the page
PART = 50  # orders whose sheets are loaded together, where there are more


@dataclass(frozen=True, slots=True)
class WhatToPrint:
    """What is printed in one go: the value that asks for it, what it is called, which printouts it is."""

    value: str
    label: str
    kinds: tuple[PrintoutKind, ...]


PRINTS = {
    each.value: each
    for each in (
        *(WhatToPrint(kind.value, str(kind.label), (kind,)) for kind in PrintoutKind),
        WhatToPrint("both", "Pick list and packing slips", (PrintoutKind.PICK_LIST, PrintoutKind.PACKING_SLIP)),
    )
}


@dataclass(frozen=True, slots=True)
class OrderToPrint:
    """An order of a page whose sheets come part by part. `last`: when it was printed before."""

    order: SalesOrder
    last: Printout | None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.order.name


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The page to print: `what` for the chosen orders (`order`, repeated); pick lists by bin or by order.

    Of many orders the page loads the sheets part by part, and shows how far that is.
    """
    what, numbers = _asked(request.GET)
    more = 0
    if "all" in request.GET:
        numbers, more = _all_chosen(request)
    if len(numbers) > AT_ONCE:
        return render(request, "web/orders/printing/parts.html", _parts(request, what, numbers) | {"more": more})
    orders = _printed_before(printed_orders(numbers, what.kinds[0]), what) if numbers else []
    if not orders:
        return redirect_back(request, "orders", "Choose at least one sales order to print.", well=False)
    heads = _heads(orders)
    context = _page(request, what, orders, heads) | {"more": more} | _contents(what, orders, heads)
    if what.value == "both":
        context["sheets"] = _sheets(request, what, context)
    return render(request, f"web/orders/printing/{what.value}.html", context)


def _heads(orders: Sequence[PrintedOrder | OrderToPrint]) -> Mapping[str, Letterhead]:
    return letterheads(each.order.source for each in orders if not each.order.is_held)


def _page(
    request: HttpRequest,
    what: WhatToPrint,
    orders: Sequence[PrintedOrder | OrderToPrint],
    heads: Mapping[str, Letterhead],
) -> dict[str, object]:
    """What stands above the sheets."""
    return {
        "kind": what,
        "paper": paper_of(request, [head.home for head in heads.values()]),
        "papers": PaperSize,
        "now": timezone.now(),
        "orders": orders,
        "held": [each for each in orders if each.order.is_held],
        "before": [each for each in orders if each.last],
        "by": "bin" if request.GET.get("by", "bin" if len(orders) > 1 else "order") == "bin" else "order",
        "query": _query(what, [each.order.number for each in orders]),
        "just_printed": request.GET.get("printed") == "1",
        "statuses": OrderStatus.objects.filter(retired=False),
        "seen": _seen(orders),
        "suggested": "Picking" if PrintoutKind.PICK_LIST in what.kinds else "",
    }


def _seen(orders: Sequence[PrintedOrder | OrderToPrint]) -> dict[str, str]:
    """In which statuses the page shows the orders: the fields of its form, by their names."""
    seen: dict[str, list[str]] = {}
    for each in orders:
        seen.setdefault(f"{SEEN}{each.order.status_id}", []).append(str(each.order.number))
    return {name: " ".join(numbers) for name, numbers in seen.items()}


def _printed_before(orders: list[PrintedOrder], what: WhatToPrint) -> list[PrintedOrder]:
    """With what was printed last of any kind that is printed now."""
    if len(what.kinds) == 1:
        return orders
    others = Printout.objects.filter(order__in=[each.order for each in orders], kind__in=what.kinds[1:]).order_by("pk")
    latest = {printout.order_id: printout for printout in others}
    return [replace(each, last=each.last or latest.get(each.order.pk)) for each in orders]


def _all_chosen(request: HttpRequest) -> tuple[list[int], int]:
    """The oldest of all orders that the list shows, as many as are printed at once; and how many there are more."""
    chosen = chosen_orders(request, request.GET).orders
    oldest = chosen.order_by("order_date", "id").values_list("number", flat=True)[:MOST_ORDERS]
    return list(oldest), max(0, chosen.order_by().count() - MOST_ORDERS)


def _contents(what: WhatToPrint, orders: Sequence[PrintedOrder], heads: Mapping[str, Letterhead]) -> dict[str, object]:
    free = [each for each in orders if not each.order.is_held]
    contents: dict[str, object] = {}
    if PrintoutKind.PACKING_SLIP in what.kinds:
        contents["slips"] = slips(free, heads)
    if PrintoutKind.PICK_LIST in what.kinds:
        contents |= {"picks": picks_by_bin(free), "to_pick": [each for each in free if each.to_pick]}
    return contents


def _sheets(request: HttpRequest, what: WhatToPrint, context: dict[str, object]) -> SafeString:
    """The sheets without the page around them: pick lists first, then slips."""
    inside = context | {"layout": "web/orders/printing/sheets.html"}
    return SafeString(
        "".join(render_to_string(f"web/orders/printing/{kind.value}.html", inside, request) for kind in what.kinds)
    )


def _parts(request: HttpRequest, what: WhatToPrint, numbers: Sequence[int]) -> dict[str, object]:
    """The page whose sheets are loaded part by part: the pick list by bin in one, everything else in many."""
    last = Prefetch("printouts", Printout.objects.filter(kind__in=what.kinds))
    found = SalesOrder.objects.filter(number__in=numbers).order_by("order_date", "id").prefetch_related(last)
    orders = [OrderToPrint(each, max(each.printouts.all(), key=lambda one: one.pk, default=None)) for each in found]
    context = _page(request, what, orders, _heads(orders))
    free = [each.order.number for each in orders if not each.order.is_held]
    parts: list[tuple[str, int]] = []
    for kind in what.kinds:
        size = len(free) if kind == PrintoutKind.PICK_LIST and context["by"] == "bin" else PART
        weight = 1 if len(what.kinds) == 1 else 0 if kind == PrintoutKind.PICK_LIST else 1
        for start in range(0, len(free), max(size, 1)):
            some = free[start : start + size]
            query = urlencode({"what": kind.value, "by": context["by"], "chosen": packed(some)})
            parts.append((f"{reverse('print-sheets')}?{query}", len(some) * weight))
    return context | {"parts": parts, "to_load": len(free)}


@role_required(Role.VIEWER)
@require_GET
def sheets(request: HttpRequest) -> HttpResponse:
    """The sheets of some orders, for a page that loads them part by part; and which orders have none."""
    what, numbers = _asked(request.GET)
    orders = [each for each in printed_orders(numbers, what.kinds[0]) if not each.order.is_held] if numbers else []
    heads = _heads(orders)
    contents = _contents(what, orders, heads)
    context = _page(request, what, orders, heads) | contents
    if request.GET.get("by") in ("bin", "order"):
        context["by"] = request.GET["by"]
    has_some = {each.order.pk for each in contents.get("to_pick", ())}  # type: ignore[attr-defined]
    has_some |= {each.printed.order.pk for each in contents.get("slips", ())}  # type: ignore[attr-defined]
    nothing = [each.name for each in orders if each.order.pk not in has_some]
    body = {"sheets": _sheets(request, what, context) if has_some else "", "nothing": nothing}
    return render(request, "web/orders/printing/part.html", body)


@role_required(Role.CLERK)
@require_POST
def printed(request: HttpRequest) -> HttpResponse:
    """Notes that the page was printed, when and by whom."""
    what, numbers = _asked(request.POST)
    orders = [order for order in SalesOrder.objects.filter(number__in=numbers).order_by("pk") if not order.is_held]
    by = str(current_user(request))
    Printout.objects.bulk_create(Printout(order=order, kind=kind, by=by) for kind in what.kinds for order in orders)
    return redirect(f"{reverse('print')}?{_query(what, [order.number for order in orders])}&printed=1")


@role_required(Role.CLERK)
@require_POST
def set_status(request: HttpRequest) -> HttpResponse:
    """Puts the orders that were printed into one order status; those that went on since stay where they are."""
    _, numbers = _asked(request.POST)
    status = OrderStatus.objects.filter(pk=key_in(request.POST, "status") or 0).first()
    if status is None:
        return redirect_back(request, "orders", "Choose an order status.", well=False)
    shipped = _shipped(numbers) if status.role != StatusRole.SHIPPED else {}
    seen = {number: seen_in(request.POST).get(number) for number in numbers if number not in shipped}
    if len(seen) > AT_ONCE:
        return _status_in_background(request, seen, status)
    try:
        moved, stayed = change_statuses(seen, status, by=str(current_user(request)), why="Printed")
    except Refused as refused:
        return redirect_back(request, "orders", str(refused), well=False)
    messages.success(request, f"{moved} sales order{'' if moved == 1 else 's'} changed to {status}.")
    told = [f"{name}: It is already shipped." for name in shipped.values()]
    told += [f"{each.order.name}: {each.why}" for each in stayed if each.order.status_id != status.pk]
    if told:
        more = f" And {len(told) - MOST_NAMED} more." if len(told) > MOST_NAMED else ""
        messages.error(request, f"Not changed: {' '.join(told[:MOST_NAMED])}{more}")
    return redirect("orders")


def _shipped(numbers: Sequence[int]) -> dict[int, str]:
    """Those of the orders that were shipped since they were printed: number → name."""
    orders = SalesOrder.objects.filter(number__in=numbers, status__role=StatusRole.SHIPPED)
    return {each.number: each.name for each in orders.only("number", "import_id")}


def _status_in_background(request: HttpRequest, seen: Mapping[int, int | None], status: OrderStatus) -> HttpResponse:
    try:
        change = ask_for_change(seen, status, by=str(current_user(request)), why="Printed")
    except Refused as refused:
        return redirect_back(request, "orders", str(refused), well=False)
    return redirect(change_path(change))


def _asked(asked: QueryDict) -> tuple[WhatToPrint, list[int]]:
    """What to print, of which orders; nonsense is passed over."""
    what = PRINTS.get(asked.get("what", ""), PRINTS[PrintoutKind.PICK_LIST])
    return what, chosen_numbers(asked)[:MOST_ORDERS]


def _query(what: WhatToPrint, numbers: Sequence[int]) -> str:
    if len(numbers) > AT_ONCE:
        return urlencode({"what": what.value, "chosen": packed(numbers)})
    return urlencode([("what", what.value), *(("order", number) for number in numbers)])
