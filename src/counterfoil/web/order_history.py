"""The history of a sales order: what changed, what the log says, what the store was told."""

from dataclasses import dataclass
from datetime import datetime

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import LogEntry, StoreUpdate, UpdateKind, WebOrder
from counterfoil.stores.update_text import what, with_what
from counterfoil.web import tones

LONGEST_LOG = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of an order's history."""

    at: datetime
    what: str
    tone: str
    text: str
    by: str = ""
    before: str | None = None
    after: str | None = None
    why: str = ""


def history(order: SalesOrder, web_order: WebOrder | None) -> list[Happening]:
    """The newest first. Seven statements at most."""
    happened = [
        Happening(each.at, "Changed", tones.CALM, each.field, each.by, each.before, each.after, each.why)
        for each in order.changes.all()
    ]
    happened += [
        Happening(each.at, "Printed", tones.QUIET, f"{each.get_kind_display()}.", each.by)
        for each in order.printouts.all()
    ]
    if web_order is not None:
        lines = LogEntry.objects.filter(import_id=web_order.import_id)[:LONGEST_LOG]
        happened += [
            Happening(each.at, each.get_kind_display(), tones.log_tone(each.kind), each.text) for each in lines
        ]
        happened += [_update(each) for each in with_what(web_order.updates.all())]
    return sorted(happened, key=lambda each: each.at, reverse=True)


def _update(update: StoreUpdate) -> Happening:
    cause = f" {update.get_cause_display()}." if update.kind == UpdateKind.STATUS and update.cause else ""
    why = f" {update.reason}" if update.reason else ""
    return Happening(
        update.ended_at or update.created_at,
        f"Store update: {update.get_state_display().lower()}",
        tones.update_tone(update.state),
        f"{what(update)}.{cause}{why}",
    )
