"""Which paper a person prints on, and the logos of packing slips."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import PaperSize, Role
from counterfoil.limits import LARGEST_LOGO
from counterfoil.sales.errors import Refused
from counterfoil.stores.models import StoreLogo, WebIntegration
from counterfoil.stores.shipping.letterheads import remove_logo, save_logo
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import current_user, role_required


@role_required(Role.VIEWER)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps the paper that the person prints on from now on."""
    chosen, person = request.POST.get("paper", ""), current_user(request)
    if chosen not in PaperSize.values:
        return redirect_back(request, "orders", "Choose a paper size.", well=False)
    person.paper = chosen
    person.save(update_fields=["paper"])
    return redirect_back(request, "orders")


@role_required(Role.VIEWER)
@require_GET
def logo(_request: HttpRequest, pk: int) -> HttpResponse:
    """The picture itself; it is a PNG or JPEG by its bytes."""
    found = get_object_or_404(StoreLogo, integration=pk)
    answer = HttpResponse(bytes(found.content), content_type=found.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache"
    return answer


@role_required(Role.MANAGER)
@require_POST
def set_logo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a picture as the store's logo, or takes the logo away."""
    integration = get_object_or_404(WebIntegration, pk=pk)
    if "remove" in request.POST:
        remove_logo(integration)
        audit(request, "Removed the packing slip logo.", about=integration.code)
        return redirect_back(request, "integrations", "Logo removed.")
    file = request.FILES.get("logo")
    try:
        save_logo(integration, file.read(LARGEST_LOGO + 1) if file is not None else b"")
    except Refused as refused:
        return redirect_back(request, "integrations", f"{refused.sentence} {refused.next_step}", well=False)
    audit(request, "Changed the packing slip logo.", about=integration.code)
    return redirect_back(request, "integrations", "Logo saved.")
