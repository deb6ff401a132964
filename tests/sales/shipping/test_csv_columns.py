"""A CSV of parcels as people and spreadsheets write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.sales.csv.text import cell, read_csv, safe, written_csv
from counterfoil.sales.errors import Refused
from counterfoil.sales.shipping.csv_columns import COLUMNS, read_rows

TEXT = "Order,Carrier,Tracking,SKU,Qty\nWEB-1,Österreichische Post,1Z9,MUG,2\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_whatever_the_spreadsheet_wrote_is_read(encoding: str, delimiter: str, ending: str) -> None:
    """Encodings, delimiters and line ends make no difference."""
    content = TEXT.replace(",", delimiter).replace("\n", ending).encode(encoding)
    (row,) = read_rows(content)
    assert (row.number, row.order, row.carrier) == (2, "WEB-1", "Österreichische Post")
    assert (row.tracking_number, row.sku, row.quantity, row.trouble) == ("1Z9", "MUG", 2, "")


def test_headings_are_known_by_many_names() -> None:
    """Case, spaces and signs do not count, and common other names are understood."""
    (row,) = read_rows("Import ID;Tracking No.;TRACKING URL;Ship via;part number;Qty\nWEB-1;1;https://x.de/1;DPD;A;1\n")
    assert (row.order, row.tracking_number, row.tracking_link) == ("WEB-1", "1", "https://x.de/1")
    assert (row.service, row.sku, row.quantity) == ("DPD", "A", 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("order,colour\nWEB-1,red\n", "There’s no column “colour”."),
        ("carrier,tracking\nups,1Z\n", "The column “order” is missing."),
        ("order,import id\n1,2\n", "Two columns mean the order number."),
        ("", "The file is empty."),
        ("\n\n", "The file is empty."),
        ('order,sku\n"WEB-1" x,A\n', "Row 2 can’t be read: it has a misplaced quotation mark."),
        ('order,sku\n"WEB-1,A\n', "Row 2 can’t be read: it has a misplaced quotation mark."),
        (b"PK\x03\x04rest", "The file is a spreadsheet, not CSV."),
        (b"order\n\x00\x01\x02\x03", "The file isn’t text."),
        (b"x" * 20_000_001, "The file is larger than 20 MB."),
        ("order\n" + "1\n" * 50_001, "The file has 50002 rows; 50000 are allowed."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(content: bytes | str, sentence: str) -> None:
    """What is wrong is named, and what to do."""
    with pytest.raises(Refused) as refused:
        read_rows(content)
    assert refused.value.sentence == sentence
    assert refused.value.next_step


def test_the_expected_columns_are_named_with_a_wrong_one() -> None:
    """One sentence names it, the next the columns there are."""
    with pytest.raises(Refused) as refused:
        read_rows("order,colour\n")
    assert all(name in refused.value.next_step for name in COLUMNS)


def test_rows_count_as_the_spreadsheet_counts_them() -> None:
    """Empty rows count and are left out; a cell of two lines is one row; so is Excel's line with the delimiter."""
    rows = read_rows('sep=;\n\norder;sku\nWEB-1;"two\nlines"\n;\nWEB-2;B\n')
    assert [(row.number, row.order) for row in rows] == [(4, "WEB-1"), (6, "WEB-2")]


@pytest.mark.parametrize("line", ["sep=;", "sep=;;;;", '"sep=;"', "SEP=;", "sep=,;;;", "sep=;  "])
def test_the_line_that_names_the_delimiter_is_not_the_header(line: str) -> None:
    """Also where a program has added its own delimiters to it, and saved it as a cell."""
    (row,) = read_rows(f"{line}\norder;tracking;sku\nWEB-1;1Z1;A,B\n")
    assert (row.number, row.order, row.tracking_number, row.sku) == (3, "WEB-1", "1Z1", "A,B")


@pytest.mark.parametrize(
    "header",
    ['"order\n;;;","sku"', '"a;b;c","sku"', '"\t\n","sku"', '"a"";""b","sku"', '\n"\t\t\n\t",sku'],
)
def test_the_delimiter_is_what_stands_between_the_cells(header: str) -> None:
    """Not what stands inside quotation marks, on whatever line of them."""
    records = [record for record in read_csv(f"{header}\n1,2\n") if any(record)]
    assert [len(record) for record in records] == [2, 2]


def test_a_record_that_is_shorter_than_the_header_is_a_row() -> None:
    """Whatever column it ends before."""
    (row,) = read_rows("sku,order\nMUG\n")
    assert (row.sku, row.trouble) == ("MUG", "The order is missing.")


@pytest.mark.parametrize(
    ("heading", "text", "field", "value"),
    [
        ("order", "10234.0", "order", "10234"),
        ("order", "10234,00", "order", "10234"),
        ("order", "#10234", "order", "10234"),
        ("order", "10,234", "order", "10234"),
        ("order", "’10234", "order", "10234"),
        ("order", "\u200eWEB–1\u202c", "order", "WEB-1"),
        ("quantity", "'2", "quantity", 2),
        ("tracking", "770,000,000,001", "tracking_number", "770000000001"),
        ("quantity", "2.0", "quantity", 2),
        ("tracking", "123456789012.0", "tracking_number", "123456789012"),
        ("tracking", "1Z999AA10123456784", "tracking_number", "1Z999AA10123456784"),
        ("tracking", '="0123"', "tracking_number", "0123"),
        ("tracking", "'-12", "tracking_number", "-12"),
        ("tracking", "1E10", "tracking_number", "1E10"),
        ("tracking", "9400110200881234567890", "tracking_number", "9400110200881234567890"),
        ("sku", "0010.0", "sku", "0010.0"),
        ("sku", "\u00a0MUG ", "sku", "MUG"),
    ],
)
def test_a_spreadsheet_s_number_formats_are_understood(heading: str, text: str, field: str, value: object) -> None:
    """Where it is plain what was meant."""
    cells = {"order": "WEB-1", "sku": "MUG"} | {heading: text}
    (row,) = read_rows("\t".join(cells) + "\n" + "\t".join(map(_quoted, cells.values())))
    assert (getattr(row, field), row.trouble) == (value, "")


def _quoted(text: str) -> str:
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


@pytest.mark.parametrize(
    ("heading", "text", "sentence"),
    [
        ("tracking", "1.23457E+11", "A spreadsheet rounded the tracking number: 1.23457E+11."),
        ("tracking", "1,23457e+11", "A spreadsheet rounded the tracking number: 1,23457e+11."),
        (
            "tracking",
            "9400110200881230000000",
            "A spreadsheet rounded the tracking number: 9400110200881230000000.",
        ),
        (
            "order",
            "#N/A",
            "“#N/A” isn’t a valid order number: a spreadsheet puts it where a formula fails or a column is too narrow.",
        ),
        ("order", "NULL", "“NULL” isn’t a valid order number: it says there isn’t one."),
        ("tracking", "nan", "“nan” isn’t a valid tracking number: it says there isn’t one."),
        ("order", "1E+05", "A spreadsheet rounded the order number: 1E+05."),
        ("sku", "4.01E+12", "A spreadsheet rounded the SKU: 4.01E+12."),
        ("order", "", "The order is missing."),
        ("sku", "", "There’s a quantity without a SKU."),
        ("quantity", "2.5", "The quantity “2.5” isn’t a whole number of 1 or more."),
        ("quantity", "two", "The quantity “two” isn’t a whole number of 1 or more."),
        ("quantity", "0", "The quantity “0” isn’t a whole number of 1 or more."),
        ("quantity", "-1", "The quantity “-1” isn’t a whole number of 1 or more."),
        ("quantity", "9" * 30, f"The quantity “{'9' * 30}” isn’t a whole number of 1 or more."),
        ("carrier", "ups\tand more", "“and more” has no column heading."),
    ],
)
def test_a_cell_that_cannot_be_used_is_told_with_its_row(heading: str, text: str, sentence: str) -> None:
    """The row says what is wrong with it; the other rows are read all the same."""
    cells = {"order": "WEB-1", "sku": "MUG", "quantity": "1", "tracking": "1", "carrier": "ups"} | {heading: text}
    content = "\t".join(cells) + "\n" + "\t".join(cells.values()) + "\nWEB-2\n"
    bad, good = read_rows(content)
    assert (bad.number, bad.trouble) == (2, sentence)
    assert bad.next_step
    assert (good.order, good.trouble) == ("WEB-2", "")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_what_is_written_is_read_again_and_is_no_formula(text: str) -> None:
    """Any text survives the way out and in, but for the spaces around it."""
    assert not safe(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    if text == text.strip() and not text.startswith("="):
        assert cell(safe(text)) == text.strip(" \r\n\v\f\u00a0\u200b\ufeff")
    header = written_csv([["order"]])
    assert read_csv(header + written_csv([[text]]))[1:] == [[cell(safe(text))]]


@given(st.text(st.sampled_from("a;,\t\n\"'= "), max_size=9))
def test_what_is_written_first_is_read_again_whatever_delimiters_it_holds(text: str) -> None:
    """A first record too, which tells the delimiter."""
    assert read_csv(written_csv([[text, "b"]])) == [[cell(safe(text)), "b"]]
