"""What the database can keep: texts without what PostgreSQL refuses in them, numbers that its columns hold.

PostgreSQL keeps no null character in a text ("Character Types" in its documentation), and UTF-8 has no lone surrogates
(RFC 3629, section 3). Nothing of the program is imported here, so that every app can.
"""

import re

LARGEST_ID = 2**63 - 1  # of a bigint
LARGEST_QUANTITY = 10**9  # of a line; its column is an integer
_MOST_DIGITS = len(str(LARGEST_ID))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def without_nulls(text: str) -> str:
    """What people typed and browsers sent, without null characters."""
    return text.replace("\x00", "")


def storable_text(text: str) -> str:
    """What a program sent: � in place of each sign that the database does not take."""
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


def is_digits(text: str) -> bool:
    """Whether it is digits and nothing else: no "٣", "²" or "１", which `str.isdigit` takes for some."""
    return text.isascii() and text.isdigit()


def number_of(text: str, most: int = LARGEST_ID) -> int | None:
    """The whole number from 0 to `most` that these digits write; None for any other text."""
    if not is_digits(text) or len(text) > _MOST_DIGITS:
        return None
    number = int(text)
    return number if number <= most else None
