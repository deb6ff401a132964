"""Which carrier a tracking number belongs to, by its form and its published check digit.

The forms and check digits are facts that the carriers and the Universal Postal Union publish (UPU S10; USPS Publication
199 for the IMpb; GS1 for the SSCC); the project jkeen/tracking_number_data collects them with numbers to test by.
A form that only plain digits and one check digit tell (a tenth of all numbers of that length pass) is `possible`, never
certain: it is offered to a person, and not taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from counterfoil.sales.shipping.tracking_numbers import comparable

Check = Callable[[str], bool]
_NO_SERIAL = re.compile(r"(^|0)0{7}$")  # of the digits without the last, which may be the check digit


@dataclass(frozen=True, slots=True)
class Detected:
    """The carriers that a number may belong to, the likeliest first, by the names of the carrier list.

    `certain`: the form is this carrier's alone, and the check digit is right.
    """

    carriers: tuple[str, ...]
    certain: bool


def detect_carrier(number: str) -> Detected | None:
    """Whose number it is; None where no form fits."""
    code = comparable(number)
    if not 10 <= len(code) <= 39:
        return None
    is_blank = _is_blank(code)
    for carrier, form, check in _CERTAIN:
        if form.fullmatch(code) and check(code) and not (is_blank and check is not _any):
            return Detected((carrier,), certain=True)
    if is_blank:
        return None
    post = _post_of(code)
    if post:
        return post
    carriers = dict.fromkeys(carrier for carrier, form, check in _POSSIBLE if form.fullmatch(code) and check(code))
    return Detected(tuple(carriers), certain=False) if carriers else None


def number_on_label(number: str) -> str:
    """The number that people read on a label whose barcode was scanned; any other number as it is.

    The barcodes of USPS begin with 420 and the ZIP code, which are not printed below them (USPS Publication 199;
    Endicia, "USPS Tracking Barcode and Label Changes"). FedEx has its number at the end: the last 15 digits of 22, the
    last 12 of 34 (FedEx Ground Label Layout Specification; jkeen/tracking_number_data, issue 51).
    """
    code = comparable(number)
    found = detect_carrier(code)
    if not found or not found.certain:
        return number
    for form, check in _SCANNED:
        label = form.fullmatch(code)
        if label and check(label[1]):
            return label[1]
    return number


def _is_blank(code: str) -> bool:
    """Whether nothing but zeros stands where a parcel's own number does: a form that nobody filled in.

    Check digits do not tell: that of nothing but zeros is right for most carriers.
    """
    return _NO_SERIAL.search("".join(sign for sign in code if sign.isdecimal())[:-1]) is not None


def carrier_by_number(carrier: str, number: str) -> tuple[str, str]:
    """The carrier to note for what was given, and a sentence where its number has a part in it.

    A carrier that is named stands, and "none" in its place means that there is none. Where nothing is named, the one
    is taken whose number it is beyond doubt; one whose it may be is only told.
    """
    if says_none(carrier):
        return "", ""
    found = None if carrier or not number else detect_carrier(number)
    if found is None:
        return carrier, ""
    if found.certain:
        return found.carriers[0], f"Carrier recognized by the number: {found.carriers[0]}."
    return "", f"The number may be from {' or '.join(found.carriers)}. If so, enter the carrier."


def says_none(carrier: str) -> bool:
    """Whether a person has said in place of a carrier that there is none."""
    return carrier.strip().casefold() in ("none", "no carrier", "-", "–", "n/a", "#n/a")


def _digit_sum(digits: str, odd: int, even: int) -> int:
    """The sum of digits, weighted from the right: the last by `odd`, the one before by `even`, and so on."""
    return sum(int(digit) * (even if at % 2 else odd) for at, digit in enumerate(reversed(digits)))


def _gs1(code: str) -> bool:
    """The check digit of the IMpb, the SSCC and their kin: modulo 10, the digits weighted 3, 1, 3 … from the right."""
    return any(code[:-1].strip("0")) and -_digit_sum(code[:-1], 3, 1) % 10 == int(code[-1])


def _last(length: int, check: Check) -> Check:
    """The check of the last characters only: what stands before them is routing."""
    return lambda code: check(code[-length:])


def _after(prefix: str, check: Check) -> Check:
    """The check with the digits before it that the label leaves out."""
    return lambda code: check(prefix + code)


def _ups(code: str) -> bool:
    """1Z numbers: modulo 10 over all after the 1Z, letters as digits, every second one doubled."""
    values = [int(sign) if sign.isdigit() else (ord(sign) - 3) % 10 for sign in code[2:-1]]
    total = sum(value * (2 if at % 2 else 1) for at, value in enumerate(values))
    return code[-1].isdigit() and -total % 10 == int(code[-1])


def _ontrac(first: str) -> Check:
    """OnTrac: as 1Z numbers, the letter in front counted as a digit."""

    def check(code: str) -> bool:
        digits = first + code[1:-1]
        total = sum(int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(digits))
        return any(code[2:].strip("0")) and -total % 10 == int(code[-1])

    return check


def _fedex(code: str) -> bool:
    """FedEx Express: the last 12 digits, weighted 1, 3, 7 from the right, modulo 11; 10 is written 0."""
    digits = code[-12:]
    total = sum(int(digit) * (1, 3, 7)[at % 3] for at, digit in enumerate(reversed(digits[:-1])))
    return any(digits[:-1].strip("0")) and total % 11 % 10 == int(digits[-1])


def _mod7(code: str) -> bool:
    return any(code[:-1].strip("0")) and int(code[:-1]) % 7 == int(code[-1])


def _luhn(code: str) -> bool:
    doubled = [int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(code))]
    return any(code.strip("0")) and sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0


def _dpd(code: str) -> bool:
    """DPD's parcel label: ISO 7064 modulo 37, 36."""
    rest = 36
    for sign in code[:-1]:
        rest = (rest + int(sign, 36)) % 36 or 36
        rest = rest * 2 % 37
    return (rest + int(code[-1], 36)) % 36 == 1


def _any(_code: str) -> bool:
    return True


_CERTAIN: list[tuple[str, re.Pattern[str], Check]] = [
    ("UPS", re.compile(r"1Z[A-Z0-9]{16}"), _ups),
    ("USPS", re.compile(r"(?!92612)9[1-5](\d{20}|\d{24})"), _gs1),
    ("USPS", re.compile(r"420(\d{5}|\d{9})9[1-5]\d{20}"), _last(22, _gs1)),
    ("USPS", re.compile(r"420(\d{5}|\d{9})9[1-5]\d{24}"), _last(26, _gs1)),
    ("FedEx", re.compile(r"96\d{20}"), _last(15, _gs1)),
    ("FedEx", re.compile(r"96\d{32}|100\d{31}|1[0-2]\d{18}00\d{12}"), _fedex),
    ("DHL Germany", re.compile(r"00340434\d{12}"), _gs1),
    ("Yodel", re.compile(r"J?JD0002\d{12}"), _any),
    ("DHL", re.compile(r"JJD\d{10}|JVGL\d{10}|J?JD0[1-9]\d{14,18}"), _any),
    ("DHL eCommerce", re.compile(r"GM\d{16,18}"), _any),
    ("OnTrac", re.compile(r"C\d{14}"), _ontrac("4")),
    ("OnTrac", re.compile(r"D\d{14}"), _ontrac("5")),
    ("LaserShip", re.compile(r"1LS7[12]\d{10}|1LS7[12]\d{2}01[1-4]\d{6}1"), _any),
    ("Amazon", re.compile(r"TB[ACM]\d{12}"), _any),
    ("DPD", re.compile(r"\d{24}(?!000)\d{3}[A-Z]"), _dpd),
    ("Landmark Global", re.compile(r"LTN\d{8}N1"), _any),
    ("Yun Express", re.compile(r"YT\d{16}"), _any),
]
_POSSIBLE: list[tuple[str, re.Pattern[str], Check]] = [
    ("FedEx", re.compile(r"\d{12}"), _fedex),
    ("FedEx", re.compile(r"\d{15}"), _gs1),
    ("FedEx", re.compile(r"00\d{16}"), _gs1),
    ("FedEx", re.compile(r"92612\d{17}"), _gs1),
    ("FedEx", re.compile(r"612\d{17}"), _after("92", _gs1)),
    ("USPS", re.compile(r"92612\d{17}"), _gs1),
    ("USPS", re.compile(r"(0[1-4]|13|14|23|7[0-7]|81)\d{18}"), _gs1),
    ("USPS", re.compile(r"7[0-7]\d{18}"), _after("91", _gs1)),
    ("DHL", re.compile(r"\d{10,11}"), _mod7),
    ("Canada Post", re.compile(r"\d{16}"), _gs1),
    ("LaserShip", re.compile(r"LX1[3-8]\d{6}"), _any),
    ("DPD", re.compile(r"\d{24}(?!000)\d{4}"), _dpd),
    ("Purolator", re.compile(r"[0-5]\d{11}"), _luhn),
]

# What is scanned off a label, and in it what stands there for people.
_SCANNED: list[tuple[re.Pattern[str], Check]] = [
    (re.compile(r"420(?:\d{5}|\d{9})(9[1-5]\d{20})"), _gs1),
    (re.compile(r"420(?:\d{5}|\d{9})(9[1-5]\d{24})"), _gs1),
    (re.compile(r"96\d{5}(\d{15})"), _gs1),
    (re.compile(r"(?:96|1[0-2])\d{18}00(\d{12})"), _fedex),
]

_POST = re.compile(r"([A-Z])[A-Z](\d{8})(\d)([A-Z]{2})")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_PARCELS = "CE"  # the first letter of parcels and of express; others are letters, packets and what a post sends at home
_POSTS = {
    "AT": "Austrian Post", "AU": "Australia Post", "BE": "Bpost", "BR": "Brazil Correios", "CA": "Canada Post",
    "CH": "Swiss Post", "CN": "China Post", "CY": "Cyprus Post", "CZ": "Česká Pošta", "DE": "Deutsche Post",
    "DK": "PostNord Denmark", "ES": "Correos de España", "FI": "Posti", "FR": "La Poste", "GB": "Royal Mail",
    "HK": "Hong Kong Post", "HR": "Hrvatska Pošta", "HU": "Magyar Posta", "IE": "An Post", "IL": "Israel Post",
    "IN": "India Post Domestic", "IS": "Iceland Post", "IT": "Poste Italiane", "JE": "Jersey Post",
    "JP": "Japan Post", "KR": "Korea Post", "LT": "Lietuvos Paštas", "LV": "Latvijas Pasts",
    "MX": "Correos de Mexico", "MY": "Malaysia Post EMS / Poslaju", "NL": "PostNL", "NO": "Posten Norge / Bring",
    "NZ": "New Zealand Post", "PL": "Poczta Polska", "PT": "Portugal CTT", "RO": "Poșta Română",
    "RU": "Russian Post", "SE": "PostNord Sweden", "SG": "Singapore Post", "SI": "Post of Slovenia",
    "SK": "Slovenská pošta a.s", "TH": "Thailand Thai Post", "TR": "PTT Posta", "TW": "Taiwan Post",
    "UA": "UkrPoshta", "US": "USPS", "UY": "Correo Uruguayo", "VN": "Vietnam Post", "ZA": "South African Post Office",
}  # fmt: skip
_PARCEL_POSTS = {"GB": ("Parcelforce", "Royal Mail"), "DE": ("DHL Germany", "Deutsche Post")}


def _post_of(code: str) -> Detected | None:
    """The post whose international number it is (S10): two letters, eight digits, a check digit, a country."""
    found = _POST.fullmatch(code)
    if found is None:
        return None
    service, serial, digit, country = found.groups()
    rest = 11 - sum(int(each) * weight for each, weight in zip(serial, _WEIGHTS, strict=True)) % 11
    if {10: 0, 11: 5}.get(rest, rest) != int(digit) or country not in _POSTS:
        return None
    if service in _PARCELS and country in _PARCEL_POSTS:
        return Detected(_PARCEL_POSTS[country], certain=False)
    return Detected((_POSTS[country],), certain=True)
