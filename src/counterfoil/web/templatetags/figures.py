"""How the dashboard shows how long something has lasted."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince

register = template.Library()


@register.filter
def age(since: datetime | None) -> str:
    """In one unit, as a person says it: 3 days; it changes once a minute at most."""
    if since is None or timezone.now() - since < timedelta(minutes=1):
        return "less than a minute"
    return timesince(since, depth=1)
