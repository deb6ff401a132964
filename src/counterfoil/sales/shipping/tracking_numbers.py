"""What a tracking number is: how two are compared."""

import unicodedata

_MINUS = "\u2212"  # a sign of mathematics to Unicode, a dash to whoever typed it


def comparable(number: str) -> str:
    """What a tracking number is, however it is spelled: without case, blanks, dashes and signs that cannot be seen.

    "1z 999-aa1" and "1Z999AA1" are one number. For comparing only: what is stored and sent keeps its spelling.
    """
    whole = unicodedata.normalize("NFKC", number)
    return "".join(sign for sign in whole if not _is_between(sign)).upper()


def _is_between(sign: str) -> bool:
    """Whether a sign only separates or cannot be seen: blanks, dashes, control and format characters."""
    return sign.isspace() or sign == _MINUS or unicodedata.category(sign) in ("Pd", "Cf", "Cc")
