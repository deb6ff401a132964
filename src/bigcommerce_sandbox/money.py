"""Money as whole ten-thousandths, the resolution in which the store writes it.

``12_9900`` stands for 12.99. Whole numbers add up exactly and are quick to make by the ten thousand.
"""

from decimal import Decimal

ONE = 10_000


def written(amount: int) -> str:
    """The amount as the store writes most money: a string with four decimals."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{amount // ONE}.{amount % ONE:04d}"


def number(amount: int) -> int | float:
    """The amount as a JSON number, the form in consignments, fees and coupons."""
    return amount // ONE if amount % ONE == 0 else amount / ONE


def read(value: object) -> int:
    """Ten-thousandths from a string or a number; nothing and words count as zero."""
    try:
        return int(Decimal(str(value or 0)).scaleb(4).to_integral_value())
    except ArithmeticError:
        return 0


def rounded(amount: int, step: int) -> int:
    """The amount to the nearest ``step`` (100 for cents, ``ONE`` for yen), halves away from zero."""
    sign = -1 if amount < 0 else 1
    return sign * ((abs(amount) + step // 2) // step * step)


def share(amount: int, part: int, whole: int, step: int = 1) -> int:
    """``amount × part ÷ whole``, to the nearest ``step``, halves away from zero; zero of a whole of zero."""
    if whole == 0:
        return 0
    exact, divisor = amount * part, whole * step
    sign = -1 if (exact < 0) != (divisor < 0) else 1
    return sign * ((2 * abs(exact) + abs(divisor)) // (2 * abs(divisor))) * step


def spread(amount: int, weights: list[int], step: int) -> list[int]:
    """Splits the amount by the weights so that the parts add up to it exactly."""
    whole, parts, left = sum(weights), [], amount
    for weight in weights:
        part = min(left, weight, share(amount, weight, whole, step))
        parts.append(part)
        left -= part
    for place in range(len(parts)):
        room = min(left, weights[place] - parts[place])
        if room > 0:
            parts[place] += room
            left -= room
    return parts
