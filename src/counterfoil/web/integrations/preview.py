"""The import preview as a page may ask for it: the first orders, for some seconds, and what stopped it before."""

import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.intake.importing.preview import WORDS, Previewed, preview
from counterfoil.stores.db.encryption import SecretUnreadable
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.sync.session import LOCK_LOST, LockLost, StoreBusy, open_session

SECONDS = 20.0
LOCK_WAIT = 3.0
QUOTA_WAIT = 5.0
FIRST, MOST = 100, 500
BUSY = "The store is busy right now: {holder}. Try again in a minute."
TIME_IS_UP = "Stopped after {seconds:.0f} seconds and {number} orders: the rest weren’t checked."


@dataclass(frozen=True, slots=True)
class Count:
    """How many orders would fare alike."""

    will: str
    words: str
    number: int


@dataclass
class PreviewResult:
    """What would become of the first orders; `stopped` says why there are no more of them, if not all were looked at.

    `trouble`: the store could not be used.
    """

    rows: list[Previewed] = field(default_factory=list)
    stopped: str = ""
    trouble: str = ""
    next_step: str = ""
    seconds: float = 0

    @property
    def counts(self) -> list[Count]:
        """The summary, in the order of the words."""
        counted = Counter(row.will for row in self.rows)
        return [Count(will, words, counted[will]) for will, words in WORDS.items() if counted[will]]


def preview_orders(integration: WebIntegration, *, first: int = FIRST) -> PreviewResult:
    """Looks at the first orders that wait in the store, for SECONDS at most. Nothing is written anywhere."""
    seen, began = PreviewResult(), time.monotonic()
    try:
        with open_session(integration, seconds=SECONDS, lock_wait=LOCK_WAIT, quota_wait=QUOTA_WAIT) as session:
            for row in islice(preview(session), first):
                seen.rows.append(row)
            if session.is_over and len(seen.rows) < first:
                seen.stopped = TIME_IS_UP.format(seconds=SECONDS, number=len(seen.rows))
    except StoreBusy as busy:
        seen.trouble = BUSY.format(holder=busy.holder)
    except (StoreTrouble, TryAgain) as trouble:
        seen.trouble, seen.next_step = trouble.sentence, getattr(trouble, "next_step", "Try again in a minute.")
    except SecretUnreadable as unreadable:
        seen.trouble, seen.next_step = str(unreadable), "Enter the access token again in the store setup."
    except LockLost:
        seen.trouble = LOCK_LOST
    seen.seconds = time.monotonic() - began
    return seen
