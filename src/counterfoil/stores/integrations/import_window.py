"""A store's time zone, and the date before which orders are left alone, as a moment in time."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from counterfoil.stores.models import WebIntegration


def cut_off(integration: WebIntegration) -> datetime | None:
    """Midnight of *do not import orders created before* in the store's time zone, in UTC; None without such a date."""
    if integration.not_before is None:
        return None
    return datetime.combine(integration.not_before, time.min, tzinfo=zone_of(integration)).astimezone(UTC)


def zone_of(integration: WebIntegration) -> ZoneInfo:
    """The store's time zone; UTC where what the store says is none."""
    try:
        return ZoneInfo(integration.state.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a region, as in "America"
        return ZoneInfo("UTC")
