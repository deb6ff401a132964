"""One entry of a timeline: of an order, or of a shipment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from counterfoil.sales.models import OrderChange


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of an order's history. `changes`: the fields that changed together, where there are several."""

    at: datetime
    what: str
    tone: str
    text: str
    by: str = ""
    before: str | None = None
    after: str | None = None
    why: str = ""
    digest: str = ""
    changes: Sequence[OrderChange] = ()
