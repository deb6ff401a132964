"""Finds sales orders by anything a clerk has at hand, among any number of them.

What is searched stands in `OrderSearchIndex`, in one spelling (docs/decisions/searching.md). There a text gives each
run between blanks without its punctuation, and the parts between the punctuation. A code (import ID, tracking
number) is found whole, and an ending (of a tracking number, of a phone) backwards, so that both are looked up from
their beginning.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from counterfoil.sales.models import OrderSearchIndex, SalesOrder
from counterfoil.sales.orders.lookup import LONGEST_NUMBER

MOST_WORDS = 6
MOST_CALLED = 20
MOST_FOUND = 2_000
LONGEST_WORD = 60
FEWEST_LETTERS = 3  # of which a word may begin with: "an" alone is found as a whole word
FEWEST_DIGITS = 4
ENDING_OF_CODE = 6  # letters and digits that a code may end in
ENDING_OF_PHONE = 7
PHONE_AT_HOME = 9  # the last digits, which are the same however the country is written

# The same as in the migration 0008_order_words: what NFKD leaves in capitals, and the final sigma.
_CAPITALS = (
    *(*range(0x41, 0x5B), 0xC6, 0xD0, 0xD8, 0xDE, 0x110, 0x126, 0x141, 0x14A, 0x152, 0x166),
    *(*range(0x391, 0x3A2), *range(0x3A3, 0x3AA), *range(0x402, 0x430), 0x490, *range(0x531, 0x557)),
)
_SMALL = {0x3C2: 0x3C3, 0x1E9E: 0xDF} | {code: ord(chr(code).lower()) for code in _CAPITALS}
_ACCENTS = re.compile("[\u0300-\u036f]+")
_BLANKS = re.compile("[\x00-\x20]+")
_PUNCTUATION = re.compile("[!-/:-@\\[-`{-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f]+")


class WordsQuery(SearchQuery):
    """A query whose words are spelled as they are kept: `OrderWords.objects.filter(words=WordsQuery(text))`."""

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, Any]:  # type: ignore[override]
        """The text as it is, without the normalising that PostgreSQL's configurations do."""
        return super().as_sql(compiler, connection, template="(%(expressions)s)::tsquery")


def folded(text: str) -> str:
    """One spelling for letters: without case and accents, one blank for many; as `sales_fold` does in the database."""
    small = unicodedata.normalize("NFKD", text).translate(_SMALL).replace("ß", "ss")
    return _BLANKS.sub(" ", _ACCENTS.sub("", small))


def words_of(text: str) -> list[str]:
    """What is searched, word by word: each without its punctuation, so that MUG-1 and mug1 are the same."""
    words = (_PUNCTUATION.sub("", word)[:LONGEST_WORD] for word in folded(text).split(" "))
    return [word for word in words if word][:MOST_WORDS]


def query_of(text: str) -> WordsQuery | None:
    """Orders in which all words are found, or which have the whole text as a code; None without words."""
    words = words_of(text)
    if not words:
        return None
    found = " & ".join(f"({_has(word)})" for word in words)
    whole = "".join(words)[:LONGEST_WORD]
    return WordsQuery(f"{found} | {_has(whole)}" if len(words) > 1 else found)


def _has(word: str) -> str:
    """A word, what begins with it, a code, or the end of one. Folded words have no quotation marks in them."""
    alternatives = [f"'{word}'{_from_beginning(word)}", f"'#{word}'"]
    fewest = ENDING_OF_PHONE if word.isdecimal() else ENDING_OF_CODE
    if len(word) >= fewest:
        alternatives.append(f"'~{_ending(word)[::-1]}':*")
    return " | ".join(alternatives)


def _from_beginning(word: str) -> str:
    """Short beginnings are those of too many words."""
    return ":*" if len(word) >= (FEWEST_DIGITS if word.isdecimal() else FEWEST_LETTERS) else ""


def _ending(word: str) -> str:
    return word[-PHONE_AT_HOME:] if word.isdecimal() else word


def found_by(orders: QuerySet[SalesOrder], text: str) -> QuerySet[SalesOrder]:
    """Those in which the text is found, however many; all of them without words."""
    query = query_of(text)
    return orders if query is None else orders.filter(words__words=query)


@dataclass(frozen=True, slots=True)
class SearchMatches:
    """What a search has found: ids, the newest first. `exactly`: those whose own number is what was searched.

    `too_many`: there are more than MOST_FOUND, and the older ones are left out.
    """

    ids: list[int]
    exactly: list[int]
    too_many: bool


def newest_found(text: str, *, since: datetime | None = None, before: datetime | None = None) -> SearchMatches | None:
    """The newest orders in which the text is found, of those days; None without words. Two statements."""
    query = query_of(text)
    if query is None:
        return None
    words = OrderSearchIndex.objects.filter(words=query, **_days(since, before)).order_by("-order_date", "-order_id")
    ids = list(words.values_list("pk", flat=True)[: MOST_FOUND + 1])
    exactly = _called(text, **_days(since, before))
    kept = ids[:MOST_FOUND]
    return SearchMatches(
        [*(pk for pk in exactly if pk not in set(kept)), *kept], exactly, too_many=len(ids) > MOST_FOUND
    )


def _days(since: datetime | None, before: datetime | None) -> dict[str, datetime]:
    days = {"order_date__gte": since, "order_date__lt": before}
    return {name: moment for name, moment in days.items() if moment is not None}


def _called(text: str, **days: datetime) -> list[int]:
    """The ids of those whose number, import ID or number in the store is just this."""
    name = text.strip().removeprefix("#").replace("\x00", "")
    if not name:
        return []
    exactly = Q(import_id__in=[name, name.upper()]) | Q(web_order_number=name)
    if name.isascii() and name.isdigit() and len(name) <= LONGEST_NUMBER:
        exactly |= Q(number=int(name))
    orders = SalesOrder.objects.filter(exactly, **days)
    return list(orders.order_by("-order_date").values_list("pk", flat=True)[:MOST_CALLED])
