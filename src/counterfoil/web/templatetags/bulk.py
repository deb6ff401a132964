"""What is done with many sales orders at once."""

from django import template
from django.db.models import QuerySet

from counterfoil.sales.models import OrderStatus

register = template.Library()


@register.simple_tag
def open_statuses() -> QuerySet[OrderStatus]:
    """The order statuses that orders are put into. One statement."""
    return OrderStatus.objects.filter(retired=False)
