"""What became of an order that was seen; there is no sixth outcome."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Imported:
    """A new sales order was made."""


@dataclass(frozen=True, slots=True)
class Updated:
    """The sales order was brought up to date; `conflicts` of its changes wait for a person."""

    changes: int
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class Unchanged:
    """This version was imported already."""


@dataclass(frozen=True, slots=True)
class NotImported:
    """A person is needed first; the three texts are for that person. `unknown_skus`: the products that are missing."""

    code: str
    sentence: str
    next_step: str
    unknown_skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """The order is not to be imported, for this reason."""

    reason: str


Outcome = Imported | Updated | Unchanged | NotImported | Ignored
