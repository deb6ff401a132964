"""The words that docs/glossary.md has retired do not come back into names, comments and docstrings."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "counterfoil"
ROW = re.compile(r"^\| \*\*(?P<word>.+?)\|(?P<meaning>.+)\|(?P<not_called>[^|]+)\|$")
IN_CODE_TYPE = re.compile(r"`([a-z ]+)`")
FORMS = r"(?:s|es|ed|d|ing|t|n)?"
ALLOWED = {
    # what is stored, called from outside, or read by a template
    "visited_at", "visited_at__gt",
    "glanced_at", "mended", "mended_by_settings", "books_only", "further_field", "happenings",
}  # fmt: skip
ALLOWED_IN = {
    "testing.py": {"further field"},  # `further_field` is imported by merchants' own tests
    "web/templatetags/order_parts.py": {"further field"},  # the tag that templates use
    "web/orders/timeline.py": {"happening"},  # what the template loops over
}


def _retired() -> list[str]:
    rows = (ROW.match(line) for line in (ROOT / "docs/glossary.md").read_text().splitlines())
    return sorted({word for row in rows if row is not None for word in IN_CODE_TYPE.findall(row["not_called"])})


def _prose_and_names(path: Path) -> Iterator[tuple[int, str]]:
    """Each name, comment and docstring of a file, with its line; a name as words, unless it is allowed."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for each in node.body:
                if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
                    yield each.lineno, str(each.value.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
        elif token.type == tokenize.NAME and token.string not in ALLOWED:
            yield token.start[0], re.sub(r"(?<=[a-z])(?=[A-Z])", " ", token.string).replace("_", " ")


@cache
def _all_texts() -> list[tuple[Path, int, str]]:
    """Of all files but migrations, without what stands in code type."""
    paths = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
    return [(path, line, re.sub(r"`[^`]*`", " ", text)) for path in paths for line, text in _prose_and_names(path)]


def _allowed(path: Path, word: str) -> bool:
    place = path.relative_to(SOURCE).as_posix()
    return any(word in words for start, words in ALLOWED_IN.items() if place.startswith(start))


@pytest.mark.parametrize("word", _retired())
def test_a_retired_word_does_not_come_back(word: str) -> None:
    """docs/glossary.md has the word that is used instead."""
    wanted = re.compile(rf"\b{word}{FORMS}\b", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text.strip()[:100]}"
        for path, line, text in _all_texts()
        if wanted.search(text) and not _allowed(path, word)
    ]
    assert not found, "\n".join(found)


def test_the_glossary_retires_words() -> None:
    """As many as there are; a table that cannot be read would retire none."""
    assert {"turn", "visit", "books", "mend", "further field"} <= set(_retired())
