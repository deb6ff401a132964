"""Log lines name the route of a page, as in /orders/<int:number>/, and never its address: that may hold a token.

Django and the web server write addresses into their lines; so does Django with the Referer that it does not believe.
"""

import logging
import re

from django.urls import Resolver404, resolve

NO_PAGE = "(no page)"
OTHERS = ("django", "waitress", "allauth", "axes")
"""Whose lines may hold an address; our own name routes."""
LONGEST = 1_000
"""Characters that are looked through for addresses; the rest is cut off. Of 60,000 that would take half a minute."""
ADDRESS = re.compile(r"(?:[a-z]+://[^\s/\"'<>]*)?/[^\s\"'<>]*", re.IGNORECASE)
WHOLE = re.compile(r"(?:[a-z]+:/)?/.*", re.IGNORECASE | re.DOTALL)


class RoutesOnly(logging.Filter):
    """Puts routes where a line of others has addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true."""
        if record.name.partition(".")[0] in OTHERS and not getattr(record, "has_routes", False):
            arguments = record.args if isinstance(record.args, tuple) else ()
            record.args = tuple(_without_addresses(each) for each in arguments) or record.args
            if not record.args:
                record.msg = _without_addresses(record.msg)
            record.has_routes = True
        return True


def shortened(text: str, most: int) -> str:
    """The text, of at most so many characters, and “…” for what is left out."""
    return text if len(text) <= most else f"{text[:most]}…"


def _without_addresses(value: object) -> object:
    if not isinstance(value, str):
        return value
    value = shortened(value, LONGEST)
    if WHOLE.fullmatch(value):  # with blanks and whatever else somebody typed
        return route_of(value)
    return ADDRESS.sub(lambda found: route_of(found.group()), value)


def route_of(address: str) -> str:
    """The route of an address, with or without a host; NO_PAGE where there is none, for it may be a mistyped one."""
    path = re.sub(r"^[a-z]+://[^/]*", "", address, flags=re.IGNORECASE).partition("?")[0].partition("#")[0]
    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return NO_PAGE
