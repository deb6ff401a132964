"""Writes XML: free text in CDATA sections, as ShipStation's guide asks, and nothing that XML 1.0 has no place for."""

import re
from collections.abc import Iterable

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def text_element(name: str, text: str, longest: int, *, instead: str = "") -> str:
    """An element with text, cut to what ShipStation takes of it; `instead`: where nothing of it can be shown."""
    clean = (_NO_XML.sub("", text).strip() or instead)[:longest].replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{clean}]]></{name}>" if clean else f"<{name}></{name}>"


def value_element(name: str, value: object) -> str:
    """An element with a number, a date or a word of ours."""
    return f"<{name}>{value}</{name}>"


def element(name: str, parts: Iterable[str]) -> str:
    """An element that holds others."""
    return f"<{name}>{''.join(parts)}</{name}>"
