"""The import preview: what an import would do with the orders that wait in a store."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.models import Role
from counterfoil.stores.models import WebIntegration
from counterfoil.web.integrations.preview import FIRST, MOST, preview_orders
from counterfoil.web.ui.request_data import key_in
from counterfoil.web.ui.security import role_required


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Looks when the button is pressed. Nothing is written anywhere, and nothing is kept of it."""
    integration = get_object_or_404(WebIntegration.objects.select_related("state"), pk=pk)
    first = first_of(request.POST)
    seen = preview_orders(integration, first=first) if request.method == "POST" else None
    context = {"integration": integration, "first": first, "most": MOST, "seen": seen}
    return render(request, "web/integrations/preview.html", context)


def first_of(sent: Mapping[str, str]) -> int:
    """How many orders are to be looked at."""
    return min(key_in(sent, "first") or FIRST, MOST)
