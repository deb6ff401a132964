"""The guided set-up of a store, step by step. It stays paused until it goes live; each step can be come back to."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import Product
from counterfoil.stores.integrations.connection import save_integration, test_connection
from counterfoil.stores.integrations.mapping_proposal import proposed_mapping
from counterfoil.stores.integrations.option_types import SETUP
from counterfoil.stores.integrations.status import store_statuses
from counterfoil.stores.models import CatalogLoad, WebIntegration
from counterfoil.web.integrations.preview import FIRST, MOST, preview_orders
from counterfoil.web.integrations.preview_views import first_of
from counterfoil.web.integrations.settings_form import saved
from counterfoil.web.integrations.settings_tabs import PartForm, fields_of
from counterfoil.web.integrations.views import since_now
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import current_user, role_required

MAPPING = "mapping"
FIELDS: dict[str, tuple[str, ...]] = {
    "connect": fields_of(SETUP),
    "statuses": ("new_statuses", "downloaded_status", "error_status"),
    MAPPING: ("push_status",),
    "products": ("unknown_product",),
    "live": ("not_before", "first_orders"),
}


class StepForm(PartForm):
    """The fields of one step."""

    def __init__(self, *args: Any, integration: WebIntegration, step: str, **kwargs: Any) -> None:
        super().__init__(*args, integration=integration, only=FIELDS[step], maps=step == MAPPING, **kwargs)


TELLS_THE_SHOPPER = {
    StatusId.SHIPPED,
    StatusId.PARTIALLY_SHIPPED,
    StatusId.COMPLETED,
    StatusId.AWAITING_PICKUP,
    StatusId.CANCELLED,
    StatusId.DECLINED,
    StatusId.REFUNDED,
    StatusId.PARTIALLY_REFUNDED,
    StatusId.DISPUTED,
}
FIRST_ORDERS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the set-up."""

    name: str
    title: str


STEPS = (
    Step("connect", "Connect"),
    Step("test", "Test"),
    Step("statuses", "Statuses"),
    Step("mapping", "Mapping"),
    Step("products", "Products"),
    Step("preview", "Preview"),
    Step("live", "Go live"),
)
NAMES = [step.name for step in STEPS]


@sensitive_post_parameters("client_secret", "access_token")
@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The first step of a store that is not connected yet."""
    return _form_step(request, WebIntegration(code="", description="", paused=True), "connect")


@sensitive_post_parameters("client_secret", "access_token")
@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step of a store that is connected."""
    integration = get_object_or_404(WebIntegration.objects.select_related("state"), pk=pk)
    if name == "test":
        return _test(request, integration)
    if name == "preview":
        return _preview(request, integration)
    if name in FIELDS:
        return _form_step(request, integration, name)
    raise Http404


def _form_step(request: HttpRequest, integration: WebIntegration, name: str) -> HttpResponse:
    """A step that enters something; what is saved leads to the next one."""
    if request.method != "POST":
        return _page(request, integration, name, **_first_look(integration, name))
    form = StepForm(request.POST, integration=integration, step=name)
    well = form.is_valid()
    if "check" in request.POST:
        return render(request, "web/integrations/mapping_warnings.html", {"form": form})
    if well and form.may_be_saved and _saved(form, name, request):
        return redirect(_after(integration, name))
    return _page(request, integration, name, form=form, status=422)


def _first_look(integration: WebIntegration, name: str) -> dict[str, Any]:
    """The step as it opens; a mapping that is proposed is filled in, with what is to be read before it is saved."""
    proposal = proposed_mapping(integration) if name == MAPPING else {}
    if not proposal:
        return {"form": StepForm(integration=integration, step=name, initial=_usual(integration, name))}
    filled = {f"map_{pk}": status_id for pk, status_id in proposal.items()}
    form = StepForm(
        filled | ({"push_status": "on"} if integration.push_status else {}), integration=integration, step=name
    )
    form.is_valid()
    return {"form": form, "is_proposal": True}


def _usual(integration: WebIntegration, name: str) -> dict[str, int]:
    """A few orders to begin with, where nobody has said otherwise."""
    return {"first_orders": FIRST_ORDERS} if name == "live" and integration.paused else {}


def _saved(form: StepForm, name: str, request: HttpRequest) -> bool:
    if name == "live":
        form.integration.paused = False
    return saved(form, request)


def _after(integration: WebIntegration, name: str) -> str:
    """The next step; behind the last one the store's own page, which shows what comes in."""
    if name == NAMES[-1]:
        return reverse("integration", args=[integration.pk]) + since_now()
    return reverse("guide-step", args=[integration.pk, NAMES[NAMES.index(name) + 1]])


def _test(request: HttpRequest, integration: WebIntegration) -> HttpResponse:
    """Asks the store for all that is needed, and for its own labels of the statuses."""
    checks = test_connection(integration) if request.method == "POST" else None
    if request.headers.get("HX-Request"):
        return render(request, "web/integrations/connection_checks.html", {"checks": checks})
    return _page(request, integration, "test", checks=checks)


def _preview(request: HttpRequest, integration: WebIntegration) -> HttpResponse:
    """What the orders that wait would become, before one of them does."""
    first = first_of(request.POST)
    seen = preview_orders(integration, first=first) if request.method == "POST" else None
    return _page(request, integration, "preview", seen=seen, first=first, most=MOST, usual=FIRST)


def _page(
    request: HttpRequest, integration: WebIntegration, name: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    at = NAMES.index(name)
    context = {
        "integration": integration,
        "steps": STEPS,
        "step": STEPS[at],
        "reached": integration.pk is not None,
        "next": NAMES[at + 1] if at + 1 < len(NAMES) else "",
        "step_template": f"web/integrations/wizard/{name}.html",
        **_extra_context(integration, name),
        **more,
    }
    return render(request, "web/integrations/wizard/index.html", context, status=status)


def _extra_context(integration: WebIntegration, name: str) -> dict[str, Any]:
    """What a step shows next to its fields."""
    if name == "statuses":
        store = store_statuses([integration])[0]
        return {"statuses": [(each, StatusId(each.status_id) in TELLS_THE_SHOPPER) for each in store.statuses]}
    if name == "products":
        load = CatalogLoad.objects.filter(integration=integration).first()
        return {"product_count": Product.objects.filter(active=True).count(), "load": load}
    if name == "live":
        told = (integration.downloaded_status, integration.error_status)
        return dict(zip(("downloaded", "error"), map(integration.status_text, told), strict=True))
    return {}


@role_required(Role.MANAGER)
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """The first orders are in and look right: all the others may come."""
    integration = get_object_or_404(WebIntegration, pk=pk)
    integration.first_orders = None
    save_integration(integration, by=str(current_user(request)))
    audit(request, "Lifted the limit of first orders.", about=integration.code)
    return redirect_back(
        request, reverse("integration", args=[pk]) + since_now(), "All orders are imported from now on."
    )
