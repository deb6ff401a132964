"""What a person sets on the list of sales orders: its columns, and views of one's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.web.orders.listing.columns import choose_columns
from counterfoil.web.orders.listing.personal_views import LONGEST_NAME, LONGEST_QUERY, delete_view, save_view
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import text_in
from counterfoil.web.ui.security import current_user, role_required


@role_required(Role.VIEWER)
@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Keeps the columns that this person wants to see (`column`, repeated); `reset` goes back to the standard."""
    choose_columns(current_user(request), None if "reset" in request.POST else request.POST.getlist("column"))
    return redirect_back(request, "orders")


@role_required(Role.VIEWER)
@require_POST
def views(request: HttpRequest) -> HttpResponse:
    """Saves what the list is narrowed to (`filter`) as a view with a `name`, or takes one off (`delete`: its name)."""
    person = current_user(request)
    if "delete" in request.POST:
        name = text_in(request.POST, "delete", LONGEST_NAME)
        said = f"Deleted the view {name}." if delete_view(person, name) else "This view no longer exists."
        return redirect_back(request, "orders", said)
    listed = text_in(request.POST, "filter", LONGEST_QUERY)
    try:
        view = save_view(person, text_in(request.POST, "name", LONGEST_NAME), listed)
    except Refused as refused:
        return redirect_back(request, "orders", str(refused), well=False)
    return redirect(f"{reverse('orders')}?{view.query}")
