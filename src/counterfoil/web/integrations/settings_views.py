"""The settings of a web integration: all at once where a store is connected, on tabs afterwards."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.models import Role
from counterfoil.stores.integrations.connection import test_connection
from counterfoil.stores.integrations.option_types import MAPPING, SETUP
from counterfoil.stores.integrations.outage import ELSEWHERE, RESOLVED_BY_A_PERSON
from counterfoil.stores.models import WebIntegration
from counterfoil.web.integrations.settings_form import WebIntegrationForm, saved
from counterfoil.web.integrations.settings_tabs import FORM_TABS, TabForm, fields_of
from counterfoil.web.integrations.views import since_now
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import role_required


@sensitive_post_parameters("client_secret", "access_token")
@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Connect a store: everything on one page."""
    form = WebIntegrationForm(_sent(request), integration=WebIntegration(code="", description=""))
    return _answer(request, form, "web/integrations/form.html", {})


@sensitive_post_parameters("client_secret", "access_token")
@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int, tab: str = SETUP.name) -> HttpResponse:
    """One tab of the settings; what the others set stays as it is."""
    integration = get_object_or_404(WebIntegration.objects.select_related("state"), pk=pk)
    shown = next((each for each in FORM_TABS if each.name == tab), None)
    if shown is None:
        raise Http404
    form = TabForm(_sent(request), integration=integration, only=fields_of(shown), maps=shown is MAPPING)
    to_correct = shown is SETUP and integration.state.trouble_code in RESOLVED_BY_A_PERSON - {ELSEWHERE}
    context = {"integration": integration, "name": str(integration), "tab": shown, "to_mend": to_correct}
    return _answer(request, form, "web/integrations/settings.html", context | {"maps": form.maps})


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _answer(request: HttpRequest, form: WebIntegrationForm, template: str, context: dict[str, Any]) -> HttpResponse:
    """What a button of the form asked for: the test, the warnings of the mapping, or to be saved."""
    context = {"form": form, **context}
    if not form.is_bound:
        return render(request, template, context)
    well = form.is_valid()
    if "test" in request.POST:
        return _tested(request, form, template, context)
    if "check" in request.POST:
        return render(request, "web/integrations/mapping_warnings.html", context)
    is_new = form.integration.pk is None
    if well and form.may_be_saved and saved(form, request):
        there = reverse("integration", args=[form.integration.pk]) + since_now() if is_new else request.path
        return redirect_back(request, there, "Saved. The store will be synced within seconds.")
    return render(request, template, context, status=422)


def _tested(request: HttpRequest, form: WebIntegrationForm, template: str, context: dict[str, Any]) -> HttpResponse:
    """Tests what stands in the form, saved or not; what is wrong with other fields does not matter for it."""
    context["checks"] = test_connection(form.integration)
    alone = request.headers.get("HX-Request")
    return render(request, "web/integrations/connection_checks.html" if alone else template, context)
