"""Our block in an order's staff notes in the store: why the order was not imported.

Everything else in the notes belongs to the merchant's people and stays as it is, byte for byte.
"""

import re

from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState, WebIntegration, WebOrder

LONGEST = 65_535  # characters that the store takes
BEGIN, END = "--- Counterfoil: ", "--- end"
_WITHIN = rf"{BEGIN}[^\r\n]*"
# Where the store or a browser has made other line ends of ours, the one before the block is such a one too.
_BLOCK = re.compile(rf"{_WITHIN}\r?\n{END}")
_BLOCK_APART = re.compile(rf"\r\n{_WITHIN}\r\n{END}|\n?{_WITHIN}\r?\n{END}")


def with_reason(notes: str, reason: str) -> str:
    """The notes with the reason in our block: in its place where there is one, else at the end.

    Unchanged where the notes leave no room for it.
    """
    block = f"{BEGIN}{_one_line(reason)}\n{END}"
    first, *further = _BLOCK.findall(notes) or [""]
    if further:
        head, tail = notes.split(first, 1)
        written = head + block + _BLOCK_APART.sub("", tail)
    elif first:
        written = notes.replace(first, block)
    else:
        written = f"{notes}\n{block}" if notes else block
    return written if len(written) <= LONGEST else notes


def without_reason(notes: str) -> str:
    """The notes as they are without our block."""
    return _BLOCK_APART.sub("", notes)


def _one_line(reason: str) -> str:
    """A reason that cannot be taken for the block's marks, whatever it quotes."""
    return " ".join(reason.split()).replace("---", "–")


def staff_notes_text(web_order: WebOrder, notes: str) -> str:
    """What the staff notes are to be, given what they are now."""
    if not _is_told(web_order):
        return without_reason(notes)
    return with_reason(notes, f"{web_order.reason} {web_order.next_step}")


def _is_told(web_order: WebOrder) -> bool:
    """Whether its reason is one that the merchant can correct there: no defect (with its trace), no lost order."""
    return web_order.is_behind and web_order.reason_code != "not_in_store" and not web_order.trace


def tell_staff(integration: WebIntegration, web_order: WebOrder, *, before: str) -> None:
    """Sees to it that the staff notes in the store say why an order is not imported, or no longer say it.

    `before`: the reason code until now. Nothing is asked or written for an order that had and has no reason.
    """
    if web_order.other_placed_at is not None:
        return  # the notes are another order's
    if _is_told(web_order):
        is_due = integration.staff_notes
    else:
        is_due = bool(before) and web_order.updates.filter(kind=UpdateKind.STAFF_NOTES).exists()
    if is_due:
        waits = StoreUpdate(web_order=web_order, kind=UpdateKind.STAFF_NOTES, state=UpdateState.WAITING)
        StoreUpdate.objects.bulk_create([waits], ignore_conflicts=True)
