"""Pick lists and packing slips as pages to print, for one order or many; who printed them; the status afterwards."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.models import PaperSize, Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, Printout, PrintoutKind, SalesOrder
from counterfoil.sales.orders.bulk_status import move_orders
from counterfoil.storable import number_of
from counterfoil.stores.integrations.letterheads import Letterhead, letterheads
from counterfoil.web.orders.printouts import MOST_ORDERS, PrintedOrder, picks_by_bin, printed_orders, slips
from counterfoil.web.orders.selection import chosen_orders
from counterfoil.web.paper.sizes import paper_of
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in
from counterfoil.web.ui.security import current_user, role_required

MOST_NAMED = 20  # orders that a message names


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The page to print: `what` for the chosen orders (`order`, repeated); pick lists by bin or by order."""
    kind, numbers = _asked(request.GET)
    more = 0
    if "all" in request.GET:
        numbers, more = _all_chosen(request)
    orders = printed_orders(numbers, kind) if numbers else []
    if not orders:
        return redirect_back(request, "orders", "Choose at least one sales order to print.", well=False)
    held = [each for each in orders if each.order.is_held]
    free = [each for each in orders if not each.order.is_held]
    heads = letterheads(each.order.source for each in free)
    context = {
        "kind": kind,
        "paper": paper_of(request, [head.home for head in heads.values()]),
        "papers": PaperSize,
        "orders": orders,
        "more": more,
        "held": held,
        "before": [each for each in orders if each.last],
        "by": "bin" if request.GET.get("by", "bin" if len(orders) > 1 else "order") == "bin" else "order",
        "query": _query(kind, [each.order.number for each in orders]),
        "just_printed": request.GET.get("printed") == "1",
        "statuses": OrderStatus.objects.filter(retired=False),
        "now": timezone.now(),
        "suggested": "Picking" if kind == PrintoutKind.PICK_LIST else "",
    } | _contents(kind, free, heads)
    return render(request, f"web/orders/printing/{kind.value}.html", context)


def _all_chosen(request: HttpRequest) -> tuple[list[int], int]:
    """The oldest of all orders that the list shows, as many as are printed at once; and how many there are more."""
    chosen = chosen_orders(request, request.GET).orders
    oldest = chosen.order_by("order_date", "id").values_list("number", flat=True)[:MOST_ORDERS]
    return list(oldest), max(0, chosen.order_by().count() - MOST_ORDERS)


def _contents(kind: PrintoutKind, free: Sequence[PrintedOrder], heads: Mapping[str, Letterhead]) -> dict[str, object]:
    if kind == PrintoutKind.PACKING_SLIP:
        return {"slips": slips(free, heads)}
    return {"picks": picks_by_bin(free), "to_pick": [each for each in free if each.to_pick]}


@role_required(Role.CLERK)
@require_POST
def printed(request: HttpRequest) -> HttpResponse:
    """Notes that the page was printed, when and by whom."""
    kind, numbers = _asked(request.POST)
    orders = [each for each in printed_orders(numbers, kind) if not each.order.is_held]
    by = str(current_user(request))
    Printout.objects.bulk_create(Printout(order=each.order, kind=kind, by=by) for each in orders)
    query = _query(kind, [each.order.number for each in orders])
    return redirect(f"{reverse('print')}?{query}&printed=1")


@role_required(Role.CLERK)
@require_POST
def set_status(request: HttpRequest) -> HttpResponse:
    """Puts all the orders that were printed into one order status."""
    _, numbers = _asked(request.POST)
    status = OrderStatus.objects.filter(pk=key_in(request.POST, "status") or 0).first()
    if status is None:
        return redirect_back(request, "orders", "Choose an order status.", well=False)
    ids = list(SalesOrder.objects.filter(number__in=numbers).order_by("pk").values_list("pk", flat=True))
    try:
        moved, stayed = move_orders(ids, status, by=str(current_user(request)), why="Printed")
    except Refused as refused:
        return redirect_back(request, "orders", str(refused), well=False)
    messages.success(request, f"{moved} sales order{'' if moved == 1 else 's'} changed to {status}.")
    told = [f"{each.order.name}: {each.why}" for each in stayed if each.order.status_id != status.pk]
    if told:
        more = f" And {len(told) - MOST_NAMED} more." if len(told) > MOST_NAMED else ""
        messages.error(request, f"Not changed: {' '.join(told[:MOST_NAMED])}{more}")
    return redirect("orders")


def _asked(asked: QueryDict) -> tuple[PrintoutKind, list[int]]:
    """What to print, of which orders; nonsense is passed over."""
    what = asked.get("what", "")
    kind = PrintoutKind(what) if what in PrintoutKind.values else PrintoutKind.PICK_LIST
    numbers = map(number_of, asked.getlist("order")[:MOST_ORDERS])
    return kind, [number for number in numbers if number is not None]


def _query(kind: PrintoutKind, numbers: Sequence[int]) -> str:
    return urlencode([("what", kind.value), *(("order", number) for number in numbers)])
