"""Many sales orders into one order status: a summary first, then one press, then what did not go well."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus
from counterfoil.sales.orders.bulk_status import MOST_ORDERS, change_statuses, plan_statuses
from counterfoil.stores.sync.wakeups import woken_in_bulk
from counterfoil.stores.updates.status_preview import preview_statuses
from counterfoil.web.orders.selection import LONGEST_FILTER, chosen_orders, numbers_in
from counterfoil.web.ui.request_data import key_in, text_in
from counterfoil.web.ui.security import current_user, role_required

SEEN = "seen-"


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def statuses(request: HttpRequest) -> HttpResponse:
    """GET: what putting the chosen orders into a status would do. POST: does it with those that were seen."""
    sent = request.POST if request.method == "POST" else request.GET
    status = OrderStatus.objects.filter(pk=key_in(sent, "status") or 0, retired=False).first()
    if status is None:
        return _to_list(request, sent, "Choose an order status.", well=False)
    return _apply(request, status) if request.method == "POST" else _summary(request, status)


def _summary(request: HttpRequest, status: OrderStatus) -> HttpResponse:
    chosen = chosen_orders(request, request.GET)
    plan = plan_statuses(chosen.orders, status)
    if not plan.moves and not plan.left_out:
        return _to_list(request, request.GET, "Choose at least one sales order.", well=False)
    previews = preview_statuses([order.pk for order in plan.to_move], status)
    context = {
        "plan": plan,
        "status": status,
        "moving": len(plan.to_move),
        "news": previews,
        "by_hand": len(plan.to_move) - sum(each.orders for each in previews),
        "chosen": chosen,
        "most": MOST_ORDERS,
        "seen": SEEN,
    }
    return render(request, "web/orders/bulk_status.html", context)


def _apply(request: HttpRequest, status: OrderStatus) -> HttpResponse:
    seen = _seen(request.POST)
    if not seen:
        return _to_list(request, request.POST, "Choose at least one sales order.", well=False)
    try:
        with woken_in_bulk():
            moved, stayed = change_statuses(
                seen, status, by=str(current_user(request)), why=text_in(request.POST, "why", 500)
            )
    except Refused as refused:
        return _to_list(request, request.POST, str(refused), well=False)
    said = f"{moved} sales order{'' if moved == 1 else 's'} changed to {status}."
    if not stayed:
        return _to_list(request, request.POST, said)
    context = {"status": status, "said": said, "moved": moved, "stayed": stayed, "listed": _listed(request.POST)}
    return render(request, "web/orders/bulk_result.html", context)


def _seen(sent: QueryDict) -> dict[int, int]:
    """The numbers of the orders that the summary showed, each with the id of the status it showed them in."""
    found: dict[int, int] = {}
    for name, numbers in sent.items():
        status = numbers_in([name.removeprefix(SEEN)])
        if name.startswith(SEEN) and status:
            found |= dict.fromkeys(numbers_in(str(numbers).split()), status[0])
    return dict(list(found.items())[:MOST_ORDERS])


def _listed(sent: QueryDict) -> str:
    """The list that the orders were chosen from."""
    return reverse("orders", query=QueryDict(text_in(sent, "filter", LONGEST_FILTER)) or None)


def _to_list(request: HttpRequest, sent: QueryDict, said: str, *, well: bool = True) -> HttpResponse:
    (messages.success if well else messages.error)(request, said)
    return HttpResponseRedirect(_listed(sent))
