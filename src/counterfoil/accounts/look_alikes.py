"""Which names people take for one another.

Two names look alike when they are the same without their accents (a dot below is easily overlooked), without all that
is no letter or digit ("a.dmin", "admin_"), and after each sign was replaced by the plainest one it is confused with
(the idea of Unicode Technical Standard 39, section 4; the table comes with confusable_homoglyphs).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from types import ModuleType

# Letters and marks to Unicode that show as nothing (the Hangul fillers, joiners, variation selectors), or as less than
# a letter: apostrophes, accents and tones that stand alone, the strokes that lengthen Arabic and N'Ko words.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
    "\u02b9-\u02df\u02ec\u02ee\u0640\u07fa\ua717-\ua71f\ua788]"
)
_VOICED = "\u3099\u309a"  # what makes another consonant of a Japanese one: “da” of “ta”
_LIKE_M = re.compile("rn|nn")
_LIKE_W = re.compile("[vw]{2,}")  # of several points nobody counts how many there are
_LIKE_B = "68"  # each like b, but not like the other: "packer6" and "packer8" are two people


def looks_like_any(name: str, others: Iterable[str]) -> bool:
    """Whether it looks like one of the other names."""
    ours = _shapes(name)
    return any(_alike(one, other) for each in others for other in _shapes(each) for one in ours)


def mixes_alphabets(word: str) -> bool:
    """Whether it has letters of several alphabets that are confused with one another."""
    # To the table an accent that stands apart (as in some Vietnamese and Yoruba letters) is an alphabet of its own.
    return bool(_confusables().is_dangerous(_without_accents(word)))


def has_letters(name: str) -> bool:
    """Whether it has a letter or digit."""
    return bool(_shape(name))


def _alike(one: str, other: str) -> bool:
    """Whether two shapes are the same, but for digits that are confused with b."""
    if len(one) != len(other):
        return False
    pairs = [(mine, theirs) for mine, theirs in zip(one, other, strict=True) if mine != theirs]
    return all("b" in pair and (pair[0] in _LIKE_B or pair[1] in _LIKE_B) for pair in pairs)


def _shapes(name: str) -> set[str]:
    """How the name may look, in small letters and in capitals."""
    plain = unicodedata.normalize("NFKC", name)
    return {_shape(plain.casefold()), _shape(plain.upper()), _shape(plain)}


def _shape(text: str) -> str:
    """Small letters and digits."""
    shaped = "".join(_plainest(sign) for sign in _without_accents(text, but=_VOICED))
    shaped = "".join(_plainest(sign) for sign in shaped).casefold()
    kept = "".join(sign for sign in _BLANK.sub("", shaped) if unicodedata.category(sign)[0] in "LMN")
    return _LIKE_W.sub("w", _LIKE_M.sub("m", kept))


def _without_accents(text: str, *, but: str = "") -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in decomposed if sign in but or not unicodedata.combining(sign))


def _confusables() -> ModuleType:
    """Reads its tables when it is loaded, which no start of a command should wait for."""
    from confusable_homoglyphs import confusables

    return confusables  # type: ignore[no-any-return]


@cache
def _plainest(sign: str) -> str:
    """The ASCII that a sign is confused with: the cyrillic “а” is “a”, “1” and “I” are “l”, “0” is “O”."""
    found = [each["c"] for each in _confusables().confusables_data.get(sign, ())]
    plain = sorted(each for each in found if each.isascii() and each.isalnum())
    return plain[0] if plain and (not sign.isascii() or sign in "1I0|") else sign
