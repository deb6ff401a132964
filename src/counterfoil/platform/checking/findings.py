"""What the checker finds."""

from collections import Counter
from dataclasses import dataclass, field

PROMISES = {
    "I1": "One sales order for each imported order",
    "I2": "Every order seen is imported, not imported with a reason, or ignored with a reason",
    "I3": "Every order has its lines, and its parts add up to the store's total",
    "I4": "Each key belongs to one client, and no contact is there twice",
    "I5": "The store's status is what was sent last, or a later change that was seen",
    "I6": "Each processed parcel is one shipment in the store",
    "I7": "No job runs on after its worker died",
    "I8": "Importing again without a change writes nothing",
    "I9": "No secret is stored where people can read it",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that breaks a promise. `import_id` and `store` are "" where it concerns no order or no store."""

    promise: str
    sentence: str
    next_step: str
    store: str = ""
    import_id: str = ""


@dataclass
class Report:
    """What was looked at and found; `under_way`: what had not come to rest, by promise."""

    findings: list[Finding] = field(default_factory=list)
    looked_at: Counter[str] = field(default_factory=Counter)
    under_way: Counter[str] = field(default_factory=Counter)
    not_asked: dict[str, str] = field(default_factory=dict)
    api_calls: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def found(self, promise: str) -> int:
        """How many findings break this promise."""
        return sum(each.promise == promise for each in self.findings)
