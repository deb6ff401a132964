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
from django.db import connection
from django.db.models import Q, QuerySet

from counterfoil.sales.models import SalesOrder
from counterfoil.storable import number_of, without_nulls

MOST_WORDS = 6
MOST_CALLED = 20
MOST_FOUND = 500
LONGEST_WORD = 60
PEEK = 500  # of the newest orders are asked how frequent the words are
LONGEST_WALK = 50_000
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
    written = tsquery_of(text)
    return WordsQuery(written) if written else None


def tsquery_of(text: str) -> str:
    """The same as PostgreSQL writes a tsquery; "" without words."""
    words = words_of(text)
    found = " & ".join(f"({_has(word)})" for word in words)
    return f"{found} | {_has(''.join(words)[:LONGEST_WORD])}" if len(words) > 1 else found


def _has(word: str) -> str:
    """A word, what begins with it, a code, or the end of one. Folded words have no quotation marks in them."""
    alternatives = [f"'{word}'{':*' if is_beginning(word) else ''}", f"'#{word}'"]
    ending = searched_ending(word)
    if ending:
        alternatives.append(f"'~{ending[::-1]}':*")
    return " | ".join(alternatives)


def is_beginning(word: str) -> bool:
    """Whether what begins with a folded word is found by it: short beginnings are those of too many words."""
    return len(word) >= (FEWEST_DIGITS if word.isdecimal() else FEWEST_LETTERS)


def searched_ending(word: str) -> str:
    """The end of a code or a phone by which a folded word finds it; "" for a word that is too short for that."""
    if not word.isdecimal():
        return word if len(word) >= ENDING_OF_CODE else ""
    return word[-PHONE_AT_HOME:] if len(word) >= ENDING_OF_PHONE else ""


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
    if query_of(text) is None:
        return None
    ids = newest_with(text, since=since, before=before)
    exactly = orders_called(text, since=since, before=before)
    kept = ids[:MOST_FOUND]
    return SearchMatches(
        [*(pk for pk in exactly if pk not in set(kept)), *kept], exactly, too_many=len(ids) > MOST_FOUND
    )


# Two ways lead to the newest orders with some words. From the newest on, until there are enough of them: right where
# many have the words. By the index of words, which gives all that have them: right where few have. The planner cannot
# know which, since it takes any beginning of a word for equally frequent, and a LIMIT for cheap. So a few hundred of
# the newest are asked: with `hits` among them, the first way looks at MOST / (hits / PEEK) orders, one next to the
# other, and the second one at (hits / PEEK) of all, here and there, which takes four times as long for each. A word
# that is frequent of late only ends the first way after LONGEST_WALK orders.
_NEWEST_WITH = """
    WITH peek AS (
        SELECT count(*) FILTER (WHERE words @@ %(query)s::tsquery)::float8 AS hits, count(*) AS orders FROM (
            SELECT words FROM sales_orderwords WHERE {days} ORDER BY order_date DESC, order_id DESC LIMIT {PEEK}
        ) AS newest
    ), way AS MATERIALIZED (
        SELECT orders < {PEEK} AS are_all, orders < {PEEK} OR hits * hits * (
            SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'sales_orderwords'::regclass
        ) * 4 > %(most)s::float8 * {PEEK} * {PEEK} AS is_walk FROM peek
    ), walked AS MATERIALIZED (
        SELECT order_id, order_date FROM (
            SELECT * FROM sales_orderwords WHERE (SELECT is_walk FROM way) AND {days}
            ORDER BY order_date DESC, order_id DESC LIMIT {LONGEST_WALK}
        ) AS newest WHERE words @@ %(query)s::tsquery LIMIT %(most)s
    ), indexed AS MATERIALIZED (
        SELECT order_id, order_date FROM sales_orderwords
        WHERE (SELECT NOT are_all AND (SELECT count(*) FROM walked) < %(most)s FROM way)
            AND words @@ %(query)s::tsquery AND {days}
    )
    SELECT order_id, order_date FROM walked UNION SELECT order_id, order_date FROM indexed
    ORDER BY order_date DESC, order_id DESC LIMIT %(most)s
"""


def newest_with(text: str, *, since: datetime | None = None, before: datetime | None = None) -> list[int]:
    """The ids of the newest orders of those days with these words, MOST_FOUND and one more at most. One statement."""
    given = {"order_date >= %(since)s": since, "order_date < %(before)s": before}
    days = " AND ".join(["true", *(condition for condition, moment in given.items() if moment)])
    statement = _NEWEST_WITH.format(days=days, PEEK=PEEK, LONGEST_WALK=LONGEST_WALK)
    asked: dict[str, Any] = {"query": tsquery_of(text), "most": MOST_FOUND + 1, "since": since, "before": before}
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return [pk for pk, _ in cursor.fetchall()]


def orders_called(text: str, *, since: datetime | None = None, before: datetime | None = None) -> list[int]:
    """The ids of those whose number, import ID or number in the store is just this. One statement."""
    name = without_nulls(text).strip().removeprefix("#")
    if not name:
        return []
    exactly = Q(import_id__in=[name, name.upper()]) | Q(web_order_number=name)
    number = number_of(name)
    if number is not None:
        exactly |= Q(number=number)
    orders = SalesOrder.objects.filter(exactly)
    orders = orders.filter(order_date__gte=since) if since else orders
    orders = orders.filter(order_date__lt=before) if before else orders
    return list(orders.order_by("-order_date").values_list("pk", flat=True)[:MOST_CALLED])
