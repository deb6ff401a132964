"""Which cells a spreadsheet would take for formulas, and the apostrophe that keeps it from doing so.

What counts: CWE-1236; OWASP, "CSV Injection" (signs, also full-width ones, tab and return, and signs behind what
splits a cell); ASVS 5.0, 1.2.10 (the apostrophe, the null character). Readers that strip blanks and signs that cannot
be seen before they look: github.com/zvory/csv-safe pull request 25.
"""

import re
from collections.abc import Iterator

_SIGNS = r"=+\-@＝＋－＠﹦﹢﹣﹫\u2212"
_SPLITS = r",;|\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
"""Where one program or another begins a new cell: a comma and a semicolon are each other's text."""
_UNSEEN = (
    r"\s\0-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_MAY_BE_A_FORMULA = re.compile(rf"[{_SIGNS}]|\A'*[\0\t\r\n]")
_BEFORE_TEXT = re.compile(rf'(?:\A|[{_SPLITS}]|(?<!\d)")[{_SPLITS}{_UNSEEN}"\']*+')
"""All that may stand before the first sign of a cell. A quotation mark behind a digit is inches: 1/2"-3/4"."""
_SIGN = re.compile(rf"[{_SIGNS}]")
_BEGINS_UNSEEN = re.compile(r"'*[\0\t\r\n]")
_LAST_SPLIT = re.compile(rf'[{_SPLITS}"](?=[^{_SPLITS}"]*\Z)')


def guarded(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet might begin a formula; `unguarded` takes them off again."""
    if not _MAY_BE_A_FORMULA.search(text):
        return text
    done, begin = [], 0
    for place in _places(text):
        done += [text[begin:place], "'"]
        begin = place
    return "".join([*done, text[begin:]])


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    if "'" not in text or not _MAY_BE_A_FORMULA.search(text):
        return text
    done, begin = [], 0
    for place in _places(text):
        if text[place] == "'":
            done.append(text[begin:place])
            begin = place + 1
    return "".join([*done, text[begin:]])


def _places(text: str) -> Iterator[int]:
    """Where the apostrophes belong. Each sign is looked at once, however long the text."""
    if not _SIGN.search(text):
        yield 0
        return
    for before in _BEFORE_TEXT.finditer(text):
        begins_formula = _SIGN.match(text, before.end()) is not None
        if before.start() == 0 and (begins_formula or _BEGINS_UNSEEN.match(text)):
            yield 0
        if begins_formula and (split := _LAST_SPLIT.search(before.group())):
            yield before.start() + split.end()
