"""What the last poll of a store's orders showed."""

from dataclasses import dataclass
from datetime import datetime

from counterfoil.bigcommerce import OrderHeader


@dataclass(frozen=True, slots=True)
class ChangedOrders:
    """What a light list showed: `known` orders of ours, and how it showed the `unknown`.

    `stale`: those of the known that it showed as they were before what we know of them.
    """

    at: datetime
    known: frozenset[int]
    unknown: tuple[OrderHeader, ...]
    stale: frozenset[int] = frozenset()
