"""Parts of pages that stand on their own: why an order is this client's, custom fields, a store's first orders."""

from typing import Any

from django import template
from django.db.models import QuerySet
from django.template import Context

from counterfoil.intake.fetching.orders import imported_orders
from counterfoil.sales.clients.match_explanation import why_this_client
from counterfoil.sales.custom_fields.definitions import field_rows
from counterfoil.sales.custom_fields.values import value_text
from counterfoil.sales.models import FieldDefinition, FieldScope, OrderLine, OrderStatus, SalesOrder
from counterfoil.stores.models import WebIntegration

register = template.Library()


@register.inclusion_tag("web/orders/detail/match_reason.html", takes_context=True)
def why_client(context: Context, order: SalesOrder) -> dict[str, Any]:
    """Why the order is this client's, who was passed over, and the way to another. One statement at most."""
    return {"order": order, "why": why_this_client(order), "may": context.get("may", {})}


@register.inclusion_tag("web/orders/detail/custom_fields.html", takes_context=True)
def further_fields(context: Context, order: SalesOrder) -> dict[str, Any]:
    """The order's custom fields; nothing where the merchant has defined none. One statement."""
    return {"order": order, "rows": field_rows(FieldScope.ORDER, order.fields), "may": context.get("may", {})}


@register.simple_tag
def line_labels() -> dict[str, str]:
    """What people call each custom field of a line, by its name. One statement."""
    return dict(FieldDefinition.objects.filter(scope=FieldScope.LINE).values_list("name", "label"))


@register.inclusion_tag("web/orders/detail/line_custom_fields.html")
def line_fields(line: OrderLine, labels: dict[str, str]) -> dict[str, Any]:
    """The custom fields of a line that have a value."""
    return {"values": [(label, value_text(line.fields[name])) for name, label in labels.items() if name in line.fields]}


@register.inclusion_tag("web/integrations/wizard/first_orders.html", takes_context=True)
def first_orders(context: Context, integration: WebIntegration) -> dict[str, Any]:
    """How many of a store's first orders are in, where only these are imported. One statement then."""
    limited = integration.first_orders is not None
    return {
        "integration": integration,
        "taken": imported_orders(integration) if limited else 0,
        "may": context.get("may", {}),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def open_statuses() -> QuerySet[OrderStatus]:
    """The order statuses that orders are put into. One statement."""
    return OrderStatus.objects.filter(retired=False)
