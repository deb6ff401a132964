"""A web integration as `store show` prints it for people: sentences and tables."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from counterfoil.platform.cli.json_output import Shape
from counterfoil.sales.text.plural import count_of
from counterfoil.stores.integrations.webhooks import HooksShown
from counterfoil.stores.models import WebIntegration

SETTINGS = {
    "code": "Import source code",
    "description": "Store description",
    "api_path": "API path",
    "client_id": "Client ID",
    "client_secret": "Client secret",
    "access_token": "Access token",
    "new_statuses": "New order status",
    "downloaded_status": "Downloaded order status",
    "error_status": "Import error status",
    "not_before": "Do not import orders created before",
    "first_orders": "Take in only the first orders",
    "unknown_product": "Product that is not in the list",
    "push_status": "Push order status updates",
    "poll_seconds": "Ask the store every",
    "answer_seconds": "Wait for its answers for",
    "accept_cents": "Accept differences of up to",
    "match_by_email": "Match clients by e-mail",
    "match_by_phone": "Match clients by phone and last name",
    "match_by_address": "Match clients by bill-to address and last name",
    "match_across_stores": "Match clients of other stores by e-mail",
    "guest_client_id": "One client for guests",
    "staff_notes": "Write why an order was not imported into its staff notes",
    "take_over_shipments": "Take over shipments made in the store",
    "close_unshippable": "Close orders that have nothing to ship",
    "reconcile_nightly": "Compare with the store every night",
    "paused": "Paused",
}
STATUSES = ("new_statuses", "downloaded_status", "error_status")
UNITS = {
    "poll_seconds": ("second", "seconds"),
    "answer_seconds": ("second", "seconds"),
    "accept_cents": ("cent", "cents"),
}
STATE = {
    "store_name": "Name in BigCommerce",
    "time_zone": "Time zone",
    "condition": "Condition",
    "visited_at": "Last visit",
}
NOTHING = "–"


def setting_rows(integration: WebIntegration, shape: Shape) -> list[Shape]:
    """The settings and how the store is doing, a row each: `name`, `value`."""
    rows = [{"name": name, "value": _value(integration, key, shape[key])} for key, name in SETTINGS.items()]
    return rows + [{"name": name, "value": _plain(shape[key])} for key, name in STATE.items()]


def mapping_rows(integration: WebIntegration, shape: Shape) -> list[Shape]:
    """The order status mapping, a row each: `status`, `there`."""
    return [{"status": name, "there": _status(integration, number)} for name, number in shape["map"].items()]


def count_rows(integration: WebIntegration, shape: Shape) -> list[Shape]:
    """How many orders stand in each status of the store, a row each: `there`, `orders`."""
    return [
        {"there": _status(integration, int(number)), "orders": orders}
        for number, orders in sorted(shape["counts"].items(), key=lambda each: int(each[0]))
        if orders
    ]


def webhook_sentences(hooks: HooksShown) -> Iterator[str]:
    """How the store's own messages are doing."""
    yield f"Webhooks: {hooks.word.lower()}. {hooks.sentence}"
    if hooks.events:
        last = f", the last one on {_plain(hooks.last_event_at)}" if hooks.last_event_at else ""
        yield f"{count_of(hooks.events, 'event')} came{last}."
    for reason, count in hooks.refused:
        yield f"{count_of(count, 'message')} {reason} {'was' if count == 1 else 'were'} refused."


def _value(integration: WebIntegration, key: str, value: Any) -> str:
    if key in STATUSES:
        numbers = value if isinstance(value, list) else [value]
        return ", ".join(_status(integration, number) for number in numbers if number is not None) or NOTHING
    if key in UNITS:
        return count_of(value, *UNITS[key])
    if key == "unknown_product":
        return integration.get_unknown_product_display()
    return _plain(value)


def _status(integration: WebIntegration, number: int) -> str:
    """ "Awaiting Shipment (9)", in the merchant's own words."""
    return f"{integration.status_text(number)} ({number})"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    return NOTHING if value in (None, "") else str(value)
