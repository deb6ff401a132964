"""What a carrier's name is, however people write it."""

import re
import unicodedata

# "RoyalMail24" → Royal, Mail, 24; "UPSGround" → UPS, Ground; "stamps.com" → stamps, com
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")


def carrier_key(name: str) -> str:
    """What tells a carrier: its letters and digits, without case, accents, blanks and signs."""
    return "".join(carrier_words(name)).casefold()


def carrier_words(name: str) -> list[str]:
    """The words of a carrier's name, without accents and signs, in their case."""
    plain = unicodedata.normalize("NFKD", name.replace("®", "").replace("™", ""))
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))
