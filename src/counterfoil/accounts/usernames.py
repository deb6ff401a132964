"""Which usernames and full names are refused: those that pass for somebody else's.

Histories say who did something by the full name, and by the username for those who have none: the two are compared with
one another, too. The audit log has "Olivia Reed (admin)", so no full name may have brackets.
"""

import unicodedata

from django.db.models import Q

from counterfoil.accounts.audit import NOBODY
from counterfoil.accounts.look_alikes import has_letters, looks_like_any, mixes_alphabets
from counterfoil.accounts.models import Invitation, Person
from counterfoil.sales.errors import Refused

TAKEN = "This username is taken."
LOOKS_ALIKE = "This username looks too much like somebody else’s."
NOT_YOUR_ADDRESS = "A username with @ must be your own e-mail address."
SOMEONES_ADDRESS = "This is somebody’s e-mail address."
MIXED = "This username mixes alphabets."
CHOOSE = "Choose another."
ONE_ALPHABET = "Use letters from one alphabet."
NAME_LOOKS_ALIKE = "This name looks too much like somebody else’s."
TELL_APART = "Add a middle initial or a last name."
NAME_MIXED = "This name mixes alphabets within a word."
BRACKETS = "Names can’t have brackets."
INVISIBLE = "This name has invisible characters."
NO_LETTERS = "Names need at least one letter."

PROGRAMS = ("Counterfoil", "BigCommerce", "ShipStation", "The command line", NOBODY)  # in histories beside people
_BRACKETS = "<>«»‹›"  # besides those that are brackets to Unicode
_JOINERS = "\u200c\u200d"  # some languages write names with them; comparisons leave them out


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
    if mixes_alphabets(name):
        raise Refused(MIXED, ONE_ALPHABET)
    if looks_like_any(name, _names_of_others(email)):
        raise Refused(LOOKS_ALIKE, CHOOSE)


def check_full_name(first: str, last: str, person: Person) -> None:
    """Raises Refused for a name that others would take for somebody else's full name or username.

    `person`: whose name it is, saved or not. Those who are called the same already keep their name.
    """
    name = f"{first} {last}".strip()
    before = Person.objects.filter(pk=person.pk).first() if person.pk else None
    if not name or (before is not None and before.get_full_name() == name):
        return
    _check_characters(name)
    if looks_like_any(name, _names_of_others(person.email, person)):
        raise Refused(NAME_LOOKS_ALIKE, TELL_APART)
    if any(any(map(_is_ascii_letter, word)) and mixes_alphabets(word) for word in name.split()):
        raise Refused(NAME_MIXED, ONE_ALPHABET)


def _check_characters(name: str) -> None:
    categories = {unicodedata.category(sign) for sign in name if sign not in _JOINERS}
    if not categories.isdisjoint(("Ps", "Pe")) or any(sign in _BRACKETS for sign in name):
        raise Refused(BRACKETS, "Leave them out.")
    if not categories.isdisjoint(("Cc", "Cf", "Co", "Cs", "Zl", "Zp")):
        raise Refused(INVISIBLE, "Type it instead of pasting it.")
    if not has_letters(name):
        raise Refused(NO_LETTERS, "Enter your name, or leave it empty.")


def _is_ascii_letter(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()


def names_someone_else(email: str, person: Person | None = None) -> bool:
    """Whether somebody other than this person logs in with the address as their username."""
    others = Person.objects.filter(username__iexact=email)
    return (others.exclude(pk=person.pk) if person else others).exists()


def _names_of_others(email: str, person: Person | None = None) -> list[str]:
    """Of active and inactive people and of programs: usernames, addresses, full names, and these with the username."""
    others = Person.objects.exclude(Q(email__iexact=email) & ~Q(email=""))
    if person is not None and person.pk:
        others = others.exclude(pk=person.pk)
    names = [*PROGRAMS]
    for each in others.only("username", "email", "first_name", "last_name"):
        full = each.get_full_name()
        names += filter(None, (each.username, each.email, full, full and f"{full} {each.username}"))
    return names
