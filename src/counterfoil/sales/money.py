"""Money as people read it."""

from decimal import Decimal

MINUS = "−"


def money_text(amount: Decimal) -> str:
    """Two decimal places, more only where they say something: "1,234.50", "0.0125", "−3.00"."""
    exact = amount.normalize()
    places = max(2, -int(exact.as_tuple().exponent))
    text = f"{abs(exact):,.{places}f}"
    return f"{MINUS}{text}" if exact < 0 else text
