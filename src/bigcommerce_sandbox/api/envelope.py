"""V3's envelope: one page of documents, and where it stands among the others."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from bigcommerce_sandbox.answers import Answer, Document, Refused, answer
from bigcommerce_sandbox.api import order_list
from bigcommerce_sandbox.api.routing import Call
from bigcommerce_sandbox.clock import read_date

T = TypeVar("T")


def one(document: Document) -> Answer:
    return answer({"data": document, "meta": {}})


def paged(
    call: Call,
    found: Sequence[T],
    document: Callable[[T], Any],
    at_most: int = order_list.MAX_LIMIT,
    cursor: Callable[[T], str] | None = None,
) -> Answer:
    """The page that was asked for; an empty one is an empty list in V3. Raises Refused with 400 or 413.

    With ``cursor`` the first page also says how to go on by cursors.
    """
    page, limit = order_list.page_and_limit(call.query, call.store.settings["limit_over_max"])
    limit = min(limit, at_most)
    part = found[(page - 1) * limit : page * limit]
    meta = {"pagination": _pagination(call.query, len(found), len(part), page, limit)}
    if cursor is not None and page == 1:
        meta["cursor_pagination"] = _cursors(limit, [cursor(value) for value in part])
    return answer({"data": [document(value) for value in part], "meta": meta})


def by_cursor(documents: list[Document], limit: int, cursors: list[str]) -> Answer:
    """A page that was reached by a cursor; it has no page number."""
    return answer({"data": documents, "meta": {"cursor_pagination": _cursors(limit, cursors)}})


def _cursors(limit: int, cursors: list[str]) -> Document:
    ends = {"start_cursor": cursors[0], "end_cursor": cursors[-1]} if cursors else {}
    links = {"previous": f"?before={cursors[0]}", "next": f"?after={cursors[-1]}"} if cursors else {}
    return {"count": len(cursors), "per_page": limit, **ends, "links": links}


def unpaged(values: list[Document]) -> Answer:
    """All of them on one page, where the store knows no paging."""
    limit = max(len(values), 1)
    return answer({"data": values, "meta": {"pagination": _pagination({}, len(values), len(values), 1, limit)}})


def _pagination(query: dict[str, str], total: int, count: int, page: int, limit: int) -> Document:
    pages = max(1, math.ceil(total / limit))
    shown = {"previous": page - 1 if page > 1 else None, "current": page, "next": page + 1 if page < pages else None}
    others = {name: value for name, value in query.items() if name not in ("page", "limit")}
    links = {
        name: "?" + urlencode({**others, "page": number, "limit": limit}) for name, number in shown.items() if number
    }
    return {
        "total": total,
        "count": count,
        "per_page": limit,
        "current_page": page,
        "total_pages": pages,
        "links": links,
    }


def numbers(query: dict[str, str], name: str) -> set[int] | None:
    """A comma-separated list of whole numbers; None when it is not asked for. Raises Refused with 422."""
    if name not in query:
        return None
    try:
        return {int(number) for number in query[name].split(",") if number.strip()}
    except ValueError:
        raise _unreadable(name, "must be a list of numbers") from None


def texts(query: dict[str, str], name: str) -> set[str] | None:
    """A comma-separated list of texts, case folded; None when it is not asked for."""
    return {text.strip().casefold() for text in query[name].split(",")} if name in query else None


def moment(query: dict[str, str], name: str) -> float | None:
    """A date in seconds since 1970; None when it is not asked for. Raises Refused with 422."""
    try:
        return read_date(query[name]) if name in query else None
    except (ValueError, TypeError):
        raise _unreadable(name, "must be a date") from None


def yes_or_no(query: dict[str, str], name: str) -> bool | None:
    """``true``, ``1``, ``false``, ``0``; None when it is not asked for. Raises Refused with 422."""
    if name not in query:
        return None
    if query[name].casefold() not in ("true", "false", "1", "0"):
        raise _unreadable(name, "must be true or false")
    return query[name].casefold() in ("true", "1")


def _unreadable(name: str, reason: str) -> Refused:
    return Refused(422, f"Invalid field(s): {name}", {name: reason})


def only_fields(document: Document, query: dict[str, str], always: Iterable[str] = ()) -> Document:
    """What ``include_fields`` or ``exclude_fields`` leave of a document; the id and ``always`` stay."""
    wanted, unwanted = texts(query, "include_fields"), texts(query, "exclude_fields") or set()
    kept = {"id", *always}
    if wanted is not None:
        return {name: value for name, value in document.items() if name in wanted | kept}
    return {name: value for name, value in document.items() if name not in unwanted - kept}
