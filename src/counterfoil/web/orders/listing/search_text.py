"""What someone means who types "where is order 10234?" or "#10234" into the search."""

import re
from dataclasses import dataclass

from counterfoil.storable import is_digits, number_of

_ASKED = re.compile(
    r"^(?:(?:please\s+)?(?:where(?:['\u2019]?s|\s+(?:is|are))|what\s+about|what['\u2019]?s\s+with|"
    r"find(?:\s+me)?|show(?:\s+me)?|look\s+up|track|status\s+of)\s+)",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"^(?:(?:my|the|our|this|that|web|sales|store|bigcommerce)\s+)*"
    r"(?:orders?|import\s+id|po|parcel|package|shipment|tracking|e-?mail|customer|client)(?=[\s#:])\s*"
    r"(?:(?:no|nr|num|number|id)\b\.?\s*)?[#:\u2116]*\s*(?:from\s+|of\s+|for\s+)?",
    re.IGNORECASE,
)
_OWNER = re.compile(r"^(?P<who>.+?)(?:['\u2019]s?)\s+(?:orders?|parcels?|packages?|shipments?)$", re.IGNORECASE)
_NAMED = re.compile(
    r"^(?:is|are|was|has|have|did|does|will|when|what|which|why|how|can|could|please)\b\D*?"
    r"\border\s+(?:(?:no|nr|num|number|id)\b\.?\s*)?[#:\u2116]*\s*(?P<number>(?:[a-z][\w-]*-)?\d+)\b\D*$",
    re.IGNORECASE,
)
_END = re.compile(r"[\s?!]+(?:please[\s?!.]*)?$", re.IGNORECASE)
_HAS_NUMBER = re.compile(r"[0-9@]")


@dataclass(frozen=True, slots=True)
class OrderQuestion:
    """What is searched: the words without the question around them.

    `number`: the store's order number that it may be, None where it looks like none; `store`: the code of the store
    that the number names, as DEMO-158 does, "" where it names none. `is_explicit`: it was said that it is an order.
    """

    words: str
    number: int | None = None
    store: str = ""
    is_explicit: bool = False


def words_asked_for(text: str) -> str:
    """The words to search: "has order 10234 shipped?" asks for 10234. A name stays as it is, also one with "order"."""
    words = _END.sub("", f"{text.strip()} ")
    named = _NAMED.match(words)
    if named:
        return named["number"]
    asked = _ASKED.sub("", words)
    if asked != words:
        owner = _OWNER.match(asked)
        asked = owner["who"] if owner else asked
    called = _CALLED.sub("", asked).strip()
    is_told = called and all(_HAS_NUMBER.search(word) for word in called.split())
    found = called if is_told else asked
    return found.removeprefix("#").strip() or text.strip()


def question_in(text: str, codes: list[str], most: int) -> OrderQuestion:
    """What the text asks for. `codes`: the import source codes; `most`: the largest number that a store gives."""
    words = words_asked_for(text)
    if is_digits(words):
        return OrderQuestion(words, number_of(words, most) or None, is_explicit=words != text.strip())
    for code in sorted(codes, key=len, reverse=True):
        rest = words[len(code) :].strip()
        if words.upper().startswith(code.upper()) and is_digits(rest):
            return OrderQuestion(words, number_of(rest, most) or None, code, is_explicit=True)
    return OrderQuestion(words)
