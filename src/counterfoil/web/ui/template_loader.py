"""Loads our templates without the indentation that they are written with: one element a line for who reads the file.

A browser shows a run of blanks as one, and none at the edges of a block. Text areas and `.pre` stand in one line of
their template (a test holds that), so nothing of what they show is touched.
"""

import re
from pathlib import Path

from django.template import Origin
from django.template.loaders.app_directories import Loader

OURS = Path(__file__).parents[1] / "templates"
_TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_OPENS, _CLOSES, _BRANCHES, _SHOWS = "\x02", "\x05", "\x06", "\x04"
_KINDS = (
    (_OPENS, re.compile(r"\{%\s*(?:if|with|load|block)\b|\{#")),
    (_CLOSES, re.compile(r"\{%\s*(?:endif|endwith|endblock)\b")),
    (_BRANCHES, re.compile(r"\{%\s*(?:elif|else)\b")),
)
"""Tags that show nothing themselves. A loop is none of them: its first and last blank stand between what it repeats."""
_BLOCKS = (
    "article|aside|body|button|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|html|"
    "legend|li|main|nav|ol|option|p|section|select|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_OUTSIDE = _BLOCKS.replace("button|", "")  # between two buttons in a row a blank is seen
_SILENT = f"(?:[{_OPENS}{_CLOSES}{_BRANCHES}][0-9]+\x03)*"  # by their numbers
_RULES = (
    (re.compile(r"\s*\n\s*"), " "),
    (re.compile(r" (?=/?>)"), ""),
    (re.compile(rf"(<(?:{_BLOCKS})(?:\s[^<>]*)?>{_SILENT}) ", re.IGNORECASE), r"\1"),
    (re.compile(rf" ({_SILENT}</(?:{_BLOCKS})>)", re.IGNORECASE), r"\1"),
    (re.compile(rf"(</(?:{_OUTSIDE})>) ", re.IGNORECASE), r"\1"),
    (re.compile(rf" (?=<(?:{_OUTSIDE})[\s>])", re.IGNORECASE), ""),
    # Of two blanks the one that is shown in any case stays: before what opens, and after what closes.
    (re.compile(f"( (?:{_OPENS}[0-9]+\x03)+) "), r"\1"),
    (re.compile(f" ((?:{_CLOSES}[0-9]+\x03)+ )"), r"\1"),
)


class CompactLoader(Loader):
    """The templates of the apps; ours lose their indentation when they are loaded, once for a process."""

    def get_contents(self, origin: Origin) -> str:
        """The template's text."""
        text = super().get_contents(origin)
        return compact(text) if Path(origin.name).is_relative_to(OURS) else text


def compact(text: str) -> str:
    """The text of a template without line ends and indentation between and inside its elements."""
    tags: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        tags.append(found.group())
        kind = next((kind for kind, pattern in _KINDS if pattern.match(found.group())), _SHOWS)
        return f"{kind}{len(tags) - 1}\x03"

    text = _TAGS.sub(numbered, text)
    for rule, instead in _RULES:
        before = None
        while text != before:
            before, text = text, rule.sub(instead, text)
    return re.sub("[\x02\x04-\x06]([0-9]+)\x03", lambda found: tags[int(found.group(1))], text)
