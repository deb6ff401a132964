"""Sales orders: the list, the search, and where an order is that is not in it."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.models import Role
from counterfoil.sales.models import SalesOrder
from counterfoil.storable import number_of, without_nulls
from counterfoil.stores.integrations.status import store_statuses
from counterfoil.stores.models import WebIntegration, WebOrder, WebOrderState
from counterfoil.stores.weborders.locate import LARGEST_ORDER_ID, OrderLocation, find_order, locate
from counterfoil.stores.weborders.requests import import_this_one
from counterfoil.web.orders.filters import OrderFilter
from counterfoil.web.orders.saved_views import chips, saved_views
from counterfoil.web.orders.tables import OrderTable, listed_orders
from counterfoil.web.ui.filters import narrowed
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import current_user, role_required
from counterfoil.web.ui.tables import paginated

MOST_PLACES = 10
LOCK_WAIT = 1.0
ASK_SECONDS = 15.0


@role_required(Role.VIEWER)
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The list; its table alone for the page's own polling, table and places for the search while typing."""
    chosen = OrderFilter(request.GET, queryset=SalesOrder.objects.all(), request=request)
    orders = chosen.qs
    listed = listed_orders(
        orders,
        before_all=chosen.found.exactly if chosen.found else (),
        is_worklist=chosen.is_worklist,
        is_read=chosen.is_read,
    )
    table = paginated(request, OrderTable(listed))
    context = {
        "table": table,
        "listed": table.data.data,
        "count": table.paginator.count,
        "narrowed": narrowed(chosen),
        "filter": chosen,
    }
    if not context["count"] and not context["narrowed"]:
        context["stores"] = store_statuses(list(WebIntegration.objects.select_related("state")))
    live = live_part(request, "web/orders/list.html", context)
    if is_poll(request, "orders"):
        return poll_answer(request, live, "web/orders/live.html")
    context |= {"live": live, "chips": chips(chosen, request.GET), "views": saved_views(request.GET)}
    context |= _elsewhere(request.GET.get("q", "").strip(), found=bool(context["count"]))
    template = "web/orders/results.html" if is_poll(request, "results") else "web/orders/index.html"
    return render(request, template, context)


def _elsewhere(words: str, *, found: bool) -> dict[str, Any]:
    """Orders that were searched by their number and are not imported."""
    number = _order_number(words)
    if not words or "\x00" in words:
        return {}
    seen = _seen(words, number).exclude(state=WebOrderState.IMPORTED)
    places = [locate(web_order) for web_order in seen[:MOST_PLACES]]
    return {"places": places, "ask_for": number if number and not places and not found else None}


def _seen(words: str, number: int | None) -> QuerySet[WebOrder]:
    """The orders of the stores with this import ID, or with this number in their store."""
    found = Q(import_id=words)
    if number is not None:  # with its store, so that the index of both finds it
        stores = list(WebIntegration.objects.values_list("pk", flat=True))
        found |= Q(integration__in=stores, bigcommerce_order_id=number)
    return WebOrder.objects.filter(found).select_related("integration__state", "sales_order")


def _order_number(words: str) -> int | None:
    """The store's order number that someone typed, perhaps with # before it."""
    return number_of(words.removeprefix("#"), LARGEST_ORDER_ID) or None


@role_required(Role.VIEWER)
@require_GET
def where(request: HttpRequest) -> HttpResponse:
    """Asks the stores themselves for an order that is not imported."""
    number = _order_number(request.GET.get("number", "").strip())
    places: list[OrderLocation] = []
    silent: list[str] = []
    if number is not None:
        places, silent = find_order(number, lock_wait=LOCK_WAIT, seconds=ASK_SECONDS)
    return render(
        request, "web/orders/find_by_store_number.html", {"number": number, "places": places, "silent": silent}
    )


@role_required(Role.CLERK)
@require_POST
def import_order(request: HttpRequest) -> HttpResponse:
    """A person's *import this one*."""
    integration = get_object_or_404(WebIntegration, code=without_nulls(request.POST.get("store", "")))
    number = _order_number(request.POST.get("number", ""))
    if number is None:
        return redirect_back(request, "orders", "This isn’t an order number.", well=False)
    import_this_one(integration, number, by=str(current_user(request)))
    return redirect_back(
        request,
        "orders",
        f"{integration.import_id(number)} will be imported within seconds, unless something stops it.",
    )
