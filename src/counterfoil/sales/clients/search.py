"""Finds clients by what people know of them, among any number of them.

A name, an e-mail, a phone however it is typed, a customer ID, the client's own number. The words are spelled as
those of sales orders are (docs/decisions/searching.md); each is looked up in the indexes of clients, contacts and keys.
"""

import re
from typing import Any

from django.db.models import QuerySet

from counterfoil.sales.models import Client, ClientKey, Contact, MatchRule
from counterfoil.sales.models.clients import client_sorting, client_words, contact_words, key_words
from counterfoil.sales.orders.search import MOST_WORDS, query_of
from counterfoil.storable import without_nulls

MOST_FOUND = 20
FEWEST_DIGITS = 5
_PHONE = re.compile(r"[\d\s()+./-]+")


def clients_with(words: str) -> QuerySet[Client]:
    """The clients that have each of the words in their name, in a contact's name, e-mail or phone, or in a key.

    Those that were merged into another are left out. Without words it is all of them. By name.
    """
    clients = Client.objects.filter(merged_into=None).order_by(client_sorting(), "pk")
    for word in _words(words):
        clients = clients.filter(pk__in=_whose(word))
    return clients


def some_clients_with(words: str, *, but: int = 0) -> list[Client]:
    """The first of them, with their contacts loaded along, to choose one from; none without words. Two statements."""
    if not _words(words):
        return []
    return list(clients_with(words).exclude(pk=but).prefetch_related("contacts")[:MOST_FOUND])


def _words(words: str) -> list[str]:
    """A phone number is one word, however it is spaced, without the zeros that it begins with at home."""
    words = without_nulls(words).strip()
    digits = re.sub(r"\D", "", words).lstrip("0")
    if _PHONE.fullmatch(words) and len(digits) >= FEWEST_DIGITS:
        return [digits]
    return [word for word in words.split() if query_of(word)][:MOST_WORDS]


def _whose(word: str) -> QuerySet[Any, Any]:
    """The ids of the clients that have this word anywhere; each place is looked up by its own index."""
    query = query_of(word)
    called = Client.objects.alias(words=client_words()).filter(words=query).order_by().values("pk")
    people = Contact.objects.alias(words=contact_words()).filter(words=query)
    keys = ClientKey.objects.alias(words=key_words()).exclude(rule=MatchRule.ADDRESS).filter(words=query)
    return called.union(people.values("client"), keys.values("client"))
