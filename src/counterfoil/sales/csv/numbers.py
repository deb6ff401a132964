"""Numbers that went through a spreadsheet: what is still whole, what is lost.

A spreadsheet keeps 15 significant digits of a number and shows the rest as zeros, or as a power of ten; the cell of an
order or a tracking number comes back from it with decimals or thousands separators.
"""

import re

from counterfoil.storable import is_digits

KEPT_DIGITS = 15
_LIKELY_ROUNDED = 18  # digits; of shorter bare numbers, one that ends in zeros may well be right
_POWER = re.compile(
    r"[+-]?\d+([.,]\d+)?\s*(E\s*[+]|[x×*·]\s*10\s*\^?\s*)\d+|[+-]?\d+[.,]\d+\s*E\s*-?\d+", re.IGNORECASE
)
_EXPONENT = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_DECIMALS = re.compile(r"(\d+)[.,]0*")
_GROUPED = re.compile(r"(\d{1,3}([,.'’_\s])\d{3}(?:\2\d{3})*)(?:(?!\2)[.,]0*)?")
_GROUPED_IN_INDIA = re.compile(r"(\d{1,2}(?:,\d{2})+,\d{3})(?:\.0*)?")  # 94,05,51,18,992


def whole_number(text: str) -> str:
    """The digits of a number that was written with decimals or thousands separators, any other text as it is.

    "770000000001.00" and "770,000,000,001" are 770000000001; digits in groups with blanks stay as they are.
    """
    decimals = _DECIMALS.fullmatch(text)
    if decimals and not _GROUPED.fullmatch(text):
        return decimals.group(1)
    grouped = _GROUPED.fullmatch(text)
    if grouped and not grouped.group(2).isspace():
        return re.sub(r"\D", "", grouped.group(1))
    in_india = _GROUPED_IN_INDIA.fullmatch(text)
    return in_india.group(1).replace(",", "") if in_india else text


def is_rounded(code: str) -> bool:
    """Whether a spreadsheet has made a number of a code, as a SKU, and lost what it was: "4.01E+12".

    Only what cannot be a code of its own: "9.5E27" is one.
    """
    long = is_digits(code) and len(code) >= KEPT_DIGITS + 5
    return (long and _ends_in_zeros(code)) or _EXPONENT.fullmatch(code) is not None


def is_rounded_number(text: str) -> bool:
    """The same of what is known to be a number, or to begin as one: an order's, a parcel's.

    "4.00638E+12", "9.4E21", "9,405,511,899,223,190,000,000", a long row of digits that ends in zeros.
    """
    if _POWER.fullmatch(text):
        return True
    if is_digits(text):
        return len(text) >= _LIKELY_ROUNDED and _ends_in_zeros(text)
    grouped, decimals = _GROUPED.fullmatch(text), _DECIMALS.fullmatch(text)
    found = grouped or decimals or _GROUPED_IN_INDIA.fullmatch(text)
    digits = re.sub(r"\D", "", found.group(1)) if found else ""
    return len(digits) > KEPT_DIGITS and _ends_in_zeros(digits)


def _ends_in_zeros(digits: str) -> bool:
    """Whether all that a spreadsheet does not keep is zeros. Programs that keep 17 digits leave five zeros or more."""
    return not digits[KEPT_DIGITS:].strip("0") or (len(digits) > KEPT_DIGITS + 5 and digits.endswith("00000"))
