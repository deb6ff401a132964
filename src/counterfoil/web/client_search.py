"""Finds clients by what people know of them: a name, an e-mail, a phone."""

import re

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value

from counterfoil.sales.models import Client, ClientKey, Contact, MatchRule

MOST_WORDS = 6
MOST_FOUND = 20
_PHONE = re.compile(r"[\d\s()+./-]+")
FEWEST_DIGITS = 5


def clients_with(words: str) -> QuerySet[Client]:
    """The clients that have each of the words in their name, or in a contact's name, e-mail or phone.

    Those that were merged into another are left out. Without words it is all of them.
    """
    clients = Client.objects.filter(merged_into=None)
    for word in _words(words):
        clients = clients.filter(_has(word))
    return clients


def some_clients_with(words: str, *, but: int = 0) -> list[Client]:
    """The first of them, with their contacts loaded along, to choose one from; none without words. Two statements."""
    if not _words(words):
        return []
    return list(clients_with(words).exclude(pk=but).prefetch_related("contacts")[:MOST_FOUND])


def _words(words: str) -> list[str]:
    """A phone number is one word, however it is spaced."""
    words = words.replace("\x00", "").strip()
    if _PHONE.fullmatch(words) and len(_digits(words)) >= FEWEST_DIGITS:
        return [words]
    return words.split()[:MOST_WORDS]


def _digits(text: str) -> str:
    """Its digits without the zeros that a number begins with at home."""
    return re.sub(r"\D", "", text).lstrip("0")


def _has(word: str) -> Q:
    person = Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
    found = Q(name__icontains=word) | Q(Exists(Contact.objects.filter(person, client=OuterRef("pk"))))
    if len(_digits(word)) < FEWEST_DIGITS or not _PHONE.fullmatch(word):
        return found
    only_digits = Func(
        F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=TextField()
    )
    contacts = Contact.objects.alias(digits=only_digits).filter(client=OuterRef("pk"), digits__contains=_digits(word))
    keys = ClientKey.objects.filter(client=OuterRef("pk"), rule=MatchRule.PHONE, value__contains=_digits(word))
    return found | Q(Exists(contacts)) | Q(Exists(keys))
