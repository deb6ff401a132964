"""Which carrier a parcel is noted with, when one was proposed and the tracking number has a word in it.

What a person typed stands. Otherwise a number that is one carrier's beyond doubt decides, then what was proposed (by
the order's shipping method, or by the last parcel), and a number that only looks like a carrier's comes last.
"""

import re
from dataclasses import dataclass, replace

from counterfoil.sales.errors import Refused
from counterfoil.sales.shipping.carrier_detection import detect_carrier, number_on_label, says_none
from counterfoil.sales.shipping.carrier_names import carrier_key
from counterfoil.sales.shipping.shipments import Tracking
from counterfoil.sales.shipping.tracking_numbers import comparable, read_tracking_numbers

# The form is UPS's alone, also where a digit was misread and the check digit is wrong.
_LOOKS_LIKE = (("UPS", re.compile(r"1Z[A-Z0-9]{16}")),)


@dataclass(frozen=True, slots=True)
class ProposedCarrier:
    """What stands in the fields before anyone types. `source` says where it comes from: "the shipping method"."""

    carrier: str = ""
    service: str = ""
    source: str = ""


def is_same_carrier(one: str, other: str) -> bool:
    """Whether two names begin with the same carrier: "UPS" and "UPS Ground", "DHL" and "DHL Germany"."""
    first, second = carrier_key(one), carrier_key(other)
    return bool(first and second) and (first.startswith(second) or second.startswith(first))


def choose_carrier(tracking: Tracking, proposed: ProposedCarrier) -> tuple[Tracking, str]:
    """The tracking to note, and a sentence where the number decided; "" where nothing is to be said.

    `tracking` is what was sent: its carrier counts as typed where it is not the proposed one. A service that was
    proposed with another carrier goes with it. Of a label's barcode the number is noted that stands on the label.
    """
    carrier = tracking.carrier.strip()
    number = _first_number(tracking.tracking_number)
    told = _carrier_told(number)
    if comparable(number) == comparable(tracking.tracking_number):  # the only one
        number = number_on_label(number)
        tracking = replace(tracking, tracking_number=number or tracking.tracking_number)
    if says_none(carrier):
        return replace(tracking, carrier=""), ""
    if carrier and carrier != proposed.carrier.strip():
        return tracking, ""
    if not told or (carrier and is_same_carrier(carrier, told)):
        return tracking, ""
    service = "" if tracking.service.strip() == proposed.service.strip() else tracking.service
    came_from = f" (from {proposed.source})" if proposed.source else ""
    instead = f", not {carrier}{came_from}" if carrier else ""
    return replace(tracking, carrier=told, service=service), f"{number} is a {told} number{instead}."


def likely_carrier(tracking: Tracking) -> str:
    """The carrier that the number of a parcel without one may be of; "" where several fit, or none."""
    if tracking.carrier.strip():
        return ""
    found = detect_carrier(_first_number(tracking.tracking_number))
    return found.carriers[0] if found and not found.certain and len(found.carriers) == 1 else ""


def _carrier_told(number: str) -> str:
    found = detect_carrier(number)
    if found and found.certain:
        return found.carriers[0]
    code = comparable(number)
    return next((carrier for carrier, form in _LOOKS_LIKE if form.fullmatch(code)), "")


def _first_number(text: str) -> str:
    """The first number of a field; "" for what is none: that is refused elsewhere, with its reason."""
    try:
        return next(iter(read_tracking_numbers(text)), "")
    except Refused:
        return ""
