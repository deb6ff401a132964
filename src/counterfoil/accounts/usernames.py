"""Which usernames are refused: those that pass for somebody else's.

Two names look alike when they are the same without their accents (a dot below is easily overlooked) and after each sign
was replaced by the plainest one that it is confused with (the idea of Unicode Technical Standard 39, section 4; the
table comes with confusable_homoglyphs).
"""

import unicodedata
from functools import cache
from types import ModuleType

from django.db.models import Q

from counterfoil.accounts.models import Invitation, Person
from counterfoil.sales.errors import Refused

TAKEN = "This username is taken."
LOOKS_ALIKE = "This username looks too much like somebody else’s."
NOT_YOUR_ADDRESS = "A username with @ must be your own e-mail address."
SOMEONES_ADDRESS = "This is somebody’s e-mail address."
MIXED = "This username mixes alphabets."
CHOOSE = "Choose another."
ONE_ALPHABET = "Use letters from one alphabet."


def check_username(name: str, *, email: str = "") -> None:
    """Raises Refused for a new person's name that is taken, or that others would take for somebody else's.

    `email`: the person's own address, which they may have for a name.
    """
    own = name.casefold() == email.casefold()
    if Person.objects.filter(username__iexact=name).exists():
        raise Refused(TAKEN, CHOOSE)
    invited = Invitation.objects.filter(accepted_at=None, email__iexact=name)
    if not own and (Person.objects.filter(email__iexact=name).exists() or invited.exists()):
        raise Refused(SOMEONES_ADDRESS, CHOOSE)
    if "@" in unicodedata.normalize("NFKC", name) and not own:
        raise Refused(NOT_YOUR_ADDRESS, CHOOSE)
    if _confusables().is_dangerous(name):
        raise Refused(MIXED, ONE_ALPHABET)
    shapes = _shapes(name)
    for theirs in _names_of_others(email):
        if not shapes.isdisjoint(_shapes(theirs)):
            raise Refused(LOOKS_ALIKE, CHOOSE)


def names_someone_else(email: str, person: Person | None = None) -> bool:
    """Whether somebody other than this person logs in with the address as their username."""
    others = Person.objects.filter(username__iexact=email)
    return (others.exclude(pk=person.pk) if person else others).exists()


def _names_of_others(email: str) -> list[str]:
    others = Person.objects.exclude(Q(email__iexact=email) & ~Q(email="")).values_list("username", "email")
    return [name for pair in others for name in pair if name]


def _shapes(name: str) -> set[str]:
    """How the name may look, in small letters and in capitals."""
    plain = unicodedata.normalize("NFKC", name)
    return {_shape(plain.casefold()), _shape(plain.upper()).casefold(), _shape(plain).casefold()}


def _shape(text: str) -> str:
    bare = (sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    shaped = "".join(_plainest(sign) for sign in bare)
    return "".join(_plainest(sign) for sign in shaped)


def _confusables() -> ModuleType:
    """Reads its tables when it is loaded, which no start of a command should wait for."""
    from confusable_homoglyphs import confusables

    return confusables  # type: ignore[no-any-return]


@cache
def _plainest(sign: str) -> str:
    """The ASCII that a sign is confused with: the cyrillic “а” is “a”, “1” and “I” are “l”, “0” is “O”, “m” is “rn”."""
    found = [each["c"] for each in _confusables().confusables_data.get(sign, ())]
    plain = sorted(each for each in found if each.isascii() and each.isalnum())
    return plain[0] if plain and (not sign.isascii() or sign in "1I0m|") else sign
