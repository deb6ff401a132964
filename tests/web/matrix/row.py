"""What a row of the permission matrix says, and the example that its address is made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from counterfoil.accounts.models import Role
from counterfoil.accounts.users import invite
from counterfoil.sales.models import OrderAddress, SalesOrder
from counterfoil.stores.models import WebIntegration
from tests.web.factories.clients_and_products import (
    a_client,
    a_mapping,
    a_product,
    fill_fields,
    some_fields,
    some_names,
)
from tests.web.factories.orders import a_conflict, a_foreign_shipment, a_shipment, a_store, an_order

EVERYONE = ("anonymous", Role.VIEWER, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR)

IN = "to the login"
OK = 200  # shown
ON = 302  # done, and led on
NO = 403  # not with this role
NOT_SO = 405  # this address does not answer to this method
WHAT = 422  # the form is shown again: something is missing

READ_ONLY = (IN, NOT_SO, NOT_SO, NOT_SO, NOT_SO)
"""The answers to POST at an address that only shows something to everyone who is logged in."""
PRESS_ONLY = (IN, NO, NOT_SO, NOT_SO, NOT_SO)
"""The answers to GET at an address that does something for clerks and those above them."""
MANAGERS_PRESS_ONLY = (IN, NO, NO, NOT_SO, NOT_SO)
"""The same where it is for managers and administrators."""


@dataclass(frozen=True)
class Example:
    """A small installation with one of everything."""

    integration: WebIntegration
    order: SalesOrder


Value = Callable[[Example], Any]


def _nothing(_: Example) -> list[Any]:
    return []


@dataclass(frozen=True)
class Row:
    """An address by its name, and its answers to GET and to POST, in the order of EVERYONE.

    `of` gives the address's arguments; `asked` goes along as its query, `sent` as the form. Where a name
    or a value is a function, it gets the example. `others`: what it answers to other methods, where that is not "this
    address does not answer to it".
    """

    name: str
    get: Sequence[Any]
    post: Sequence[Any]
    of: Callable[[Example], list[Any]] = _nothing
    asked: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[Any, Any] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)


def store(it: Example) -> list[Any]:
    """The address of the example's store."""
    return [it.integration.pk]


def order(it: Example) -> list[Any]:
    """The address of the example's order."""
    return [it.order.number]


def first(model: type[Model], **which: Any) -> Callable[[Example], list[Any]]:
    """The address of the first row of the kind."""
    return lambda _: [model._default_manager.filter(**which).order_by("pk").values_list("pk", flat=True)[0]]


def ship_to(it: Example) -> list[Any]:
    """The address of the place that the example's order goes to."""
    return [it.order.number, OrderAddress.objects.get(order=it.order, kind="ship_to").pk]


def number(it: Example) -> int:
    """The number of the example's order."""
    return it.order.number


def an_example() -> Example:
    """Fills the sales data with it."""
    integration = a_store()
    an_example_order = an_order(integration)
    a_shipment(an_example_order, sent=False)
    a_conflict(an_example_order)
    a_foreign_shipment(an_order(integration, 10235))
    for definition in some_fields():
        a_mapping(integration, definition)
    fill_fields(an_example_order)
    a_client()
    a_product()
    some_names(integration)
    invite("new@example.com", Role.CLERK, by=None)
    return Example(integration, an_example_order)
