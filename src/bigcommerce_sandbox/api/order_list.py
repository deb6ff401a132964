"""GET /orders and its filters: which orders, in which order, which page."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Refused
from bigcommerce_sandbox.clock import read_date
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.store import Store

DEFAULT_LIMIT = 50
MAX_LIMIT = 250
Query = dict[str, str]
_Test = Callable[[Order], bool]

_SORTS: dict[str, Callable[[Order], Any]] = {
    "id": lambda order: order.id,
    "customer_id": lambda order: order.header["customer_id"],
    "date_created": lambda order: order.created,
    "date_modified": lambda order: order.modified,
    "status_id": lambda order: order.status_id,
    "channel_id": lambda order: order.header["channel_id"],
    "external_id": lambda order: order.header["external_id"] or "",
}


def selected(store: Store, query: Query) -> list[Order]:
    """The orders that pass every filter, by id. Raises Refused with 400."""
    tests = _tests(_heeded(store, query))
    return [order for order in store.visible() if all(test(order) for test in tests)]


def page(store: Store, query: Query) -> list[Order]:
    """One page of the sorted selection. Raises Refused with 400 or 413."""
    number, limit = _page_of(store, query)
    orders = _sorted(selected(store, query), _heeded(store, query).get("sort", ""))
    return list(islice(orders, (number - 1) * limit, number * limit))


def _heeded(store: Store, query: Query) -> Query:
    """Without the filters that the settings let the store ignore."""
    ignored = store.settings["ignored_filters"]
    return {name: value for name, value in query.items() if name not in ignored}


def _page_of(store: Store, query: Query) -> tuple[int, int]:
    """As `page_and_limit`, with what the settings say of pages."""
    number, limit = page_and_limit(_heeded(store, query), store.settings["limit_over_max"])
    return number, min(limit, store.settings["most_of_a_page"] or limit)


def page_and_limit(query: Query, over_max: str = "clamp") -> tuple[int, int]:
    """Page from 1, limit from 1 to 250 (more is cut, or refused with 413 where the settings say so)."""
    number, limit = whole(query, "page", 1), whole(query, "limit", DEFAULT_LIMIT)
    if number < 1 or limit < 1:
        raise Refused(400, "The field 'page' or 'limit' is invalid.")
    if limit > MAX_LIMIT and over_max == "413":
        raise Refused(413, f"The limit exceeds the maximum of {MAX_LIMIT}.")
    return number, min(limit, MAX_LIMIT)


def cut(store: Store, values: list[Any], query: Query, at_most: int = MAX_LIMIT) -> list[Any]:
    """The asked page of a list within an order, of ``at_most`` whatever the limit."""
    number, limit = _page_of(store, query)
    limit = min(limit, at_most)
    return values[(number - 1) * limit : number * limit]


def whole(query: Query, name: str, default: int) -> int:
    """Raises Refused with 400 when the value is no whole number."""
    try:
        return int(query.get(name) or default)
    except ValueError:
        raise Refused(400, f"The field '{name}' is invalid.") from None


def _sorted(orders: list[Order], sort: str) -> Iterable[Order]:
    name, _, direction = sort.partition(":")
    if not name:
        return orders
    if name not in _SORTS or direction not in ("", "asc", "desc"):
        raise Refused(400, "The field 'sort' is invalid.")
    backwards = direction == "desc"
    return sorted(orders, key=lambda order: (_SORTS[name](order), order.id), reverse=backwards)


def _tests(query: Query) -> list[_Test]:
    return [_FILTERS[name](query, name) for name, value in query.items() if value and name in _FILTERS]


def _at_least(read: Callable[[Query, str], float], value: Callable[[Order], float]) -> Callable[[Query, str], _Test]:
    def build(query: Query, name: str) -> _Test:
        bound = read(query, name)
        return lambda order: value(order) >= bound

    return build


def _at_most(read: Callable[[Query, str], float], value: Callable[[Order], float]) -> Callable[[Query, str], _Test]:
    def build(query: Query, name: str) -> _Test:
        bound = read(query, name)
        return lambda order: value(order) <= bound

    return build


def _equal(read: Callable[[Query, str], Any], value: Callable[[Order], Any]) -> Callable[[Query, str], _Test]:
    def build(query: Query, name: str) -> _Test:
        wanted = read(query, name)
        return lambda order: value(order) == wanted

    return build


def _whole(query: Query, name: str) -> int:
    return whole(query, name, 0)


def _date(query: Query, name: str) -> float:
    try:
        return read_date(query[name])
    except (ValueError, TypeError):
        raise Refused(400, f"The field '{name}' is invalid.") from None


def _amount(query: Query, name: str) -> float:
    return money.read(query[name])


def _text(query: Query, name: str) -> str:
    return query[name].casefold()


def _yes(query: Query, name: str) -> bool:
    return query[name].casefold() in ("true", "1")


def _header(name: str) -> Callable[[Order], str]:
    return lambda order: str(order.header.get(name) or "").casefold()


def _email(order: Order) -> str:
    return str(order.header["billing_address"].get("email", "")).casefold()


def _total(order: Order) -> int:
    return money.read(order.header["total_inc_tax"])


_FILTERS: dict[str, Callable[[Query, str], _Test]] = {
    "min_id": _at_least(_whole, _SORTS["id"]),
    "max_id": _at_most(_whole, _SORTS["id"]),
    "min_total": _at_least(_amount, _total),
    "max_total": _at_most(_amount, _total),
    "customer_id": _equal(_whole, _SORTS["customer_id"]),
    "email": _equal(_text, _email),
    "status_id": _equal(_whole, _SORTS["status_id"]),
    "cart_id": _equal(_text, _header("cart_id")),
    "payment_method": _equal(_text, _header("payment_method")),
    "min_date_created": _at_least(_date, _SORTS["date_created"]),
    "max_date_created": _at_most(_date, _SORTS["date_created"]),
    "min_date_modified": _at_least(_date, _SORTS["date_modified"]),
    "max_date_modified": _at_most(_date, _SORTS["date_modified"]),
    "channel_id": _equal(_whole, _SORTS["channel_id"]),
    "external_order_id": _equal(_text, _header("external_order_id")),
    "is_deleted": _equal(_yes, lambda order: order.archived),  # of older descriptions (facts, section 2)
}
