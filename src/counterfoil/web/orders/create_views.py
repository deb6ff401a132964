"""A sales order made by hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Client
from counterfoil.sales.orders.manual import place_by_hand
from counterfoil.web.orders.create_form import NewOrderForm
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in
from counterfoil.web.ui.security import current_user, role_required

SAVES_NOTHING = ("add", "fill", "search", "sums")  # buttons that show the page again and save nothing


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """New sales order: client, addresses, lines. It is never sent to a store. `?client=`: whom it is for."""
    if request.method == "POST":
        form = NewOrderForm(request.POST)
    else:
        chosen = Client.objects.filter(pk=key_in(request.GET, "client") or 0, merged_into=None).first()
        form = NewOrderForm(client_id=chosen.pk if chosen else None)
    if request.method != "POST" or any(name in request.POST for name in SAVES_NOTHING):
        return _form_page(request, form)
    try:
        order = place_by_hand(form.entered(), by=str(current_user(request)))
    except Refused as refused:
        return _form_page(request, form, refused)
    number = type(order).objects.values_list("number", flat=True).get(pk=order.pk)
    return redirect_back(request, reverse("order", args=[number]), f"Sales order {number} is in the books.")


def _form_page(request: HttpRequest, form: NewOrderForm, refused: Refused | None = None) -> HttpResponse:
    form.fill_addresses()
    context = {"form": form, "refused": refused}
    return render(request, "web/orders/new.html", context, status=422 if refused else 200)
