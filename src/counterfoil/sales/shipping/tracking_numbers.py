"""What a tracking number is: how it is read from whatever a person or a file gave, and how two are compared.

    number = read_tracking_number("’1Z 999 AA1 01 2345 6784\u200b")   # "1Z 999 AA1 01 2345 6784"
    numbers = read_tracking_numbers("1ZA, 1ZB")                       # ["1ZA", "1ZB"]
    comparable("1z-999") == comparable("1Z 999")

All ways in go through here: files, commands, pages.
"""

import re
import unicodedata

from counterfoil.sales.csv.numbers import is_rounded_number, whole_number
from counterfoil.sales.csv.text import cell
from counterfoil.sales.errors import Refused
from counterfoil.sales.shipping.symbology import scanned_text

_MINUS = "\u2212"  # a sign of mathematics to Unicode, a dash to whoever typed it
_QUOTES = "'\"`´‘’‚‛“”„‟ʹʻʼʽˈ′‵＇«»"
_ERRORS = re.compile(
    r"#+|#[^\d#].*[!?]|#N/[AD]\b.*|#NV|#N/?V|#(GETTING_DATA|REF|VALUE|NAME|NUM|NULL).*|#DIV/0!?|Err:\d+", re.IGNORECASE
)
_SAID = (
    "nan na null none nil nat inf undefined unknown tbd tba tbc pending missing empty blank void false true loading "
    "notavailable notapplicable notracking notrackingnumber nonumber notyet tofollow trackingnumber tracking"
)
_NOTHING = frozenset(_SAID.split())  # letters and digits only: "N/A" and "<NA>" are na
_NO_NAME = frozenset(["nan", "null", "undefined"])  # not "none": stores have methods of that name
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?.*)?|\d{1,2}([/.])\d{1,2}\3(\d\d){1,2}( \d\d?:\d\d.*)?")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,;|&+、•\n\r\t\v\f\u2028\u2029]|<br ?/?>|//)\s*|\s+[/\\·]\s+|\s+and\s+", re.IGNORECASE)
_SLASHES = re.compile(r"\s*/\s*")
_LEAST_ALONE = 10  # signs of a number that stands next to another with only a blank or a slash between them
AS_TEXT = "Format the column as text, enter the {what} again, and save the file again."


def comparable(number: str) -> str:
    """What a tracking number is, however it is spelled: without case, blanks, dashes and signs that cannot be seen.

    "1z 999-aa1" and "1Z999AA1" are one number. For comparing only: what is stored and sent keeps its spelling. The
    database has the same as `sales_comparable_number`.
    """
    if number.isascii() and number.isalnum():
        return number.upper()
    whole = unicodedata.normalize("NFKC", number)
    return "".join(sign for sign in whole if not _is_between(sign)).upper()


def _is_between(sign: str) -> bool:
    """Whether a sign only separates or cannot be seen: blanks, dashes, control and format characters."""
    return sign.isspace() or sign == _MINUS or unicodedata.category(sign) in ("Pd", "Cf", "Cc")


def read_tracking_number(text: str) -> str:
    """The tracking number in a cell or a field; "" where it is empty.

    Raises Refused for what is no tracking number, what a spreadsheet has spoiled, and several at once.
    """
    numbers = read_tracking_numbers(text)
    if len(numbers) > 1:
        raise several_numbers(numbers)
    return numbers[0] if numbers else ""


def names_number(text: str, number: str) -> bool:
    """Whether what stands in a field of others is this number, or has it among several: "1ZA, 1ZB" names 1ZB."""
    wanted = comparable(number)
    if comparable(text) == wanted:
        return True
    try:
        return wanted != "" and any(comparable(each) == wanted for each in read_tracking_numbers(text))
    except Refused:
        return False


def several_numbers(numbers: list[str]) -> Refused:
    """The refusal of several numbers where one is meant."""
    return Refused(
        f"There are {len(numbers)} tracking numbers in one field: {', '.join(numbers)}.",
        "Enter one per parcel. Extra boxes of a parcel go in the row or parcel that lists its items.",
    )


def read_tracking_numbers(text: str) -> list[str]:
    """As `read_tracking_number`, for a cell that may hold several: each once, in their order.

    A label is read by a scanner, which may say before it what barcode it is: "]C01Z999…".
    """
    whole = scanned_text(bare(text))
    if not whole:
        return []
    if whole.isascii() and whole.isalnum() and not whole.isalpha() and not whole.isdecimal():
        return [whole]
    if _is_one(whole):
        return [checked_number(whole, "tracking number")]
    found: dict[str, str] = {}
    for part in _parts(whole):
        number = checked_number(part, "tracking number")
        found.setdefault(comparable(number), number)
    return list(found.values())


def _is_one(whole: str) -> bool:
    """Whether it is one number or none at all, whatever stands inside: a formatted number, a word, a date, a link."""
    return is_rounded_number(whole) or whole_number(whole) != whole or _why_none(whole) != ""


def _parts(whole: str) -> list[str]:
    parts = [bare(part) for part in _BETWEEN.split(whole)]
    return [each for part in parts if part for each in _close_together(part)]


def _close_together(part: str) -> list[str]:
    """Numbers with only a slash or a blank between them, where each is as long as a whole number; else one."""
    for split in (_SLASHES.split, str.split):
        pieces = split(part)
        if len(pieces) > 1 and all(_is_long(piece) for piece in pieces):
            return pieces
    return [part]


def _is_long(piece: str) -> bool:
    return len(comparable(piece)) >= _LEAST_ALONE and any(sign.isdigit() for sign in piece)


def checked_number(text: str, what: str) -> str:
    """The number that a bare text is, "" for none; raises Refused for what is no number, and for one that is spoiled.

    `what` names it in the sentence: "tracking number", "order number".
    """
    if not text:
        return ""
    why = _why_none(text)
    if why:
        raise Refused(
            f"“{text[:50]}” isn’t a valid {what}: {why}.", f"Enter the {what}, or leave it empty if there isn’t one."
        )
    if is_rounded_number(text):
        raise Refused(f"A spreadsheet rounded the {what}: {text}.", AS_TEXT.format(what=what))
    return " ".join(whole_number(text).split())


def _why_none(text: str) -> str:
    """Why a text is no number of anything; "" where it may be one."""
    if _ERRORS.fullmatch(text):
        return "a spreadsheet puts it where a formula fails or a column is too narrow"
    if "".join(sign for sign in text.casefold() if sign.isalnum()) in _NOTHING:
        return "it says there isn’t one"
    if not any(sign.isalnum() for sign in text):
        return "it has no letters or digits"
    if text.startswith("="):
        return "it’s a formula"
    if len(text.split()) > 1 and not any(sign.isdigit() for sign in text) and not _BETWEEN.search(text):
        return "it’s words"
    if set(text) <= set("0.,-/ "):
        return "it’s all zeros"
    if _DATE.fullmatch(text):
        return "it’s a date"
    return "it’s a link, which has its own field" if _LINK.match(text) else ""


def refuse_no_name(text: str, what: str) -> None:
    """Raises Refused for what a spreadsheet or a program puts into an empty or broken cell of names: "#REF!", "nan"."""
    why = ""
    if _ERRORS.fullmatch(text):
        why = "a spreadsheet puts it where a formula fails or a column is too narrow"
    elif text.strip("<>()[]").casefold() in _NO_NAME:
        why = "a program puts it where a cell is empty"
    if why:
        raise Refused(
            f"“{text[:50]}” isn’t a valid {what}: {why}.", f"Enter the {what}, or leave it empty if there isn’t one."
        )


def bare(text: str) -> str:
    """A text without what spreadsheets, mail programs and people leave around it.

    Blanks, quotation marks and apostrophes around it, `="0123"`, and signs that cannot be seen anywhere in it.
    """
    if text.isascii() and text.isalnum():
        return text
    plain = cell("".join(sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C"))
    while plain and plain[0] in _QUOTES:
        plain = plain[1:].lstrip()
    while plain and plain[-1] in _QUOTES:
        plain = plain[:-1].rstrip()
    return unicodedata.normalize("NFKC", plain).strip()
