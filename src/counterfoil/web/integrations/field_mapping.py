"""The field mapping of a store: which expression fills a custom field, tried on its orders before it is saved."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.conversion.mapping_editor import (
    LONGEST,
    Trial,
    Tried,
    failing_orders,
    map_field,
    try_expression,
    unmap_field,
)
from counterfoil.intake.expressions.order_view import view_order
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import FieldDefinition, FieldScope
from counterfoil.stores.models import FieldMapping, WebIntegration, WebOrder
from counterfoil.web.integrations.expression_examples import examples_for
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in, text_in
from counterfoil.web.ui.security import current_user, role_required

LONGEST_DOCUMENT = 100_000  # characters shown
TRIED_AT_ONCE = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class Attempt:
    """An expression tried on one order; `trouble` where it could not even be tried."""

    import_id: str
    tried: Sequence[Tried] = ()
    trouble: str = ""


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """Every custom field, and what fills it from this store's orders."""
    integration = get_object_or_404(WebIntegration, pk=pk)
    mapped = {row.field_id: row for row in FieldMapping.objects.filter(integration=integration)}
    found = FieldDefinition.objects.filter(Q(retired=False) | Q(pk__in=mapped))
    fields = sorted(found, key=lambda field: list(FieldScope).index(FieldScope(field.scope)))
    context = {"integration": integration, "rows": [(field, mapped.get(field.pk)) for field in fields]}
    return render(request, "web/setup/custom_fields/mapping.html", context)


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int, field_pk: int) -> HttpResponse:
    """Enter an expression, try it, see which orders it would fail on, save it or take it away."""
    integration = get_object_or_404(WebIntegration, pk=pk)
    field = get_object_or_404(FieldDefinition, pk=field_pk)
    if request.method != "POST":
        return _page(request, integration, field)
    try:
        if "save" in request.POST:
            required = bool(request.POST.get("required"))
            map_field(integration, field, _expression(request), required=required, by=str(current_user(request)))
            audit(request, f"Changed the mapping of the field “{field}”.", about=integration.code)
            return redirect_back(
                request, _mapping_path(integration), f"“{field}” will be filled from the next import on."
            )
        if "remove" in request.POST:
            unmap_field(integration, field, by=str(current_user(request)))
            audit(request, f"Removed the mapping of the field “{field}”.", about=integration.code)
            return redirect_back(request, _mapping_path(integration), f"“{field}” is no longer filled.")
    except Refused as refused:
        return _page(request, integration, field, refused=refused)
    return _page(request, integration, field, trial=_trial(request, integration, field))


def _mapping_path(integration: WebIntegration) -> str:
    return reverse("integration-fields", args=[integration.pk])


def _expression(request: HttpRequest) -> str:
    return text_in(request.POST, "expression", LONGEST + 1)


def _trial(request: HttpRequest, integration: WebIntegration, field: FieldDefinition) -> Trial | None:
    """Which of the last orders it would fail on, if someone asked."""
    if "check" not in request.POST or not _expression(request):
        return None
    scope, required = FieldScope(field.scope), bool(request.POST.get("required"))
    return failing_orders(
        integration, _expression(request), scope, field=field, required=required, seconds=TRIED_AT_ONCE
    )


def _page(
    request: HttpRequest,
    integration: WebIntegration,
    field: FieldDefinition,
    *,
    refused: Refused | None = None,
    trial: Trial | None = None,
) -> HttpResponse:
    mapping = FieldMapping.objects.filter(integration=integration, field=field).first()
    posted = request.method == "POST"
    expression = _expression(request) if posted else (mapping.expression if mapping else "")
    order = _order(integration, text_in(request.POST, "order", 60))
    context: dict[str, Any] = {
        "integration": integration,
        "field": field,
        "mapping": mapping,
        "expression": expression,
        "required": bool(request.POST.get("required")) if posted else bool(mapping and mapping.required),
        "order": order,
        "asked": text_in(request.POST, "order", 60),
        "attempt": _attempt(order, expression, field) if order and expression and not refused else None,
        "trial": trial,
        "document": _document(order),
        "examples": examples_for(field),
        "refused": refused,
    }
    return render(request, "web/setup/custom_fields/edit.html", context, status=422 if refused else 200)


def _order(integration: WebIntegration, asked: str) -> WebOrder | None:
    """The order that was asked for by its number or import ID; without a wish the latest that was read."""
    orders = WebOrder.objects.filter(integration=integration, payload__isnull=False).select_related("payload")
    if asked:
        number = key_in({"order": asked.removeprefix("#")}, "order")
        orders = orders.filter(Q(import_id=asked) | Q(bigcommerce_order_id=number))
    return orders.order_by("-bigcommerce_order_id").first()


def _attempt(order: WebOrder, expression: str, field: FieldDefinition) -> Attempt:
    try:
        return Attempt(order.import_id, try_expression(order, expression, FieldScope(field.scope), field=field))
    except NeedsPerson as trouble:
        return Attempt(order.import_id, trouble=trouble.sentence)


def _document(order: WebOrder | None) -> str:
    """The order as an expression sees it."""
    if order is None or order.payload is None:
        return ""
    try:
        view = view_order(*order.payload.parts)
    except NeedsPerson as trouble:
        return trouble.sentence
    seen = {"order": view.order, "customer": view.customer, "lines": view.lines, "coupons": view.coupons}
    return json.dumps(seen, indent=2, ensure_ascii=False)[:LONGEST_DOCUMENT]
