"""No cell of a CSV is taken for a formula, whatever program opens the file, and what was guarded is read as it was."""

import ast
import csv
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import counterfoil
from counterfoil.sales.csv.formulas import guarded, unguarded
from counterfoil.sales.csv.text import cell, read_csv, safe, written_csv

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫\u2212"
SPLITS = [",", ";", "|", "\t", "\n", "\r", "\r\n"]
UNSEEN = [
    *(" ", "\u00a0", "\u3000", "\u200b", "\u200d", "\ufeff", "\u2060", "\u202e", "\x00", "\x01", "\x1f", "\x7f"),
    *("\xad", "\u3164", "\ufe0f", "\u2800", "\x85", "\u2028"),
]
QUOTES = ['"', "'", '""', "''"]
BEGINNINGS = st.lists(st.sampled_from([*SIGNS, *SPLITS, *UNSEEN, *QUOTES, "a", "7", "é"]), max_size=12).map("".join)


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet that strips whatever it may strip, but no apostrophe, finds a sign first."""
    return text.lstrip("".join({*"".join(UNSEEN), *"".join(SPLITS), '"'}))[:1] in {*SIGNS}


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", *UNSEEN, *QUOTES, *SPLITS, " \t", "\u200b ", "'\u00a0"])
def test_a_sign_at_the_beginning_is_guarded_whatever_unseen_stands_before_it(sign: str, before: str) -> None:
    """Half width and full width, behind blanks, control characters, zero-width ones and quotation marks."""
    text = f"{before}{sign}1+cmd|' /C calc'!A0"
    assert safe(text).startswith("'")
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("split", [*SPLITS, '"', ';"', '; "', ";\u200b", ";;", "\t "])
def test_a_sign_behind_whatever_a_spreadsheet_splits_at_is_guarded(sign: str, split: str) -> None:
    """The apostrophe stands behind the last place where a cell might begin."""
    text = f"Mug{split}{sign}1+1"
    unseen_last = split.rstrip(" \u200b")
    assert guarded(text) == f"Mug{unseen_last}'{split[len(unseen_last) :]}{sign}1+1"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "half-price",
        "a@b.example",
        "1+1",
        "A=B",
        'Pipe 1/2"-3/4"',
        "5' - 6'",
        "Straße 5 - 7",
        "2026-01-31",
        "a; b-c",
        "'n",
    ],
)
def test_ordinary_text_is_written_as_it_is(text: str) -> None:
    """Signs inside a word, inches, ranges."""
    assert safe(text) == text


def test_numbers_stay_numbers() -> None:
    """Also below zero, with all their digits."""
    assert written_csv([[Decimal("-0.0100"), -3, Decimal("-1E+2"), 7]]) == "-0.0100,-3,-100,7\r\n"


@given(BEGINNINGS)
def test_what_was_guarded_is_read_as_it_was_whatever_apostrophes_it_had_of_its_own(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(BEGINNINGS, BEGINNINGS)
def test_no_reader_of_the_file_finds_a_formula(text: str, other: str) -> None:
    """Whichever delimiter it takes, whether it knows quotation marks or not."""
    written = written_csv([[other, text], ["order", Decimal("-5")]]).replace("\0", "")
    for delimiter in ",;\t|":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            for record in csv.reader(written.splitlines(keepends=True), delimiter=delimiter, quoting=quoting):
                wrong = [each for each in record if begins_formula(each)]
                assert wrong in ([], ["-5"])


@given(BEGINNINGS)
def test_our_own_reader_takes_the_apostrophes_off(text: str) -> None:
    """What comes back is the cell without the blanks around it."""
    if "\0" in text:
        return
    (_, (back, _)) = read_csv(written_csv([["order", "sku"], [text, "b"]]))
    assert back == cell(safe(text))


def test_a_long_row_of_blanks_takes_no_longer_than_any_text() -> None:
    """Each sign is looked at once."""
    begin = time.process_time()
    for piece in ("\n", " ", ";", '"', "'", ';"', "\n="):
        guarded(piece * 200_000)
        unguarded(piece * 200_000 + "'=")
    assert time.process_time() - begin < 20


def test_every_csv_is_written_in_one_place() -> None:
    """No other module has a writer of its own, which would know of no formulas."""
    root = Path(counterfoil.__file__).parent
    writers = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id) in ("writer", "DictWriter")
    }
    assert writers == {"sales/csv/text.py"}
