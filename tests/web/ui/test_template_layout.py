"""How templates are laid out: by the formatter, in short lines, without spaces that would show."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.template.loader import get_template

import counterfoil.web

ROOT = Path(counterfoil.web.__file__).parent / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
LONGEST = 160
NOT_TO_BE_BROKEN = re.compile(r"""\s*({%[^%]+%}|[\w-]+=("[^"]*"|'[^']*'))\s*""")
"""One template tag, which Django reads on one line only, or one attribute."""
INCLUDED = re.compile(r"""{% (?:include|extends) "([^"]+)\"""")
KEEPS_SPACES = re.compile(r"""<(?:textarea\b|[a-z]+ [^>]*class="(?:[^"]* )?(?:pre|trace|message)[ "])[^>]*>\s""")
"""Elements whose spaces are shown as they are (`white-space: pre-wrap` of the style sheets) and begin with some."""


def test_templates_are_formatted() -> None:
    """As `make check` asks, with the options of pyproject.toml."""
    formatter = Path(sys.executable).parent / "djangofmt"
    asked = subprocess.run([formatter, "--check", ROOT], capture_output=True, text=True, check=False)
    assert asked.returncode == 0, f"{asked.stdout}{asked.stderr}\nTo format them: .venv/bin/djangofmt src/counterfoil"


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_line_of_a_template_is_longer_than_160_characters(name: str) -> None:
    """But one that cannot be broken: a single template tag, a single attribute."""
    lines = (ROOT / name).read_text().splitlines()
    assert [line for line in lines if len(line) > LONGEST and not NOT_TO_BE_BROKEN.fullmatch(line)] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_text_that_keeps_its_spaces_is_not_indented(name: str) -> None:
    """Indentation in a text field would be part of what is sent, and in a note part of what is read."""
    assert KEEPS_SPACES.findall((ROOT / name).read_text()) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles_and_finds_what_it_includes(name: str) -> None:
    """Also in branches that no page takes in these tests."""
    get_template(name)
    for included in INCLUDED.findall((ROOT / name).read_text()):
        get_template(included)
