"""Reads the bodies of requests: JSON in UTF-8, of a bounded size and depth, every name once, numbers that are some."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from counterfoil.api.problems import Problem
from counterfoil.limits import DEEPEST_API_BODY, LARGEST_API_BODY

MOST_DIGITS = 1000
JSON_ONLY = "Send JSON in UTF-8, with the header “Content-Type: application/json”."


class JsonParser(Parser):
    """What is not such JSON is a Problem that says why."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The value that the body writes."""
        check_type(request)
        body = request.body
        if len(body) > LARGEST_API_BODY:
            raise too_large()
        try:
            text = body.decode("utf-8-sig")  # a byte order mark may be passed over (RFC 8259, section 8.1)
        except UnicodeDecodeError:
            raise Problem(400, "charset", "The body is not UTF-8.", next_step=JSON_ONLY) from None
        if _depth(text) > DEEPEST_API_BODY:
            raise Problem(
                400,
                "too_deep",
                f"The body is nested more than {DEEPEST_API_BODY} levels deep.",
                next_step=f"Send at most {DEEPEST_API_BODY} levels.",
            )
        try:
            return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole_number)
        except json.JSONDecodeError as wrong:
            at = f"at line {wrong.lineno}, column {wrong.colno}"
            raise _no_json(f"The body isn’t valid JSON {at}.", JSON_ONLY) from None


def check_type(request: HttpRequest) -> None:
    """Raises Problem unless it says that it is JSON in UTF-8."""
    charset = (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8"):
        said = request.headers.get("Content-Type", "")[:100] or "none"
        raise Problem(415, "media_type", f"The content type is “{said}”.", next_step=JSON_ONLY)


def too_large() -> Problem:
    """For a body beyond the limit."""
    return Problem(
        413,
        "too_large",
        f"The body is larger than {LARGEST_API_BODY // 1_000_000} MB.",
        next_step="Send less at a time.",
    )


def _depth(text: str) -> int:
    """How deep objects and lists are nested; what stands in a text does not count."""
    depth = deepest = 0
    in_text = escaped = False
    for sign in text:
        if in_text:
            in_text = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            in_text, escaped = True, False
        elif sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _no_json(f"The field “{name[:100]}” appears twice.", "Send each field once.", field=name[:100])
        found[name] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise _no_json(f"{name} isn’t a number in JSON.", "Send a number, or leave the field out.")


def _whole_number(digits: str) -> int:
    """The number; Python reads no more than some thousand digits."""
    if len(digits) > MOST_DIGITS:
        raise _no_json(f"A number in the body has more than {MOST_DIGITS} digits.", "Send a smaller number.")
    return int(digits)


def _no_json(detail: str, next_step: str, *, field: str = "") -> Problem:
    return Problem(400, "no_json", detail, next_step=next_step, field=field)
