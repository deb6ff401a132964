"""Numbers that a store has given to another order: a store that was emptied may count anew.

When an order was placed tells them apart. It can be given as an order is made, for orders of another system (vendor:
Create an order), and stays. What the store has under the number is nobody's who is known here: nothing of it is taken
over, and it is told nothing.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Coalesce, Now

from counterfoil.bigcommerce import NeedsPerson, OrderHeader
from counterfoil.stores.log import log
from counterfoil.stores.models import ANOTHER_ORDER, LogKind, WebOrder
from counterfoil.stores.weborders.reasons import end_reason

NEXT_STEP = (
    "If the store was reset, connect it as a new web integration with its own import source code and a new "
    "database (COUNTERFOIL_DATA_DIR or DATABASE_URL): this database belongs to the earlier orders. If an app changed "
    "this order's date, set it back in BigCommerce, then retry."
)
SAME_AGAIN = "BigCommerce shows the imported order under its number again."
SAME = timedelta(seconds=1)
"""Dates are in whole seconds."""


def is_another(placed_at: datetime | None, shown: datetime | None) -> bool:
    """Whether an order that was placed then is not the imported one; False where one of the dates is not known."""
    return placed_at is not None and shown is not None and abs(shown - placed_at) >= SAME


def another_order(placed_at: datetime | None, shown: datetime | None) -> NeedsPerson | None:
    """What a clerk is told where `is_another`: when both orders were placed, and what to do."""
    if placed_at is None or shown is None or not is_another(placed_at, shown):
        return None
    return _told(placed_at, shown)


def _told(placed_at: datetime, shown: datetime) -> NeedsPerson:
    return NeedsPerson(
        ANOTHER_ORDER,
        f"BigCommerce now has a different order under this number, placed on {shown:%Y-%m-%d %H:%M} UTC. The "
        f"imported one was placed on {placed_at:%Y-%m-%d %H:%M} UTC and was left as it is.",
        NEXT_STEP,
    )


def reused(web_order: WebOrder) -> NeedsPerson | None:
    """What a clerk is told where the store has given the order's number to another one, as far as was seen."""
    if web_order.placed_at is None or web_order.other_placed_at is None:
        return None
    return _told(web_order.placed_at, web_order.other_placed_at)


def refuse_reused(web_order: WebOrder) -> None:
    """Raises NeedsPerson where `reused`: nothing of ours is written to another order."""
    other = reused(web_order)
    if other is not None:
        raise other


def refuse_another(web_order: WebOrder, shown: OrderHeader | datetime | None) -> None:
    """Raises NeedsPerson, and notes it, where what the store just showed is another order than the imported one."""
    at = shown.date_created if isinstance(shown, OrderHeader) else shown
    said = another_order(web_order.placed_at, at)
    if said is None or at is None:
        return
    note_another(web_order.pk, at)
    raise said


def note_another(web_order_id: int, shown: datetime) -> None:
    """The store has another order under the number, placed then: a person is told, once in the log."""
    with transaction.atomic():
        web_order = WebOrder.locked().select_related("integration").get(pk=web_order_id)
        if web_order.placed_at is None or web_order.other_placed_at == shown:
            return
        said = _told(web_order.placed_at, shown)
        WebOrder.objects.filter(pk=web_order_id).update(
            other_placed_at=shown,
            reason_code=said.code,
            reason=said.sentence,
            next_step=said.next_step,
            reason_since=Coalesce("reason_since", Now()),
        )
        log(web_order.integration, LogKind.NOT_IMPORTED, said.sentence, import_id=web_order.import_id)


def note_same(web_order_id: int) -> None:
    """The store has the imported order under its number again; it goes on like any other."""
    with transaction.atomic():
        web_order = WebOrder.locked().select_related("integration").get(pk=web_order_id)
        if web_order.other_placed_at is None:
            return
        end_reason(WebOrder.objects.filter(pk=web_order_id), ANOTHER_ORDER)
        WebOrder.objects.filter(pk=web_order_id).update(other_placed_at=None)
        log(web_order.integration, LogKind.UPDATED, SAME_AGAIN, import_id=web_order.import_id)
