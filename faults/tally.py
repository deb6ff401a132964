"""What became of a fault's runs, counted and said."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterfoil.platform.checking import Finding

SAID = 5  # findings of a run
MOST_SLOWER = 1.10  # of an import with poisoned orders, by that without


@dataclass
class Tally:
    """What a fault did over its runs: `lost` and `doubled` count orders and shipments, `worst` is in seconds.

    `notes` are what went wrong, `says` further figures that were measured, `seconds` what is compared.
    """

    fault: str
    what: str
    runs: int = 0
    survived: int = 0
    lost: int = 0
    doubled: int = 0
    worst: float = 0.0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)

    def add(self, findings: "list[Finding]", seconds: float, where: str) -> None:
        """One run: what broke, how long it took to come right."""
        self.runs += 1
        self.worst = max(self.worst, seconds)
        if not findings:
            self.survived += 1
            return
        doubled = [each for each in findings if is_doubled(each)]
        self.doubled += len(doubled)
        self.lost += len(findings) - len(doubled)
        self.notes += [f"{where}: {each.promise} {each.sentence}" for each in findings[:SAID]]

    def break_off(self, where: str, why: str) -> None:
        """A run that came right in the end, but not as it should."""
        self.survived = max(0, self.survived - 1)
        self.notes.append(f"{where}: {why}")

    @property
    def holds(self) -> bool:
        """Whether every run survived, and there was one."""
        return self.runs > 0 and self.survived == self.runs


def is_doubled(finding: "Finding") -> bool:
    """Whether something is there twice; anything else that breaks a promise counts as lost."""
    return "twice" in finding.sentence or "times" in finding.sentence or finding.promise == "I4"


def judge_poison(plain: Tally, poisoned: Tally) -> None:
    """R6 against R5, which ran at the same time, so that a busy machine slowed both; not where one came to no end."""
    if not (plain.seconds and poisoned.seconds):
        return
    slower = poisoned.seconds / plain.seconds
    poisoned.says.append(f"poison made it take ×{slower:.2f}")
    if slower > MOST_SLOWER:
        poisoned.break_off("poison", f"{poisoned.seconds:.0f} s, {plain.seconds:.0f} s without poison")
