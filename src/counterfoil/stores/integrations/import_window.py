"""What a store says of itself: its time zone, for the date before which orders are left alone, its unit of weight."""

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.timezone import now

from counterfoil.bigcommerce import StoreInformation, StoreTrouble, TryAgain
from counterfoil.bigcommerce.client import READ_INFORMATION, StoreApi
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, StoreState, WebIntegration

ASK_EVERY = timedelta(hours=1)
LARGEST_OFFSET = 15 * 3600  # no place on earth is further from UTC
NOT_ASKED = StoreTrouble(
    "time_zone",
    "The store's time zone isn’t known yet, and the start date for imports depends on it.",
    "It’s read on the next sync.",
)
_FIXED = re.compile(r"UTC([+-])(\d\d):(\d\d)")


def cut_off(integration: WebIntegration) -> datetime | None:
    """Midnight of *do not import orders created before* in the store's time zone, in UTC; None without such a date.

    Raises StoreTrouble where the time zone is not known: the day begins somewhere else in each.
    """
    if integration.not_before is None:
        return None
    zone = known_zone(integration)
    if zone is None:
        raise _unknown(integration)
    return datetime.combine(integration.not_before, time.min, tzinfo=zone).astimezone(UTC)


def is_before_cut_off(integration: WebIntegration, created: datetime) -> bool:
    """Whether an order that was placed at this moment is left alone. Raises StoreTrouble as `cut_off` does."""
    since = cut_off(integration)
    return since is not None and created < since


def before_cut_off(integration: WebIntegration, created: datetime) -> str:
    """Why such an order is left alone."""
    day = created.astimezone(zone_of(integration)).date()
    return f"It was placed on {day} in the store's time zone; orders are imported from {integration.not_before} on."


def known_zone(integration: WebIntegration) -> tzinfo | None:
    """The store's time zone as the store said it; None where it was never read, or names no zone."""
    state = integration.state
    return None if state.zone_asked_at is None else _zone(state.time_zone)


def zone_of(integration: WebIntegration) -> tzinfo:
    """The store's time zone, for what is shown; UTC where it is not known."""
    return _zone(integration.state.time_zone) or UTC


def is_zone(name: str) -> bool:
    """Whether this names a time zone."""
    return _zone(name) is not None


def _zone(name: str) -> tzinfo | None:
    fixed = _FIXED.fullmatch(name)
    if fixed is not None:
        ahead = timedelta(hours=int(fixed[2]), minutes=int(fixed[3]))
        return timezone(ahead if fixed[1] == "+" else -ahead)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a region, as in "America"
        return None


def learn_zone(integration: WebIntegration, api: StoreApi) -> None:
    """Reads the store's time zone where a day begins by it: before the first import, and every hour from then on.

    Raises StoreTrouble where it is not known and cannot be: nothing may be imported then. Raises TryAgain.
    """
    if integration.not_before is None:
        return
    state = integration.state
    is_known = known_zone(integration) is not None
    if is_known and state.zone_asked_at is not None and now() - state.zone_asked_at < ASK_EVERY:
        return
    try:
        keep_store_information(integration, api.store_information())
    except (StoreTrouble, TryAgain) as trouble:
        if is_known:
            return  # what was said before holds; a store in trouble says so elsewhere
        if isinstance(trouble, StoreTrouble) and trouble.code == "permission":
            raise _forbidden(trouble) from None
        raise
    if known_zone(integration) is None:
        raise _unknown(integration)


def learn_weight_unit(integration: WebIntegration, api: StoreApi) -> None:
    """Reads the unit of the store's weights before orders are imported, every hour; no order waits for it.

    A merchant may change it, and no order says which unit its weights are in.
    """
    state = integration.state
    if state.weight_unit_asked_at is not None and now() - state.weight_unit_asked_at < ASK_EVERY:
        return
    try:
        keep_store_information(integration, api.store_information())
    except StoreTrouble:  # without the permission, or nothing that can be read: asked again in an hour
        state.weight_unit, state.weight_unit_asked_at = "", now()
        state.save(update_fields=["weight_unit", "weight_unit_asked_at"])
    except TryAgain:
        return


def keep_store_information(integration: WebIntegration, store: StoreInformation) -> None:
    """Notes who the store is. In another time zone the day begins at another moment: the orders are listed anew."""
    state = integration.state
    before, state.time_zone = known_zone(integration), zone_name(store)
    state.store_name, state.control_panel, state.zone_asked_at = store.name, store.control_panel_base_url, now()
    state.country_code = store.country_code.strip().upper()
    state.weight_unit, state.weight_unit_asked_at = store.weight_unit, state.zone_asked_at
    fields = ["store_name", "time_zone", "control_panel", "country_code", "zone_asked_at"]
    fields += ["weight_unit", "weight_unit_asked_at"]
    if before is not None and before != known_zone(integration) and integration.not_before is not None:
        state.listed_at = state.list_began_at = state.before_cut_off_at = None
        fields += ["listed_at", "list_began_at", "before_cut_off_at"]
        log(integration, LogKind.SETTINGS, f"The store's time zone is {state.time_zone or 'unknown'} now.")
    StoreState.objects.filter(pk=state.pk).update(**{name: getattr(state, name) for name in fields})


def zone_name(store: StoreInformation) -> str:
    """The name of the store's time zone; where it is none that is known, its offset from UTC if it has only one.

    The vendor names zones as the time zone database does ("America/Chicago"), together with two offsets; which of
    two holds on a day, only a name tells.
    """
    zone = store.timezone
    if zone is None:
        return ""
    name = zone.name.strip()
    if _zone(name) is not None or zone.raw_offset is None:
        return name
    saves_daylight = zone.dst_correction and zone.dst_offset not in (None, zone.raw_offset)
    if saves_daylight or abs(zone.raw_offset) > LARGEST_OFFSET:
        return name
    hours, minutes = divmod(abs(zone.raw_offset) // 60, 60)
    return f"UTC{'-' if zone.raw_offset < 0 else '+'}{hours:02}:{minutes:02}"


def _forbidden(trouble: StoreTrouble) -> StoreTrouble:
    return StoreTrouble(
        "time_zone",
        f"No orders are imported: the API account lacks the permission “{READ_INFORMATION}”. It’s needed for the "
        "store's time zone, which the start date for imports depends on.",
        "Create an API account with this permission in BigCommerce and enter its access token here, or remove the "
        "date.",
        store_words=trouble.store_words,
    )


def _unknown(integration: WebIntegration) -> StoreTrouble:
    if integration.state.zone_asked_at is None:
        return NOT_ASKED
    name = integration.state.time_zone
    unknown = f"“{name}” as the store’s time zone, which Counterfoil doesn’t recognize"
    given = unknown if name else "no time zone for the store"
    return StoreTrouble(
        "time_zone",
        f"No orders are imported: BigCommerce returns {given}, and the start date for imports depends on it.",
        "Choose the store's time zone in BigCommerce's settings, or remove the date.",
    )
