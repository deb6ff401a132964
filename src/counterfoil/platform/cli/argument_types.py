"""Parcels as they are written on the command line: `carrier=ups,tracking=1Z…,MUG=2`."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from counterfoil.platform.argument_types import whole_number
from counterfoil.platform.cli.base_command import UsageError
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Parcel
from counterfoil.sales.shipping.csv_parcels import ALL, Items, SkuParcel
from counterfoil.sales.shipping.shipments import Tracking
from counterfoil.sales.shipping.used_numbers import NumberUsed
from counterfoil.storable import LARGEST_QUANTITY, number_of
from counterfoil.stores.models import WebIntegration

BOX = "box"
ALLOW_USED = "Allow a tracking number another parcel already has."
_KEYS = {
    "carrier": "carrier",
    "service": "service",
    "tracking": "tracking_number",
    "tracking_number": "tracking_number",
    "tracking-link": "tracking_link",
    "tracking_link": "tracking_link",
}


@contextmanager
def allowed_by_flag() -> Iterator[None]:
    """Names the flag where a tracking number is used already."""
    try:
        yield
    except NumberUsed as used:
        raise Refused(used.sentence, "If it’s right anyway, add --allow-used-numbers.") from used


def parcels_asked(options: dict[str, Any]) -> list[SkuParcel]:
    """The parcels that the flags of `ship` ask for; raises UsageError for flags that contradict each other."""
    whole = Tracking(*(options[name] or "" for name in ("carrier", "service", "tracking", "tracking_link")))
    if not options["parcel"]:
        return [SkuParcel(whole, _items(options["line"] or [], "--line"))]
    if options["line"] or options["tracking"] or options["tracking_link"]:
        raise UsageError("With --parcel, give each parcel its own tracking and items.")
    return [_parcel(text, whole) for text in options["parcel"]]


def _parcel(text: str, defaults: Tracking) -> SkuParcel:
    values = {"carrier": defaults.carrier, "service": defaults.service}
    rest: list[str] = []
    for part in next(csv.reader([text], skipinitialspace=True)):
        key, equals, value = part.partition("=")
        if equals and key.strip().lower() in _KEYS:
            values[_KEYS[key.strip().lower()]] = value.strip()
        elif part.strip():
            rest.append(part.strip())
    tracking = Tracking(**values)
    if [part.lower() for part in rest] == [BOX]:
        return SkuParcel(tracking, {})
    return SkuParcel(tracking, _items(rest, f"--parcel {text}"))


def _items(pairs: Sequence[str], flag: str) -> Items:
    """`MUG=2` → two mugs, `MUG` → all that is open of it; none at all → all that is open."""
    items: Items = {}
    for pair in pairs:
        sku, equals, quantity = pair.rpartition("=")
        if not equals:
            sku, quantity = pair, ""
        number = number_of(quantity.strip(), LARGEST_QUANTITY) if equals else None
        if not sku.strip() or (equals and number is None):
            raise UsageError(f"{flag}: “{pair}” isn’t SKU=QUANTITY.")
        if sku.strip().casefold() in items:
            raise UsageError(f"{flag}: {sku.strip()} is listed twice.")
        items[sku.strip().casefold()] = number
    return items or {ALL: None}


parcel_number = whole_number(1, 2**53)


def find_parcel(number: int) -> Parcel:
    """The parcel, its shipment and order loaded along; raises UsageError when there is none."""
    parcel = Parcel.objects.select_related("shipment__order__status").filter(pk=number).first()
    if parcel is None:
        raise UsageError(f"There’s no parcel {number}. “counterfoil order IMPORT_ID” shows an order's parcels.")
    return parcel


def store_called(code: str) -> WebIntegration:
    """The web integration with this import source code, with its state; raises UsageError when there is none."""
    integration = WebIntegration.objects.select_related("state").filter(code=code).first()
    if integration is None:
        raise UsageError(f"There’s no web integration {code}. “counterfoil store list” shows them.")
    return integration


def stores_meant(code: str | None) -> list[WebIntegration]:
    """The one called so; without a code all there are, with their states. Raises UsageError."""
    integrations = WebIntegration.objects.select_related("state")
    if not code:
        return list(integrations)
    found = list(integrations.filter(code=code))
    if not found:
        raise UsageError(f"There’s no web integration {code}.")
    return found


def store_meant(code: str | None) -> WebIntegration:
    """The one called so; without a code the only one there is. Raises UsageError."""
    if code is not None:
        return store_called(code)
    codes = list(WebIntegration.objects.values_list("code", flat=True)[:2])
    if len(codes) != 1:
        raise UsageError("Say which store: --store CODE. “counterfoil store list” shows them.")
    return store_called(codes[0])
