"""The checker: whether the sales data and the stores are what Counterfoil promises (I1 to I9). It only reads.

Each promise has its own function; what breaks one is a `Finding`, a sentence with the next step. What is under way
while it looks (an update that waits to be sent, an order read and not yet decided on) breaks nothing: it is counted.
"""

from counterfoil.platform.checking.checker import check
from counterfoil.platform.checking.findings import PROMISES, Finding, Report

__all__ = ["PROMISES", "Finding", "Report", "check"]
