"""What clients and people are called, and what is no name though it stands where one should.

Checkouts ask for a last name; wallets that know one name only send "-" in its place (woocommerce-gateway-stripe#3055,
woocommerce-payments#3936), and marketplaces send "N/A" as a company. Words that somebody is really called are names:
"Na" is a family name, "Null" is one too (bornsql.ca, "My surname is NULL").
"""

import re
import unicodedata
from functools import lru_cache

NAMELESS = "Unnamed guest"

_BLANK_LETTERS = frozenset("\u115f\u1160")  # the Hangul fillers are letters to Unicode, and show as nothing
_NOT_APPLICABLE = re.compile(r"n\s*[/\\._-]\s*a")
_NO_NAMES = frozenset(
    ("none", "unknown", "undefined", "not applicable", "not available", "not provided", "not specified")
)
_NULL = "null"
_NO_COMPANIES = frozenset((_NULL, "na"))  # whoever has the name has a first name too: the person is named instead


def is_name(text: str) -> bool:
    """Whether it has a letter or a digit of any script, and is none of the words that stand for "no name"."""
    bare = _bare(text)
    return bool(bare) and bare not in _NO_NAMES and _NOT_APPLICABLE.fullmatch(bare) is None


def is_company_name(text: str) -> bool:
    """As `is_name`; "NA" and "null" are no companies."""
    return is_name(text) and _bare(text) not in _NO_COMPANIES


def real_names(first_name: str, last_name: str) -> tuple[str, str]:
    """First and last name, each empty where it is no name.

    "null" is no first name. As a last name it is one, unless what stands before it shows that a program wrote it.
    """
    first = _spaced(first_name) if is_name(first_name) and _bare(first_name) != _NULL else ""
    last = _spaced(last_name) if is_name(last_name) else ""
    if _bare(last) == _NULL and first_name.strip() and not first:
        last = ""
    return first, last


def person_name(first_name: str, last_name: str) -> str:
    """First and last name; empty for someone without either."""
    return " ".join(part for part in real_names(first_name, last_name) if part)


def client_name(*, company: str, last_name: str, first_name: str, email: str, customer_id: str | int = 0) -> str:
    """The company, else the person's first and last name; what else is known of someone without either.

    `customer_id`: the store's number of its customer, 0 or empty for a guest.
    """
    found = (
        _spaced(company) if is_company_name(company) else "",
        person_name(first_name, last_name),
        email.strip() if is_name(email) else "",
        f"Customer {customer_id}" if customer_id else "",
    )
    return next((part for part in found if part), NAMELESS)


def _spaced(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=2048)  # an order's names are asked for a dozen times while it is imported
def _bare(text: str) -> str:
    """Without case, and from its first letter or digit to its last: " (N/A) " → "n/a", "#N/A" too."""
    plain = _spaced(unicodedata.normalize("NFKC", text)).casefold()
    places = [place for place, sign in enumerate(plain) if _is_letter_or_digit(sign)]
    return plain[places[0] : places[-1] + 1] if places else ""


def _is_letter_or_digit(sign: str) -> bool:
    """By its Unicode category; a modifier letter (Lm) only says how another one sounds."""
    category = unicodedata.category(sign)
    return category[0] in "LN" and category != "Lm" and sign not in _BLANK_LETTERS
