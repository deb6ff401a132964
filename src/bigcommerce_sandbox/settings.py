"""What can be set while the store runs, mostly where the facts about the real store contradict each other."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bigcommerce_sandbox.orders.statuses import STATUSES

ALL_SCOPES = (
    "store_v2_orders",
    "store_v2_transactions",
    "store_v2_information",
    "store_v2_products",
    "store_v2_customers",
)
FILTERS_TO_IGNORE = (
    "min_id",
    "max_id",
    "min_date_created",
    "max_date_created",
    "min_date_modified",
    "max_date_modified",
    "status_id",
    "sort",
    "page",
)
QUOTAS = {"standard": 150, "plus": 150, "pro": 450, "enterprise": 100_000}

DEFAULTS: dict[str, Any] = {
    "store_name": "Sandbox store",
    "access_token": "sandbox-token",
    "client_id": "sandbox-client",
    "client_secret": "sandbox-client-secret",  # signs webhooks
    "scopes": list(ALL_SCOPES),
    "plan": "standard",
    "quota": None,  # requests a window; null: as the plan says
    "window_seconds": 30,
    "noise_per_second": 0.0,  # requests by other apps, which share the quota
    "clock_speed": 1.0,
    "clock_offset_seconds": 0.0,
    "time_zone": "America/Chicago",
    "weight_units": "Ounces",  # the name alone: no weight is converted
    "custom_labels": {},  # {"11": "To pack"}
    "status_after_shipment": "moves",
    "consignments_form": "honours_parameter",
    "errors_form": "v2",
    "limit_over_max": "clamp",
    "most_of_a_page": None,  # rows of V2 lists, whatever limit asks for; null: 250
    "archived_orders": "listed",
    "null_fields": False,
    "empty_line_items": False,
    "allow_http_hooks": False,  # also http, and any port; the real store takes neither
    "hooks_signed": True,  # not documented: whether those of every account are
    "hook_retry_timestamp": "fresh",  # not documented either
    "hook_timeout_seconds": 10.0,  # real ones
    "hook_live_after_seconds": 0.0,  # the real store takes up to a minute
    "status_in_events": True,  # two pages of the vendor contradict each other
    "surprise_seconds": 0.0,  # a new order by itself every so often; 0: never
    "pricing": "inclusive",  # whether prices are with tax; mixed: each made order as it comes
    "order_mix": "usual",  # wide: several rates, dinars, discounts upon discounts … as well
    "odd_forms": 0.0,  # the share of made orders in the odd forms of real ones (facts, section 11)
    "tenders": "before",  # the total before store credit and gift certificates, or after them
    "products_page": 250,  # the most lines on a page of /products; some stores give 50, whatever is asked for
    "ignored_filters": [],  # such as ["min_date_created"], which not every store heeds
    "list_lag_seconds": 0.0,  # lists and counts show orders as they were so many store seconds ago
    "list_lag_uneven": False,  # each order by itself, by its number: none of the lag, a part of it, or all
    "date_header": True,  # the store's own clock, on every answer
}

CHOICES = {
    "plan": tuple(QUOTAS),
    "status_after_shipment": ("moves", "stays"),
    "consignments_form": ("honours_parameter", "always_array"),
    "errors_form": ("v2", "v3"),
    "weight_units": ("LBS", "Ounces", "KGS", "Grams", "Tonnes"),  # of the vendor's units of measurement
    "limit_over_max": ("clamp", "413"),
    "archived_orders": ("listed", "left_out"),
    "hook_retry_timestamp": ("fresh", "first"),
    "pricing": ("inclusive", "exclusive", "mixed"),
    "order_mix": ("usual", "wide"),
    "tenders": ("before", "after", "mixed"),
}


class WrongSetting(Exception):
    """A setting that does not exist or does not take this value; the text says which and what it takes."""


def merged(present: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The settings with the changes taken in. Raises WrongSetting, and then nothing has changed."""
    for name, value in changes.items():
        if name not in DEFAULTS:
            raise WrongSetting(f"There is no setting “{name}”. There are: {', '.join(sorted(DEFAULTS))}.")
        _check(name, value)
    return {**present, **changes}


def _check(name: str, value: Any) -> None:
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise WrongSetting(f"“{name}” is one of: {', '.join(CHOICES[name])}.")
        return
    takes, accepts = _TAKES[name]
    if not accepts(value):
        raise WrongSetting(f"“{name}” takes {takes}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_most(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _is_zone(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError):
        return False


def _are_labels(value: Any) -> bool:
    known = {str(status) for status in STATUSES}
    return isinstance(value, dict) and all(key in known and isinstance(label, str) for key, label in value.items())


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _is_page(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 250


def _are_filters(value: Any) -> bool:
    return isinstance(value, list) and all(name in FILTERS_TO_IGNORE for name in value)


def _is_quota(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


_Taking = tuple[str, Callable[[Any], bool]]
_TEXT: _Taking = ("a text", lambda value: isinstance(value, str))
_SOME_TEXT: _Taking = ("a text", lambda value: isinstance(value, str) and bool(value))
_YES_NO: _Taking = ("true or false", lambda value: isinstance(value, bool))
_NOT_NEGATIVE: _Taking = ("a number, not below zero", lambda value: _is_number(value) and value >= 0)
_POSITIVE: _Taking = ("a number above zero", lambda value: _is_number(value) and value > 0)
_TAKES: dict[str, _Taking] = {
    "store_name": _TEXT,
    "access_token": _SOME_TEXT,
    "client_id": _SOME_TEXT,
    "client_secret": _SOME_TEXT,
    "scopes": ("a list of texts", _are_texts),
    "most_of_a_page": ("a whole number above zero or null", _is_most),
    "quota": ("a whole number or null", _is_quota),
    "window_seconds": _POSITIVE,
    "noise_per_second": _NOT_NEGATIVE,
    "clock_speed": _POSITIVE,
    "clock_offset_seconds": ("a number of seconds", _is_number),
    "time_zone": ("a time zone such as Europe/Berlin", _is_zone),
    "custom_labels": ('labels by status number, such as {"11": "To pack"}', _are_labels),
    "null_fields": _YES_NO,
    "empty_line_items": _YES_NO,
    "allow_http_hooks": _YES_NO,
    "hooks_signed": _YES_NO,
    "hook_timeout_seconds": _POSITIVE,
    "hook_live_after_seconds": _NOT_NEGATIVE,
    "status_in_events": _YES_NO,
    "surprise_seconds": _NOT_NEGATIVE,
    "odd_forms": ("a share from 0 to 1", _is_share),
    "products_page": ("a whole number from 1 to 250", _is_page),
    "ignored_filters": (f"a list of some of: {', '.join(FILTERS_TO_IGNORE)}", _are_filters),
    "list_lag_seconds": _NOT_NEGATIVE,
    "list_lag_uneven": _YES_NO,
    "date_header": _YES_NO,
}
