"""What a scanner opens: the order whose number was scanned, ready to ship; and the next order to ship."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from counterfoil.accounts.models import Role
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.orders.querysets import to_ship
from counterfoil.sales.shipping.symbology import scanned_text
from counterfoil.storable import number_of, without_nulls
from counterfoil.web.orders.selection import numbers_in
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.security import current_user, role_required

LONGEST_CODE = 200
MOST_MEANT = 2


@role_required(Role.VIEWER)
@require_GET
def scan(request: HttpRequest) -> HttpResponse:
    """Opens the order that was scanned: ready to ship where it can be shipped, else its page; else searches for it."""
    code = scanned_text(without_nulls(request.GET.get("code", ""))[:LONGEST_CODE])
    orders = orders_called(code)
    if len(orders) != 1:
        return HttpResponseRedirect(reverse("orders", query={"q": code.removeprefix("#")}))
    (order,) = orders
    if current_user(request).may(Role.CLERK) and to_ship(SalesOrder.objects.filter(pk=order.pk)).exists():
        return redirect("order-ship", order.number)
    return HttpResponseRedirect(order_path(order))


def orders_called(code: str) -> list[SalesOrder]:
    """The order of this import ID, else those of this number, ours or a store's, as a scanner gives it: "#10234"."""
    name = code.removeprefix("#").strip()
    names = [each for each in dict.fromkeys([name, name.upper(), name.lstrip("0")]) if each]
    imported = list(SalesOrder.objects.filter(import_id__in=names)[:MOST_MEANT])
    if imported:
        return imported
    called, number = Q(web_order_number__in=names), number_of(name)
    if number is not None:
        called |= Q(number=number)
    return list(SalesOrder.objects.filter(called).order_by("-order_date")[:MOST_MEANT])


@role_required(Role.CLERK)
@require_GET
def ship_next(request: HttpRequest) -> HttpResponse:
    """Opens the next order to ship: of the list that one came from (`order`, repeated), else the oldest of all."""
    waiting = to_ship(SalesOrder.objects.exclude(number=number_of(request.GET.get("after", "")) or 0))
    listed = numbers_in(request.GET.getlist("order"))
    there = set(waiting.filter(number__in=listed).order_by().values_list("number", flat=True)) if listed else set()
    number = next((each for each in listed if each in there), None)
    if number is None:
        number = waiting.order_by("order_date", "id").values_list("number", flat=True).first()
    if number is None:
        messages.success(request, "Nothing is left to ship.")
        return redirect("orders")
    return redirect("order-ship", number)
