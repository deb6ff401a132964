"""A web integration as `store show` prints it for people: sentences and tables."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from counterfoil.sales.text.plural import count_of
from counterfoil.stores.integrations.option_kinds import NOTHING, status_with_number
from counterfoil.stores.integrations.options import OPTIONS
from counterfoil.stores.integrations.webhooks import HooksShown
from counterfoil.stores.json_output import Shape
from counterfoil.stores.models import WebIntegration

STATE = {
    "store_name": "Name in BigCommerce",
    "time_zone": "Time zone",
    "condition": "Condition",
    "visited_at": "Last sync",
}


def setting_rows(integration: WebIntegration, shape: Shape) -> list[Shape]:
    """The settings and how the store is doing, a row each: `name`, `value`."""
    rows = [{"name": option.label, "value": option.text(integration)} for option in OPTIONS]
    return rows + [{"name": name, "value": _plain(shape[key])} for key, name in STATE.items()]


def mapping_rows(integration: WebIntegration, shape: Shape) -> list[Shape]:
    """The order status mapping, a row each: `status`, `there`."""
    return [{"status": name, "there": status_with_number(integration, number)} for name, number in shape["map"].items()]


def count_rows(integration: WebIntegration, shape: Shape) -> list[Shape]:
    """How many orders stand in each status of the store, a row each: `there`, `orders`."""
    return [
        {"there": status_with_number(integration, int(number)), "orders": orders}
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


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    return NOTHING if value in (None, "") else str(value)
