"""What was read of an order from its store, version by version: to look at, and to keep."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.models import Payload
from counterfoil.stores.payloads.format import payload_text
from counterfoil.web.ui.security import role_required


def _payload(number: int, pk: int) -> Payload:
    payloads = Payload.objects.select_related("web_order__sales_order")
    return get_object_or_404(payloads, pk=min(pk, LARGEST_ID), web_order__sales_order__number=min(number, LARGEST_ID))


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """One version, formatted."""
    payload = _payload(number, pk)
    web_order = payload.web_order
    context = {
        "order": web_order.sales_order,
        "web_order": web_order,
        "payload": payload,
        "text": payload_text(payload),
        "in_books": payload.pk == web_order.imported_payload_id,
    }
    return render(request, "web/orders/detail/payload.html", context)


@role_required(Role.VIEWER)
@require_GET
def file(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The same as a file."""
    payload = _payload(number, pk)
    audit(request, "Downloaded a version of an order as JSON.", about=str(payload.web_order))
    response = HttpResponse(payload_text(payload), content_type="application/json; charset=utf-8")
    name = f"order-{payload.web_order.bigcommerce_order_id}-{payload.read_at:%Y%m%dT%H%M%SZ}"
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
