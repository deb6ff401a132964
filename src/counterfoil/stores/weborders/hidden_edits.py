"""Edits in the store just before a write of ours, which hides them: no list shows that the order was set back.

The order itself still shows what was edited: the light list has all of it but lines and shipping addresses. So a digest
of what an edit would change is kept (`header_seen`), and compared after our writes. Changes that a list shows for
themselves move the digest along: the next edit is told from them.
"""

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256

from counterfoil.bigcommerce import Order, readable_order
from counterfoil.stores.log import log
from counterfoil.stores.models import EDITED_IN_STORE, LogKind, WebOrder
from counterfoil.stores.weborders.reasons import EDITED, NEXT_STEP, ask_about_edit, give_reason


def digest_of(order: Order | None) -> str:
    """Tells one version of an order from another by what a person ships or bills by; empty without an order.

    A migration that changes what is compared empties `header_seen`.
    """
    if order is None:
        return ""
    compared = [str(each.normalize()) if isinstance(each, Decimal) else each for each in order.header]
    return sha256(repr(compared).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def note_hidden_edits(shown: Mapping[int, tuple[str, str]]) -> None:
    """Asks a person about orders that are others in the store than they were seen.

    `shown`: WebOrder's id → the digests of what was seen before and now. Where none was, the version that was read is
    compared. One statement, and two more for each that was edited.
    """
    for web_order in WebOrder.objects.filter(pk__in=shown).select_related("payload", "integration"):
        before, now = shown[web_order.pk]
        if now != (before or digest_of(last_read(web_order))):
            note_edited(web_order)


def note_edited(web_order: WebOrder) -> None:
    """Asks a person, and says so in the log; where something else needs one already, once that is over. Saved."""
    WebOrder.objects.filter(pk=web_order.pk).update(edit_pending=True)
    give_reason(web_order, EDITED_IN_STORE, EDITED, NEXT_STEP)
    log(web_order.integration, LogKind.UPDATED, EDITED, import_id=web_order.import_id)


def mark_edited(web_order: WebOrder) -> None:
    """As `note_edited`, on the locked and unsaved order, of a version that was read and is not imported."""
    web_order.edit_pending = True
    ask_about_edit(web_order)
    log(web_order.integration, LogKind.UPDATED, EDITED, import_id=web_order.import_id)


def may_hide_edit(web_order: WebOrder) -> bool:
    """Whether a write of ours came after the last look at what an edit of an imported order would change.

    `_SEE` in `changes` asks the same of what a list shows.
    """
    written_at, seen_at = web_order.written_at, web_order.header_seen_at or web_order.status_seen_at
    is_imported = web_order.sales_order_id is not None
    return is_imported and written_at is not None and seen_at is not None and written_at > seen_at


def differs_from_seen(web_order: WebOrder, order: Order) -> bool:
    """Whether the order differs from what was seen of it last, as far as an answer without includes tells."""
    is_as_read = web_order.modified_seen == web_order.modified_read
    seen = web_order.header_seen or (digest_of(last_read(web_order)) if is_as_read else "")
    return seen not in ("", digest_of(order))


def last_read(web_order: WebOrder) -> Order | None:
    """The version of the order that was read last; None without one that can be read."""
    return None if web_order.payload is None else readable_order(bytes(web_order.payload.order))
