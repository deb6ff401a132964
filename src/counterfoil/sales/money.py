"""Money as people read it."""

from decimal import Decimal

MINUS = "−"
WITHOUT_PARTS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
     "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF")
)  # fmt: skip
IN_THOUSANDS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
"""Currencies whose smallest part is the whole, or a thousandth, and no hundredth (ISO 4217)."""


PRICES_INCLUDE_TAX = "prices include tax"
PRICES_WITHOUT_TAX = "prices without tax"


def smallest_unit(currency: str) -> Decimal:
    """The smallest amount that can be paid in the currency: 0.01 for most."""
    return Decimal(1).scaleb(-_places(currency))


def is_less_than_payable(amount: Decimal, currency: str) -> bool:
    """Whether the amount rounds to nothing: a fraction of the smallest unit that is left of a computation."""
    return abs(amount) * 2 < smallest_unit(currency)


def money_text(amount: Decimal, currency: str = "") -> str:
    """The decimal places of the currency, more only where they say something: "1,234.50", "0.0125", "−3.00"."""
    exact = amount.normalize()
    places = max(_places(currency), -int(exact.as_tuple().exponent))
    text = f"{abs(exact):,.{places}f}"
    return f"{MINUS}{text}" if exact < 0 else text


def money_in(amount: Decimal, currency: str) -> str:
    """The amount with its currency, where that is known: "1,234.50 USD"."""
    return f"{money_text(amount, currency)} {currency}".rstrip()


def _places(currency: str) -> int:
    if currency in WITHOUT_PARTS:
        return 0
    return 3 if currency in IN_THOUSANDS else 2
