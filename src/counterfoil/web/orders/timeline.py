"""The history of a sales order: what changed, what the log says, what the store was told."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from counterfoil.intake.updating.changes import WHY as CHANGED_IN_STORE
from counterfoil.sales.models import OrderChange, PrintoutKind, SalesOrder
from counterfoil.stores.models import LogKind, StoreUpdate, WebOrder
from counterfoil.stores.updates.descriptions import describe, preloaded
from counterfoil.stores.weborders.timeline import Side, Source, TimelineCursor, TimelineRow, timeline_entries
from counterfoil.web.ui import status_colors
from counterfoil.web.ui.timeline import TimelineEntry

PER_PAGE = 50
MOST_FIELDS = 3_000
"""As many fields that changed together are shown on a page."""
SAME_ACT = timedelta(seconds=10)
SIDES = {
    "": "Everything",
    Side.HERE: "Done here",
    Side.STORE: "From the store",
    Side.TOLD: "To the store",
    Side.PRINTED: "Printed",
}
IMPORTED_AGAIN = "Imported again"
HOLD, HOLD_LINES = "hold", ("On hold: ", "No longer on hold: ")
"""The field, and how the log's lines about it begin."""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Entries, the newest first; `older`: the place after which there are more, "" where there are none."""

    happenings: list[TimelineEntry]
    older: str


def history(order: SalesOrder, web_order: WebOrder | None, *, side: str = "", after: str = "") -> TimelinePage:
    """A page of what happened on one side (of SIDES), after a place. Four statements at most."""
    chosen = Side(side) if side in tuple(Side) else None
    rows = timeline_entries(order, web_order, most=PER_PAGE + 1, side=chosen, after=TimelineCursor.read(after))
    shown, older = rows[:PER_PAGE], ""
    if len(rows) > PER_PAGE:
        last = shown[-1]
        older = str(TimelineCursor(last.at, last.source, last.pk))
    return TimelinePage(_once(_in_words(order, shown)), older)


def _in_words(order: SalesOrder, rows: Sequence[TimelineRow]) -> Iterable[TimelineEntry]:
    changes = _changed_together(order, rows)
    ids = [row.pk for row in rows if row.source == Source.UPDATE]
    updates = {each.pk: each for each in preloaded(StoreUpdate.objects.filter(pk__in=ids))} if ids else {}
    for row in rows:
        if row.source == Source.CHANGE:
            yield _change(row, changes[row.at, row.by, row.why, row.digest])
        elif row.source == Source.UPDATE:
            yield _update(row.at, updates[row.pk])
        else:
            yield _plain(row)


def _changed_together(
    order: SalesOrder, rows: Iterable[TimelineRow]
) -> defaultdict[tuple[datetime, str, str, str], list[OrderChange]]:
    """The fields of the rows that are about several."""
    found: defaultdict[tuple[datetime, str, str, str], list[OrderChange]] = defaultdict(list)
    moments = [row.at for row in rows if row.source == Source.CHANGE and row.number > 1]
    if moments:
        for each in order.changes.filter(at__in=moments)[:MOST_FIELDS]:
            found[each.at, each.by, each.why, each.digest].append(each)
    return found


def _change(row: TimelineRow, changes: Sequence[OrderChange]) -> TimelineEntry:
    again = bool(row.digest) or row.why == CHANGED_IN_STORE
    word, why = (IMPORTED_AGAIN, "") if again else ("Changed", row.why)
    if row.number == 1:
        return TimelineEntry(row.at, word, status_colors.CALM, row.text, row.by, row.before, row.after, why, row.digest)
    text = f"{row.number} fields changed{' in the store' if again else ''}"
    return TimelineEntry(row.at, word, status_colors.CALM, text, row.by, why=why, digest=row.digest, changes=changes)


def _plain(row: TimelineRow) -> TimelineEntry:
    """A printout, a shipment, or a line of the log."""
    if row.source == Source.PRINTOUT:
        return TimelineEntry(row.at, "Printed", status_colors.QUIET, f"{PrintoutKind(row.kind).label}.", row.by)
    if row.source == Source.SHIPMENT:
        called = f": {row.text.strip(', ')}" if row.text.strip(", ") else ""
        text = f"{row.number} parcel{'' if row.number == 1 else 's'}{called}."
        return TimelineEntry(row.at, "Shipped", status_colors.GOOD, text, row.by)
    return TimelineEntry(row.at, LogKind(row.kind).label, status_colors.log_tone(row.kind), row.text)


def _update(at: datetime, update: StoreUpdate) -> TimelineEntry:
    cause = f" {update.get_cause_display()}." if update.cause else ""
    why = f" {update.reason}" if update.reason else ""
    word = f"Store update: {update.get_state_display().lower()}"
    return TimelineEntry(at, word, status_colors.update_tone(update.state), f"{describe(update)}.{cause}{why}")


def _once(happened: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """Without lines of the log that say what the line next to them says with more."""
    shown: list[TimelineEntry] = []
    for each in happened:
        newer = shown[-1] if shown and shown[-1].at - each.at < SAME_ACT else None
        if newer and each.what == IMPORTED_AGAIN and newer.what == LogKind.UPDATED.label and each.changes:
            shown[-1] = replace(each, text=newer.text.removeprefix("The sales order was updated: ").capitalize())
        elif newer and newer.what == LogKind.NOT_SENT.label and newer.text and each.text.endswith(newer.text):
            shown[-1] = each
        elif newer and each.text == HOLD and newer.text.startswith(HOLD_LINES):
            continue
        else:
            shown.append(each)
    return shown
