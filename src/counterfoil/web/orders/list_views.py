"""Sales orders: the list, the search, and where an order is that is not in it."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.models import Person, Role
from counterfoil.sales.models import SalesOrder
from counterfoil.storable import number_of, without_nulls
from counterfoil.stores.integrations.status import store_statuses
from counterfoil.stores.models import WebIntegration, WebOrder, WebOrderState
from counterfoil.stores.weborders.locate import LARGEST_ORDER_ID, OrderLocation, find_order, locate
from counterfoil.stores.weborders.requests import import_this_one
from counterfoil.web.orders.filters import OrderFilter
from counterfoil.web.orders.listing.columns import CALLED_WHEN_CHOSEN, COLUMNS, chosen_columns, has_chosen
from counterfoil.web.orders.listing.search_text import OrderQuestion, question_in, words_asked_for
from counterfoil.web.orders.selection import chosen_numbers, gone_from_list
from counterfoil.web.orders.tables import hide_repeated, listed_orders, order_table
from counterfoil.web.orders.view_tabs import chips, view_tabs
from counterfoil.web.ui.filters import narrowed
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import current_user, role_required
from counterfoil.web.ui.tables import paginated

MOST_PLACES = 10
OLDEST_FIRST = ("to_ship",)
"""Views in which what has waited longest comes first."""
LOCK_WAIT = 1.0
ASK_SECONDS = 15.0


@role_required(Role.VIEWER)
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The list; its table alone for the page's own polling, table and places for the search while typing.

    With `go` (someone pressed Enter) the only order that is found is opened, and a store is asked for what is not here.
    """
    person = current_user(request)
    chosen = OrderFilter(request.GET, queryset=SalesOrder.objects.all(), request=request)
    context = _listed(request, chosen, person)
    live = live_part(request, "web/orders/list.html", context)
    if is_poll(request, "orders"):
        return poll_answer(request, live, "web/orders/live.html")
    question = _question(request, chosen.stores)
    only = _only_hit(context, chosen, question) if "go" in request.GET else None
    if only is not None:
        return HttpResponseRedirect(order_path(only))
    context |= {"live": live, "chips": chips(chosen, request.GET), "views": view_tabs(request, chosen, person)}
    context |= _elsewhere(question, chosen, count=context["count"], go="go" in request.GET)
    context |= {"columns": _column_choices(person), "shown_view": chosen.shown, "sort": request.GET.get("sort", "")}
    template = "web/orders/results.html" if is_poll(request, "results") else "web/orders/index.html"
    return render(request, template, context)


def _listed(request: HttpRequest, chosen: OrderFilter, person: Person) -> dict[str, Any]:
    """The table, and what is said about it."""
    oldest_first = chosen.shown in OLDEST_FIRST
    columns = chosen_columns(person)
    orders = chosen.qs
    exactly = chosen.found.exactly if chosen.found else ()
    listed = listed_orders(
        orders,
        before_all=exactly,
        columns=columns,
        oldest_first=oldest_first,
        is_worklist=chosen.is_worklist,
        is_read=chosen.is_read,
        stores=chosen.stores,
    )
    table = paginated(request, order_table(listed, columns, oldest_first=oldest_first))
    if not has_chosen(person):
        hide_repeated(table)
    context: dict[str, Any] = {
        "table": table,
        "listed": table.data.data,
        "count": table.paginator.count,
        "narrowed": narrowed(chosen),
        "filter": chosen,
        "oldest_first": oldest_first,
    }
    if not context["count"] and not context["narrowed"]:
        context["stores"] = store_statuses(list(WebIntegration.objects.select_related("state")))
    return context


def _column_choices(person: Person) -> dict[str, Any]:
    shown = chosen_columns(person)
    called = COLUMNS | CALLED_WHEN_CHOSEN
    return {"all": [(name, called[name], name in shown) for name in COLUMNS], "is_own": has_chosen(person)}


def _only_hit(context: dict[str, Any], chosen: OrderFilter, question: OrderQuestion) -> SalesOrder | None:
    """The order that someone means who searched for it: the only one of just this number, whatever view is open, else
    the only one found.
    """
    if not question.words or chosen.found is None:
        return None
    if len(chosen.found.exactly) == 1:
        return SalesOrder.objects.filter(pk=chosen.found.exactly[0]).first()
    rows = [row.record for row in context["table"].page.object_list] if context["count"] == 1 else []
    return rows[0] if rows else None


def _question(request: HttpRequest, stores: list[WebIntegration]) -> OrderQuestion:
    typed = without_nulls(request.GET.get("q", "")).strip()
    return question_in(typed, [store.code for store in stores], LARGEST_ORDER_ID)


def _elsewhere(question: OrderQuestion, chosen: OrderFilter, *, count: int, go: bool) -> dict[str, Any]:
    """Orders that were searched by their number and are not imported; `ask_for`: what a store may know.

    `asks`: the store is asked by itself, for someone pressed Enter and nothing was found.
    """
    if not question.words:
        return {}
    seen = _seen(question, chosen.stores).exclude(state=WebOrderState.IMPORTED)
    places = [locate(web_order) for web_order in seen[:MOST_PLACES]]
    is_here = bool(places) or bool(chosen.found and chosen.found.exactly) or (count > 0 and not question.is_explicit)
    return {
        "places": places,
        "ask_for": question if question.number and not is_here else None,
        "asks": go and not count,
    }


def _seen(question: OrderQuestion, stores: list[WebIntegration]) -> QuerySet[WebOrder]:
    """The orders of the stores with this import ID, or with this number in their store. Either ends in digits."""
    if not question.words[-1:].isdecimal():
        return WebOrder.objects.none()
    found = Q(import_id__in=[question.words, question.words.upper()])
    if question.number is not None:  # with its store, so that the index of both finds it
        keys = [store.pk for store in stores if question.store in ("", store.code)]
        found |= Q(integration__in=keys, bigcommerce_order_id=question.number)
    return WebOrder.objects.filter(found).select_related("integration__state", "sales_order")


@role_required(Role.VIEWER)
@require_GET
def selection(request: HttpRequest) -> HttpResponse:
    """What the list says of chosen orders that it does not show any more: part of the page."""
    numbers = chosen_numbers(request.GET)
    gone = gone_from_list(request, numbers, request.GET.get("filter", ""))
    drop = " ".join(map(str, gone.numbers))
    context = {"chosen": len(numbers), "gone": gone.orders, "unknown": gone.unknown, "drop": drop}
    return render(request, "web/orders/selection_note.html", context)


@role_required(Role.VIEWER)
@require_GET
def where(request: HttpRequest) -> HttpResponse:
    """Asks the stores themselves for an order that is not imported; one store where `store` names it.

    Its answer alone where the list asks.
    """
    number = number_of(words_asked_for(request.GET.get("number", "")), LARGEST_ORDER_ID) or None
    store = without_nulls(request.GET.get("store", ""))
    places: list[OrderLocation] = []
    silent: list[str] = []
    if number is not None:
        places, silent = find_order(number, lock_wait=LOCK_WAIT, seconds=ASK_SECONDS, stores=[store] if store else [])
    context = {"number": number, "places": places, "silent": silent}
    is_part = is_poll(request, "store-answer")
    return render(request, f"web/orders/{'store_answer' if is_part else 'find_by_store_number'}.html", context)


@role_required(Role.CLERK)
@require_POST
def import_order(request: HttpRequest) -> HttpResponse:
    """A person's *import this one*."""
    integration = get_object_or_404(WebIntegration, code=without_nulls(request.POST.get("store", "")))
    number = number_of(request.POST.get("number", "").removeprefix("#"), LARGEST_ORDER_ID) or None
    if number is None:
        return redirect_back(request, "orders", "This isn’t an order number.", well=False)
    import_this_one(integration, number, by=str(current_user(request)))
    return redirect_back(
        request,
        "orders",
        f"{integration.import_id(number)} will be imported within seconds, unless something stops it.",
    )
