"""The dashboard: what needs a person first, how each store is doing, what came in and how fast."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterfoil.accounts.models import Role
from counterfoil.sales.orders.statistics import Unit
from counterfoil.stores.attention.items import counts, oldest
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.weborders.holds import holds
from counterfoil.web.dashboard.cards import all_stores, charts, store_cards
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.security import role_required

STORES, CHARTS = "stores", "charts"  # the parts that keep themselves up to date
UNITS = ((Unit.DAY, "Days"), (Unit.WEEK, "Weeks"), (Unit.MONTH, "Months"))


@role_required(Role.VIEWER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """All of it; one of its two live parts alone where the page asks for that."""
    integrations = all_stores()
    if is_poll(request, CHARTS):
        return poll_answer(request, _charts(request, integrations), "web/dashboard/charts_live.html")
    stores = _stores(request, integrations)
    if is_poll(request, STORES):
        return poll_answer(request, stores, "web/dashboard/stores_live.html")
    context: dict[str, Any] = {"integrations": integrations, "stores": stores}
    if integrations:
        context["charts"] = _charts(request, integrations)
    return render(request, "web/dashboard/index.html", context)


def _stores(request: HttpRequest, integrations: list[WebIntegration]) -> dict[str, str]:
    attention = counts()
    first = oldest(1)
    context = {
        "cards": store_cards(integrations, attention),
        "oldest": first[0] if first else None,
        "others": attention.total() - 1,
        "holds": holds(),
    }
    return live_part(request, "web/dashboard/stores.html", context)


def _charts(request: HttpRequest, integrations: list[WebIntegration]) -> dict[str, str]:
    unit = next((each for each, _ in UNITS if each.value == request.GET.get("unit")), Unit.DAY)
    source = next((each.code for each in integrations if each.code == request.GET.get("store")), None)
    context = {"charts": charts(integrations, unit, source), "units": UNITS, "integrations": integrations}
    return live_part(request, "web/dashboard/charts.html", context)
