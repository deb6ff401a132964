"""For the page of the field mapping: save an expression, try it on a stored order, see which orders it fails on."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.conversion.custom_field_mapping import line_name, value_of
from counterfoil.intake.expressions.order_view import OrderView, view_order
from counterfoil.intake.expressions.sandbox import Job, evaluate
from counterfoil.sales.custom_fields.values import value_text
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import FieldDefinition, FieldScope
from counterfoil.stores.log import log
from counterfoil.stores.models import FieldMapping, LogKind, Payload, WebIntegration, WebOrder

LONGEST = 5_000
LAST = 100
MOST_SECONDS = 20.0
_NO_ORDER = OrderView({}, {}, [], [])


@dataclass(frozen=True, slots=True)
class Tried:
    """What an expression gives: the value as people read it, or why there is none. `line` for the field of a line."""

    value: str
    error: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """Which of the `tried` orders an expression fails on: import ID and error. `cut`: time ran out before the last."""

    failing: tuple[tuple[str, str], ...]
    tried: int
    cut: bool = False


def try_expression(
    order: WebOrder | Payload, expression: str, scope: FieldScope, *, field: FieldDefinition | None = None
) -> list[Tried]:
    """The expression's value over a stored order, one for each line where it is for lines; checked against `field`.

    Raises NeedsPerson for an order that cannot be read.
    """
    return list(_try(_view(order), expression, scope, field))


def failing_orders(
    integration: WebIntegration,
    expression: str,
    scope: FieldScope,
    *,
    field: FieldDefinition | None = None,
    required: bool = False,
    last: int = LAST,
    seconds: float = MOST_SECONDS,
) -> Trial:
    """Which of the last orders the expression would fail on; `required`: also where it returns nothing."""
    orders = WebOrder.objects.filter(integration=integration, payload__isnull=False).select_related("payload")
    failing: list[tuple[str, str]] = []
    tried, deadline = 0, time.monotonic() + seconds
    for order in orders.order_by("-bigcommerce_order_id")[:last].iterator(chunk_size=10):
        if time.monotonic() > deadline:
            return Trial(tuple(failing), tried, cut=True)
        tried += 1
        if error := _error(order, expression, scope, field, required=required):
            failing.append((order.import_id, error))
    return Trial(tuple(failing), tried)


def map_field(
    integration: WebIntegration, field: FieldDefinition, expression: str, *, required: bool, by: str
) -> FieldMapping:
    """Saves the expression that fills a field; raises Refused for one that cannot be read. Changes no order."""
    expression = expression.strip()
    if not 0 < len(expression) <= LONGEST:
        raise Refused(f"An expression has 1 to {LONGEST:,} characters.")
    if field.retired:
        raise Refused(f"“{field.label}” is retired.", "Restore the field first.")
    (answer,) = evaluate(_NO_ORDER, [Job(expression)])
    if answer.error.startswith("it cannot be read"):
        raise Refused(f"The expression isn’t valid: {answer.error}.")
    with transaction.atomic():
        mapping, _ = FieldMapping.objects.update_or_create(
            integration=integration, field=field, defaults={"expression": expression, "required": required}
        )
        need = "required" if required else "not required"
        log(integration, LogKind.SETTINGS, f"{by}: the field “{field.label}” ({need}) is filled by {expression}")
    return mapping


def unmap_field(integration: WebIntegration, field: FieldDefinition, *, by: str) -> bool:
    """The field is filled no more; False when it was not. Changes no order."""
    with transaction.atomic():
        gone, _ = FieldMapping.objects.filter(integration=integration, field=field).delete()
        if gone:
            log(integration, LogKind.SETTINGS, f"{by}: the field “{field.label}” is no longer filled by an expression.")
    return bool(gone)


def _view(order: WebOrder | Payload) -> OrderView:
    payload = order.payload if isinstance(order, WebOrder) else order
    if payload is None:
        raise NeedsPerson("not_read", "The order hasn’t been read yet.", "Pick another order.")
    return view_order(*payload.parts)


def _try(view: OrderView, expression: str, scope: FieldScope, field: FieldDefinition | None) -> Iterator[Tried]:
    lines: list[int | None] = list(range(len(view.lines))) if scope == FieldScope.LINE else [None]
    for line, answer in zip(lines, evaluate(view, [Job(expression, line) for line in lines]), strict=True):
        value, error = value_of(field, answer)
        yield Tried(value_text(value), error, "" if line is None else line_name(view, line))


def _error(
    order: WebOrder, expression: str, scope: FieldScope, field: FieldDefinition | None, *, required: bool
) -> str:
    """The first error over an order; "" when there is none, and for an order that cannot be read at all."""
    try:
        view = _view(order)
    except NeedsPerson:
        return ""
    for tried in _try(view, expression, scope, field):
        of_line = f"{tried.line}: " if tried.line else ""
        if tried.error or (required and not tried.value):
            return of_line + (tried.error or "it returns nothing")
    return ""
