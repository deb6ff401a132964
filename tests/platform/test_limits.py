"""The limits stand in one place, the program keeps to them, and the docs show them all."""

import re
from pathlib import Path

from django.conf import settings

from counterfoil import limits

PAGE = Path(__file__).parents[2] / "docs" / "running.md"


def test_the_docs_show_the_same_table() -> None:
    """Each limit, in the same words and in the same order."""
    page = PAGE.read_text()
    start = page.index("| limit | |\n")
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", page[start : page.index("\n\n", start)], re.M)
    assert tuple(rows) == limits.TABLE


def test_each_limit_is_in_the_table() -> None:
    """By its number, so that none is added and kept to oneself."""
    shown = " ".join(text for row in limits.TABLE for text in row)
    words = {"EVENT_SECONDS": "5 minutes", "SLOWEST": "16 KB"}
    for name, value in vars(limits).items():
        if name.isupper() and name != "TABLE":
            forms = [words.get(name, ""), f"{value:,g}", f"{value / 1_000_000:g} MB", f"{value // 1024} KB"]
            assert any(form and form in shown for form in [*forms, f"{value / 1_000_000_000:g} GB", f"{value:,}"]), name


def test_the_framework_keeps_to_them() -> None:
    """What Django refuses by itself."""
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == limits.LARGEST_FORM
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS == limits.MOST_FORM_FIELDS
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES == limits.MOST_FORM_FILES
