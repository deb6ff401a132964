"""The custom fields of a sales order and of its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.models import Role
from counterfoil.sales.custom_fields.definitions import set_field
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import FieldDefinition, FieldScope, OrderLine, SalesOrder
from counterfoil.web.ui.custom_field_inputs import FieldInput, field_inputs
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import current_user, role_required


@dataclass(frozen=True, slots=True)
class Part:
    """The order (`line` is None) or one of its lines, with its inputs."""

    line: OrderLine | None
    inputs: list[FieldInput]


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def fields(request: HttpRequest, number: int) -> HttpResponse:
    """Sets what the merchant keeps of an order besides what every order has."""
    order = get_object_or_404(SalesOrder.objects.select_related("status"), number=number)
    parts = _parts(order, request.POST if request.method == "POST" else None)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            changed = _save(order, parts, by=str(current_user(request)))
        except Refused as no:
            refused = no
        else:
            return redirect_back(request, order_path(order), "Saved." if changed else "Nothing was changed.")
    context = {"order": order, "parts": parts, "refused": refused}
    return render(request, "web/orders/detail/edit_custom_fields.html", context, status=422 if refused else 200)


def _parts(order: SalesOrder, sent: Mapping[str, str] | None) -> list[Part]:
    definitions = list(FieldDefinition.objects.exclude(scope=FieldScope.CLIENT))
    of_order = [each for each in definitions if each.scope == FieldScope.ORDER]
    of_lines = [each for each in definitions if each.scope == FieldScope.LINE]
    lines = order.lines.all() if of_lines else []
    parts = [Part(None, field_inputs(of_order, order.fields, sent))]
    parts += [Part(line, field_inputs(of_lines, line.fields, sent, prefix=f"line-{line.pk}")) for line in lines]
    return [part for part in parts if part.inputs]


def _save(order: SalesOrder, parts: Sequence[Part], *, by: str) -> int:
    """How many values were changed; all of them, or none where one is refused."""
    changed = 0
    with transaction.atomic():
        for part in parts:
            for each in part.inputs:
                if each.is_changed:
                    line = part.line.pk if part.line else None
                    changed += set_field(order.pk, each.field.name, each.value, by=by, line_id=line)
    return changed
