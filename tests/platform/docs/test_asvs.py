"""The table of docs/security-asvs.md: complete, counted right, and naming only what there is."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.platform.docs.asvs_requirements import REQUIREMENTS

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "security-asvs.md"
MUST_BE_MET = ("6.", "7.", "8.", "13.", "14.")
LEAST_MET = 175
ROW = re.compile(r"^\| ([\d., ]+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[list[str], list[str]]]:
    """The requirements of each row, and its further cells."""
    found = ROW.findall(PAGE.read_text())
    return [(numbers.split(", "), [cell.strip() for cell in rest.split(" | ")]) for numbers, rest in found]


def by_state() -> dict[str, list[str]]:
    """Requirements that are met, that are not, and that do not apply."""
    states: dict[str, list[str]] = {"met": [], "not met": [], "does not apply": []}
    for numbers, cells in rows():
        states[cells[1] if len(cells) > 1 else "does not apply"] += numbers
    return states


@cache
def all_tests() -> str:
    return "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


def test_each_requirement_stands_in_the_table_once() -> None:
    """All of levels 1 and 2, and no others."""
    assert Counter(number for numbers, _ in rows() for number in numbers) == Counter(REQUIREMENTS)


def test_the_counts_are_those_of_the_table() -> None:
    """In the page's first lines, and on the page about security."""
    states = {state: len(numbers) for state, numbers in by_state().items()}
    applying = states["met"] + states["not met"]
    page = PAGE.read_text()
    assert f"Of {len(REQUIREMENTS)} requirements **{applying} apply**" in page
    assert f"**{states['met']} are met, {states['not met']} are not**. {states['does not apply']} do not apply." in page
    said = f"of {applying} requirements that apply, {states['met']} are met"
    assert said in (ROOT / "docs" / "security.md").read_text()


def test_what_has_to_be_met_is_met() -> None:
    """Logging in, sessions, rights, configuration, and what protects data: all of it."""
    states = by_state()
    assert [number for number in states["not met"] if number.startswith(MUST_BE_MET)] == []
    assert len(states["met"]) >= LEAST_MET


@pytest.mark.parametrize(("numbers", "cells"), rows(), ids=lambda part: part[0] if part[0][:1].isdigit() else "")
def test_a_row_says_what_meets_it_and_names_only_what_there_is(numbers: list[str], cells: list[str]) -> None:
    """Tests, files and sections."""
    how = cells[-1]
    assert len(how) > 5, numbers
    for name in NAMED.findall(how):
        if name.startswith("test_"):
            assert re.search(rf"^def {name}\(", all_tests(), re.MULTILINE), name
        elif re.match(r"(src|tests|docs|requirements)/", name) or name.endswith((".json", ".py")):
            assert (ROOT / name).exists(), name
    for page, section in re.findall(r"\]\(([^)#]+)#([^)]+)\)", how):
        headings = re.findall(r"^#+ (.+)$", (PAGE.parent / page).read_text(), re.MULTILINE)
        assert section in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}, section
    if cells[1:2] == ["met"]:
        assert NAMED.search(how) or "](" in how or "make check" in how or len(how) > 25, numbers
