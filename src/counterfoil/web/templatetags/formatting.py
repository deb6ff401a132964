"""How the templates show money, moments and states: see `web/ui/formatting.py`."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince

from counterfoil.web.ui import formatting, status_colors

register = template.Library()

register.filter("order_status_tone", status_colors.order_status_tone)
register.filter("store_status_tone", status_colors.store_status_tone)
register.filter("condition_tone", status_colors.condition_tone)
register.filter("log_tone", status_colors.log_tone)
register.filter("update_tone", status_colors.update_tone)
register.filter(formatting.money)
register.filter(formatting.is_zero)
register.filter(formatting.field_name)
register.filter(formatting.with_code)
register.simple_tag(formatting.money_in)
register.simple_tag(formatting.moment)
register.simple_tag(formatting.part)
register.simple_tag(formatting.sold_as)
register.simple_tag(formatting.order_status)
register.simple_tag(formatting.state)


@register.filter
def age(since: datetime | None) -> str:
    """In one unit, as a person says it: 3 days; it changes once a minute at most."""
    if since is None or timezone.now() - since < timedelta(minutes=1):
        return "less than a minute"
    return timesince(since, depth=1)
