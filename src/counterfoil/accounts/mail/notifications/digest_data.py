"""What a digest tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from counterfoil.accounts.mail.notifications.events import Event
from counterfoil.stores.integrations.statistics import StoreFigures
from counterfoil.stores.integrations.status import StoreStatus


@dataclass(frozen=True, slots=True)
class StoreDigest:
    """A store in a digest: what came in and went out in its days, and how it stands now."""

    condition: StoreStatus
    figures: StoreFigures
    imported: int
    shipped: int

    @property
    def code(self) -> str:
        """Its import source code."""
        return self.condition.integration.code


@dataclass(frozen=True, slots=True)
class Digest:
    """All that a digest tells, of the days `first` to `last`."""

    first: date
    last: date
    stores: Sequence[StoreDigest]
    needs: Sequence[Event]
