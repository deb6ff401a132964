"""What every call of the API is made of, and the table that finds its handler."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bigcommerce_sandbox.answers import Answer, Document, Refused, not_found
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.store import Store


@dataclass(slots=True)
class Call:
    """One request behind ``/stores/{hash}``; ``ids`` are the numbers in its path."""

    store: Store
    method: str
    path: str
    query: dict[str, str]
    body: bytes = b""
    ids: list[int] = field(default_factory=list)

    @property
    def order(self) -> Order:
        return self.store.order(self.ids[0])

    def document(self) -> Document:
        """The body as an object. Raises Refused with 400."""
        try:
            value: Any = json.loads(self.body)
        except ValueError:
            raise Refused(400, "The request body is not valid JSON.") from None
        if not isinstance(value, dict):
            raise Refused(400, "The request body must be an object.")
        return value


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A handler, and the scopes of which one is needed (none: any valid token will do)."""

    method: str
    path: re.Pattern[str]
    scopes: tuple[str, ...]
    handler: Handler


ROUTES: list[Route] = []


def route(method: str, path: str, *areas: str) -> Callable[[Handler], Handler]:
    """Registers a handler for a path such as ``/v2/orders/#``, where # is a number.

    Of the areas' scopes one is enough; reading also takes the ``_read_only`` ones.
    """
    scopes = (*areas, *(f"{area}_read_only" for area in areas)) if method == "GET" else areas
    pattern = re.compile(path.replace("#", r"(\d+)") + r"(?:\.json)?/?")

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(method, pattern, scopes, handler))
        return handler

    return register


def find(method: str, path: str) -> tuple[Route, list[int]]:
    """Raises Refused with 404, or 405 where only other methods are known."""
    known = False
    for candidate in ROUTES:
        if match := candidate.path.fullmatch(path):
            if candidate.method == method:
                return candidate, [int(number) for number in match.groups()]
            known = True
    raise Refused(405, f"The method {method} is not allowed on this resource.") if known else not_found()
