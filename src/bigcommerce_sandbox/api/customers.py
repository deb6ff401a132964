"""The V3 customers, read only (vendor: customers.v3.yml)."""

import base64
from collections.abc import Callable
from operator import ge, le
from typing import Any

from bigcommerce_sandbox.answers import Answer, Document, Refused
from bigcommerce_sandbox.api import envelope, order_list
from bigcommerce_sandbox.api.routing import Call, route
from bigcommerce_sandbox.clock import iso8601
from bigcommerce_sandbox.customers import Customer, all_addresses

CUSTOMERS = "store_v2_customers"
INCLUDED_ADDRESSES = 10  # more are only under /customers/addresses (facts, section 6)
_SORTS: dict[str, Callable[[Customer], Any]] = {
    "date_created": lambda customer: customer.created,
    "date_modified": lambda customer: customer.modified,
    "last_name": lambda customer: customer.last_name.casefold(),
}


@route("GET", "/v3/customers", CUSTOMERS)
def list_customers(call: Call) -> Answer:
    """By page, or onwards from a cursor with ``after`` and back with ``before``, which then decide alone."""
    included = envelope.texts(call.query, "include") or set()
    found = _sorted(_selected(call), call.query.get("sort", ""))
    if call.query.keys() & {"after", "before"}:
        return _from_cursor(call, found, included)
    return envelope.paged(call, found, lambda customer: _document(customer, included), cursor=_cursor)


@route("GET", "/v3/customers/addresses", CUSTOMERS)
def list_addresses(call: Call) -> Answer:
    query, book = call.query, call.store.customers
    owners, ids = envelope.numbers(query, "customer_id:in"), envelope.numbers(query, "id:in")
    companies = envelope.texts(query, "company:in")
    customers = [customer for customer in book.customers.values() if owners is None or customer.id in owners]
    found = [
        address
        for address in all_addresses(customers)
        if (ids is None or address["id"] in ids) and (companies is None or address["company"].casefold() in companies)
    ]
    form_fields = "formfields" in query.get("include", "")
    return envelope.paged(call, found, lambda address: address | ({"form_fields": []} if form_fields else {}))


def _document(customer: Customer, included: set[str]) -> Document:
    document: Document = {
        "id": customer.id,
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "company": customer.company,
        "phone": customer.phone,
        "registration_ip_address": "",
        "notes": customer.notes,
        "tax_exempt_category": "",
        "customer_group_id": customer.customer_group_id,
        "date_created": iso8601(customer.created),
        "date_modified": iso8601(customer.modified),
        "address_count": len(customer.addresses),
        "attribute_count": 0,
        "authentication": {"force_password_reset": False},
        "accepts_product_review_abandoned_cart_emails": False,
        "origin_channel_id": 1,
        "channel_ids": [1],
    }
    more: dict[str, tuple[str, Any]] = {
        "addresses": ("addresses", customer.addresses[:INCLUDED_ADDRESSES]),
        "storecredit": ("store_credit_amounts", [{"amount": 0}]),
        "attributes": ("attributes", []),
        "formfields": ("form_fields", []),
        "shopper_profile_id": ("shopper_profile_id", None),
        "segment_ids": ("segment_ids", []),
    }
    return document | dict(value for name, value in more.items() if name in included)


def _selected(call: Call) -> list[Customer]:
    """The customers that pass every filter, by number. Raises Refused with 422."""
    tests = [build(call.query, name) for name, build in _FILTERS.items() if call.query.get(name)]
    customers = sorted(call.store.customers.customers.values(), key=lambda customer: customer.id)
    return [customer for customer in customers if all(test(customer) for test in tests)]


def _sorted(customers: list[Customer], sort: str) -> list[Customer]:
    name, _, direction = sort.partition(":")
    if not name:
        return customers
    if name not in _SORTS or direction not in ("asc", "desc"):
        raise Refused(422, "Invalid field(s): sort", {"sort": "must be a sortable field with :asc or :desc"})
    return sorted(customers, key=lambda customer: (_SORTS[name](customer), customer.id), reverse=direction == "desc")


_Test = Callable[[Customer], bool]
_Builder = Callable[[dict[str, str], str], _Test]
_Value = Callable[[Customer], Any]


def _among(read: Callable[[dict[str, str], str], Any], value: _Value) -> _Builder:
    def build(query: dict[str, str], name: str) -> _Test:
        wanted = read(query, name)
        return lambda customer: value(customer) in wanted

    return build


def _since(fits: Callable[[Any, Any], bool], value: _Value) -> _Builder:
    def build(query: dict[str, str], name: str) -> _Test:
        bound = envelope.moment(query, name)
        return lambda customer: fits(value(customer), bound)

    return build


def _holds(query: dict[str, str], name: str) -> _Test:
    parts = envelope.texts(query, name) or set()
    return lambda customer: any(part in _name(customer) for part in parts)


def _name(customer: Customer) -> str:
    return f"{customer.first_name} {customer.last_name}".casefold()


_FILTERS: dict[str, _Builder] = {
    "id:in": _among(envelope.numbers, lambda customer: customer.id),
    "customer_group_id:in": _among(envelope.numbers, lambda customer: customer.customer_group_id),
    "email:in": _among(envelope.texts, lambda customer: customer.email.casefold()),
    "company:in": _among(envelope.texts, lambda customer: customer.company.casefold()),
    "phone:in": _among(envelope.texts, lambda customer: customer.phone.casefold()),
    "name:in": _among(envelope.texts, _name),
    "name:like": _holds,
    "date_created:min": _since(ge, _SORTS["date_created"]),
    "date_created:max": _since(le, _SORTS["date_created"]),
    "date_modified:min": _since(ge, _SORTS["date_modified"]),
    "date_modified:max": _since(le, _SORTS["date_modified"]),
}


def _cursor(customer: Customer) -> str:
    return base64.urlsafe_b64encode(str(customer.id).encode()).decode()


def _from_cursor(call: Call, found: list[Customer], included: set[str]) -> Answer:
    _, limit = order_list.page_and_limit(call.query, call.store.settings["limit_over_max"])
    after, before = (call.query.get(name) for name in ("after", "before"))
    place = _place(found, after or before or "")
    part = found[place + 1 : place + 1 + limit] if after else found[max(0, place - limit) : place]
    return envelope.by_cursor([_document(one, included) for one in part], limit, [_cursor(one) for one in part])


def _place(found: list[Customer], cursor: str) -> int:
    """Raises Refused with 422."""
    for place, customer in enumerate(found):
        if _cursor(customer) == cursor:
            return place
    raise Refused(422, "Invalid field(s): after, before", {"after": "must be a cursor of an earlier answer"})
