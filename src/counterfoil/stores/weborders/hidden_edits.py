"""Edits in the store just before a write of ours, which hides them: no list shows that the order was set back.

The order itself still shows what was edited: the light list has all of it but lines and shipping addresses.
"""

from collections.abc import Mapping

from django.db.models.functions import Now
from django.utils import timezone

from counterfoil.bigcommerce import Order, OrderHeader, readable_order
from counterfoil.stores.log import log
from counterfoil.stores.models import EDITED_IN_STORE, LogKind, WebOrder

EDITED = "The order was edited in BigCommerce just before Counterfoil updated it there."
NEXT_STEP = "Import the changes, or check the order in BigCommerce and mark this as done."


def note_hidden_edits(shown: Mapping[int, OrderHeader]) -> None:
    """Asks a person about orders that are others in the store than they were read: WebOrder's id → as it is shown.

    Two statements, and two more for each that was edited.
    """
    orders = WebOrder.objects.filter(pk__in=shown).select_related("payload", "integration")
    for web_order in orders:
        order = readable_order(shown[web_order.pk].raw)
        if order is not None and differs_from_read(web_order, order):
            note_edited(web_order)


def note_edited(web_order: WebOrder) -> None:
    """Asks a person, and says so in the log; where something else needs one already, nothing. Saved.

    What the store has is no version that was read, from now on: the next write hides nothing new.
    """
    WebOrder.objects.filter(pk=web_order.pk).update(modified_read=None)
    if give_reason(web_order, EDITED_IN_STORE, EDITED, NEXT_STEP):
        log(web_order.integration, LogKind.UPDATED, EDITED, import_id=web_order.import_id)


def mark_edited(web_order: WebOrder) -> None:
    """As `note_edited`, on the locked and unsaved order, of a version that was read and is not imported."""
    if not web_order.reason_code:
        web_order.reason_code, web_order.reason, web_order.next_step = EDITED_IN_STORE, EDITED, NEXT_STEP
        web_order.reason_since = timezone.now()
        log(web_order.integration, LogKind.UPDATED, EDITED, import_id=web_order.import_id)


def may_hide_edit(web_order: WebOrder) -> bool:
    """Whether a write of ours came after the last look at an imported order that nobody had edited until then.

    `_SEE` in `changes` asks the same of what a list shows.
    """
    written_at, seen_at = web_order.written_at, web_order.status_seen_at
    is_imported, is_as_read = web_order.sales_order_id is not None, web_order.modified_read == web_order.modified_seen
    return is_imported and is_as_read and written_at is not None and seen_at is not None and written_at > seen_at


def differs_from_version_before(web_order: WebOrder, order: Order) -> bool:
    """Whether the order, as it was just read and kept, differs from the version before. One statement."""
    before = web_order.payloads.exclude(pk=web_order.payload_id or 0).order_by("-pk").first()
    read = None if before is None else readable_order(bytes(before.order))
    return read is not None and read.header != order.header


def give_reason(web_order: WebOrder, code: str, sentence: str, next_step: str) -> bool:
    """Something beside an imported order needs a person; False where it needs one for another reason already."""
    noted = WebOrder.objects.filter(pk=web_order.pk, reason_code="").update(
        reason_code=code, reason=sentence, next_step=next_step, reason_since=Now()
    )
    return noted > 0


def differs_from_read(web_order: WebOrder, order: Order) -> bool:
    """Whether the order differs from the version that was read last, as far as an answer without includes tells."""
    read = last_read(web_order)
    return read is not None and read.header != order.header


def last_read(web_order: WebOrder) -> Order | None:
    """The version of the order that was read last; None without one that can be read."""
    return None if web_order.payload is None else readable_order(bytes(web_order.payload.order))
