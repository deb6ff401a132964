"""Which usernames are refused: those that pass for somebody else's."""

import unicodedata

from django.db.models import Q

from counterfoil.accounts.look_alikes import looks_like_any, mixes_alphabets
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
    if mixes_alphabets(name):
        raise Refused(MIXED, ONE_ALPHABET)
    if looks_like_any(name, _names_of_others(email)):
        raise Refused(LOOKS_ALIKE, CHOOSE)


def names_someone_else(email: str, person: Person | None = None) -> bool:
    """Whether somebody other than this person logs in with the address as their username."""
    others = Person.objects.filter(username__iexact=email)
    return (others.exclude(pk=person.pk) if person else others).exists()


def _names_of_others(email: str) -> list[str]:
    others = Person.objects.exclude(Q(email__iexact=email) & ~Q(email="")).values_list("username", "email")
    return [name for pair in others for name in pair if name]
