"""Bugs on purpose: with each of them planted, the fault that is to find it must find it."""

from collections.abc import Callable
from typing import Any


def _import_in_two_transactions() -> None:
    """The sales order is committed before the web order says that it is imported."""
    from django.db import connection

    from counterfoil.intake import importing

    place = importing.place

    def place_and_commit(*given: Any, **named: Any) -> Any:
        placed = place(*given, **named)
        connection.connection.commit()
        return placed

    importing.place = place_and_commit


def _send_without_looking() -> None:
    """A shipment whose answer was lost is made again at once."""
    from counterfoil.dispatch.creating import CreateShipment

    def look(_self: Any, update_id: int) -> None:
        from counterfoil.stores.models import StoreUpdate

        StoreUpdate.objects.filter(pk=update_id).update(asked_at=None, state="waiting")

    CreateShipment._look = look  # type: ignore[method-assign,assignment]


def _a_lost_answer_is_a_refusal() -> None:
    """A connection that breaks is taken for the store's own no."""
    from counterfoil.bigcommerce import NeedsPerson, transport

    def failed(*_given: Any) -> Exception:
        return NeedsPerson("refused", "The store refused it.", "Retry.")

    transport._failed = failed  # type: ignore[assignment]


BUGS: dict[str, Callable[[], None]] = {
    "a lost answer is a refusal": _a_lost_answer_is_a_refusal,
    "import in two transactions": _import_in_two_transactions,
    "send without looking": _send_without_looking,
}


def plant(name: str | None) -> None:
    """Plants a bug in this process."""
    if name is not None:
        BUGS[name]()
