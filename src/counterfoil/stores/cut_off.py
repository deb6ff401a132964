"""The date before which orders are left alone, as a moment in time."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from counterfoil.stores.models import WebIntegration


def cut_off(integration: WebIntegration) -> datetime | None:
    """Midnight of *do not import orders created before* in the store's time zone, in UTC; None without such a date."""
    if integration.not_before is None:
        return None
    try:
        zone = ZoneInfo(integration.state.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a region, as in "America"
        zone = ZoneInfo("UTC")
    return datetime.combine(integration.not_before, time.min, tzinfo=zone).astimezone(UTC)
