"""Many sales orders into one order status: a summary first, then one press, then what did not go well.

A hundred are changed while the person waits; more go on in the background, and their page shows how far it is.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import BulkChange, BulkOutcome, OrderStatus
from counterfoil.sales.orders.bulk_changes import STANDS_STILL, ask_for_change, progress_of
from counterfoil.sales.orders.bulk_status import MOST_ORDERS, change_statuses, plan_statuses
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.sync.wakeups import woken_in_bulk
from counterfoil.stores.updates.status_preview import preview_statuses
from counterfoil.web.orders.selection import LONGEST_FILTER, chosen_orders, numbers_in
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.request_data import LONGEST_WHY, key_in, text_in
from counterfoil.web.ui.security import current_user, role_required

SEEN = "seen-"
AT_ONCE = 100
"""So many are changed while the person waits."""
CHANGES_PER_PAGE = 50


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
    seen = seen_in(request.POST)
    if not seen:
        return _to_list(request, request.POST, "Choose at least one sales order.", well=False)
    if len(seen) > AT_ONCE:
        return _in_background(request, seen, status)
    try:
        with woken_in_bulk():
            moved, stayed = change_statuses(
                {**seen}, status, by=str(current_user(request)), why=text_in(request.POST, "why", LONGEST_WHY)
            )
    except Refused as refused:
        return _to_list(request, request.POST, str(refused), well=False)
    said = f"{moved} sales order{'' if moved == 1 else 's'} changed to {status}."
    if not stayed:
        return _to_list(request, request.POST, said)
    context = {"status": status, "said": said, "moved": moved, "stayed": stayed, "listed": _listed(request.POST)}
    return render(request, "web/orders/bulk_result.html", context)


def _in_background(request: HttpRequest, seen: dict[int, int], status: OrderStatus) -> HttpResponse:
    why = text_in(request.POST, "why", LONGEST_WHY)
    try:
        change = ask_for_change({**seen}, status, by=str(current_user(request)), why=why)
    except Refused as refused:
        return _to_list(request, request.POST, str(refused), well=False)
    return redirect(change_path(change, text_in(request.POST, "filter", LONGEST_FILTER)))


def change_path(change: BulkChange, listed: str = "") -> str:
    """The page that shows how far a change is; `listed`: the list that it leads back to."""
    return reverse("orders-change", args=[change.pk], query={"filter": listed} if listed else None)


@role_required(Role.CLERK)
@require_GET
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a change in the background is, and in the end what became of each order."""
    found = get_object_or_404(BulkChange.objects.select_related("status"), pk=min(pk, LARGEST_ID))
    rows = found.orders.select_related("order__status")
    orders = rows.all() if found.ended_at else rows.filter(outcome=BulkOutcome.STAYED)
    context = {
        "change": found,
        "progress": progress_of(found),
        "orders": orders.order_by("-outcome", "id"),
        "stands_still": _stands_still(found),
    }
    live = live_part(request, "web/orders/bulk_progress.html", context) | {"over": "1" if found.ended_at else ""}
    if is_poll(request, "bulk-change"):
        return poll_answer(request, live, "web/orders/bulk_change_live.html")
    context |= {"live": live, "listed": _listed(request.GET)}
    return render(request, "web/orders/bulk_change.html", context)


def _stands_still(found: BulkChange) -> bool:
    """Whether it looks as if no worker is at it."""
    return found.ended_at is None and timezone.now() - (found.alive_at or found.asked_at) > STANDS_STILL


@role_required(Role.CLERK)
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """The changes of the last weeks that were made in the background."""
    found = BulkChange.objects.select_related("status").annotate(number=Count("orders")).order_by("-id")
    page = Paginator(found, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/orders/bulk_changes.html", {"page": page})


def seen_in(sent: QueryDict) -> dict[int, int]:
    """The numbers of the orders that a page showed, each with the id of the status that it showed them in."""
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
