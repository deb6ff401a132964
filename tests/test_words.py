"""People read short American English: phrases that no clerk says do not come back."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "counterfoil"
STORED = {"BigCommerce does not have this order (any more)."}  # by older versions; matched, never shown anew
BANNED = [
    "all the same",
    "any more",
    "at once, in",
    "by itself",
    "by themselves",
    "colour",
    "do not stand",
    "does not stand",
    "fitted",
    "further field",
    "half within",
    "has come by",
    "in the books",
    "is no amount",
    "is no quantity",
    "is passed over",
    "it is printed",
    "just now",
    "lately",
    "learnt",
    "look at the loading",
    "meanwhile",
    "mend ",
    "mend it",
    "needs you",
    "nobody visits",
    "not this client",
    "of it needs",
    "own tracking link",
    "password lost",
    "put into",
    "recognised",
    "signs along",
    "stand in a ",
    "stands in a ",
    "stands under",
    "take back",
    "take in ",
    "taken in",
    "the books",
    "to the login",
    "whilst",
]


def _template_texts(place: Path) -> Iterator[tuple[str, str]]:
    """Each template and script, without its comments and code, on one line."""
    for path in sorted([*place.rglob("*.html"), *place.glob("web/static/web/*.js")]):
        text = re.sub(r"{#.*?#}|<!--.*?-->", " ", path.read_text(), flags=re.DOTALL)
        if path.suffix == ".js":
            text = " ".join(re.findall(r"[\"`]([^\"`\n]* [^\"`\n]*)[\"`]", re.sub(r"//.*", "", text)))
        yield path.relative_to(ROOT).as_posix(), " ".join(text.split())


def _strings(path: Path) -> Iterator[str]:
    """The strings of a module that someone may read; docstrings are for who works on it."""
    tree = ast.parse(path.read_text())
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    if "models" in path.parts:  # what a column is for: no page shows it
        silent |= {
            id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "help_text"
        }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield "" if node.value in STORED else " ".join(node.value.split())


def _code_texts(place: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(place.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), " | ".join(_strings(path))


def _docs() -> Iterator[tuple[str, str]]:
    for path in sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]):
        if path.name != "glossary.md":
            yield path.relative_to(ROOT).as_posix(), " ".join(path.read_text().split())


TEXTS = [*_template_texts(SOURCE), *_code_texts(SOURCE), *_docs()]


@pytest.mark.parametrize("phrase", BANNED)
def test_a_phrase_that_no_clerk_says_does_not_come_back(phrase: str) -> None:
    """On pages, in messages, and in the docs."""
    found = [name for name, text in TEXTS if re.search(rf"(?<![a-z_-]){re.escape(phrase)}", text, re.IGNORECASE)]
    assert found == []
