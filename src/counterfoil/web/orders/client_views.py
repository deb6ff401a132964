"""The client of a sales order: why it is this one, and *not this client*."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.models import Role
from counterfoil.sales.clients.match_explanation import why_this_client
from counterfoil.sales.clients.reassign_order import reassign_order
from counterfoil.sales.clients.search import some_clients_with
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in, text_in
from counterfoil.web.ui.security import current_user, role_required

A_NEW_ONE = "new"


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def client(request: HttpRequest, number: int) -> HttpResponse:
    """Moves the order to another client, found by search or passed over when it was imported, or to a new one."""
    order = get_object_or_404(SalesOrder.objects.select_related("client", "contact"), number=number)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            return _move(request, order)
        except Refused as no:
            refused = no
    words = text_in(request.GET, "q", 200)
    context = {
        "order": order,
        "why": why_this_client(order),
        "words": words,
        "found": some_clients_with(words, but=order.client_id),
        "reason": text_in(request.POST, "why", 500),
        "chosen": text_in(request.POST, "client", 20),
        "refused": refused,
    }
    return render(request, "web/orders/detail/client.html", context, status=422 if refused else 200)


def _move(request: HttpRequest, order: SalesOrder) -> HttpResponse:
    chosen = key_in(request.POST, "client")
    if chosen is None and request.POST.get("client") != A_NEW_ONE:
        raise Refused("No client selected.", "Choose one, or create a new one.")
    moved = reassign_order(
        order.pk,
        chosen,
        by=str(current_user(request)),
        why=text_in(request.POST, "why", 500),
        seen=key_in(request.POST, "shown-client"),
    )
    said = f"The order now belongs to {moved.client}. This shopper’s next orders will too."
    return redirect_back(request, order_path(order), said)
