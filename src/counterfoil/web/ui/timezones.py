"""The time zone of who reads a page: what "today" is to them."""

from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest

COOKIE = "zone"
LONGEST_NAME = 64


def zone_of(request: HttpRequest | None) -> tzinfo:
    """As moments.js told it with a cookie; UTC where scripts are off."""
    name = request.COOKIES.get(COOKIE, "") if request else ""
    try:
        return ZoneInfo(name) if 0 < len(name) <= LONGEST_NAME else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def beginning_of(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day there."""
    return datetime.combine(day, time.min, zone)
