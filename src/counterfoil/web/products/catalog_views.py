"""The store's catalog into the product list: asked for here, done by the worker, shown as it goes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.models import Role
from counterfoil.intake.catalog.load import ask_for_catalog
from counterfoil.stores.models import CatalogLoad, WebIntegration
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import current_user, role_required

NOBODY_COMES_AFTER = 20  # seconds


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def catalog(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the loading, and shows how far it has come."""
    integration = get_object_or_404(WebIntegration.objects.select_related("state"), pk=pk)
    if request.method == "POST":
        asked = ask_for_catalog(integration, by=str(current_user(request)))
        there = reverse("integration-catalog", args=[pk])
        return redirect(there) if asked else redirect_back(request, there, "It’s already loading.")
    load = CatalogLoad.objects.filter(integration=integration).first()
    context = {"integration": integration, "load": load, "nobody_comes": load is not None and _nobody_comes(load)}
    live = live_part(request, "web/products/catalog_progress.html", context)
    if is_poll(request, "loading"):
        return poll_answer(request, live, "web/products/catalog_progress_live.html")
    return render(request, "web/products/catalog.html", context | {"live": live})


def _nobody_comes(load: CatalogLoad) -> bool:
    """Whether it looks as if no worker runs."""
    waited = (timezone.now() - load.asked_at).total_seconds()
    return load.is_under_way and not load.products and waited > NOBODY_COMES_AFTER
