"""What an amount or a number of the store may be, so that the sales data can keep it."""

from decimal import Decimal

import msgspec

from counterfoil.storable import LARGEST_ID

LARGEST = Decimal(10) ** 12
MOST_PLACES = 10
MOST_ZEROS = 12  # "1E+3" is an amount, "0E+999999" would be a million digits
NOTHING = Decimal(0)
_LAST_PLACE = Decimal(1).scaleb(-MOST_PLACES)
LARGEST_WEIGHT = Decimal(10) ** 8
_LAST_PLACE_OF_WEIGHT = Decimal("0.0001")  # as many as the store writes
_WEIGHT = msgspec.json.Decoder(float_hook=Decimal)


class UnreadableField(ValueError):
    """A field with a value that it cannot have; `of` is the SKU or name of what it belongs to ("" for the order)."""

    def __init__(self, field: str, trouble: str, *, value: str = "", of: str = "") -> None:
        super().__init__(field, trouble)
        self.field = field
        self.trouble = trouble
        self.value = value
        self.of = of

    def __str__(self) -> str:
        return f"{self.field}{f' of “{self.of}”' if self.of else ''} {self.trouble}"


def storable_amount(field: str, amount: Decimal) -> Decimal:
    """The amount with all its digits, rounded where it has more than ten places: so floating point writes sums.

    Raises UnreadableField for what is none (NaN, infinity), is 10^12 or more, or has an exponent beyond reason.
    """
    if not amount.is_finite():
        raise UnreadableField(field, f"is {amount}, which is not an amount")
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent > MOST_ZEROS:
        raise UnreadableField(field, f"is {str(amount)[:30]}, which is not written as an amount")
    if isinstance(exponent, int) and exponent < -MOST_PLACES and abs(amount) < LARGEST:
        amount = amount.quantize(_LAST_PLACE).normalize() + NOTHING  # 7.390000000000001 is 7.39
    if abs(amount) >= LARGEST:
        raise UnreadableField(field, f"is {str(amount)[:30]}, which is too large for an amount")
    return amount


def storable_number(field: str, number: int) -> int:
    """The number; raises UnreadableField where no column takes it."""
    if abs(number) > LARGEST_ID:
        raise UnreadableField(field, f"is the number {str(number)[:30]}, which is too large")
    return number


def known_weight(raw: bytes) -> Decimal | None:
    """A weight as it came (JSON: text, a number, null; b"" where it is absent), to four places; it never raises.

    None for what is no weight: not above zero, no number, beyond reason. The store has 0 where nobody entered one.
    """
    try:
        value = _WEIGHT.decode(raw)
        if type(value) not in (str, int, Decimal):
            return None
        weight = Decimal(value)
        if not weight.is_finite() or not 0 < weight < LARGEST_WEIGHT:
            return None
        return weight.quantize(_LAST_PLACE_OF_WEIGHT) or None
    except (ValueError, ArithmeticError):
        return None
