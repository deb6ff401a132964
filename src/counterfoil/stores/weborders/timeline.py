"""What happened to a sales order, from all the tables that know something of it, page by page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from counterfoil.sales.models import SalesOrder
from counterfoil.storable import number_of
from counterfoil.stores.models import LogKind, WebOrder
from counterfoil.stores.weborders.holds import BY as BY_THE_STORE


class Source(StrEnum):
    """Where an entry is written down."""

    CHANGE = "change"
    PRINTOUT = "printout"
    SHIPMENT = "shipment"
    LOG = "log"
    UPDATE = "update"


class Side(StrEnum):
    """Who did it."""

    HERE = "here"
    STORE = "store"
    TOLD = "told"
    PRINTED = "printed"


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One entry; `pk` is its row in the table that it stands in.

    A change: `text` is the field (of the first one, where `number` of them changed at that moment) with both values. A
    printout or a line of the log: `kind` says which. A shipment: `text` names its parcels, of which there are `number`.
    """

    at: datetime
    source: Source
    pk: int
    number: int
    by: str
    text: str
    before: str | None
    after: str | None
    why: str
    kind: str
    digest: str


@dataclass(frozen=True, slots=True)
class TimelineCursor:
    """A place in the history: the entries after it are older."""

    at: datetime
    source: str
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.pk}"

    @classmethod
    def read(cls, text: str) -> "TimelineCursor | None":
        """The place that an address names; None for what is none."""
        at, _, rest = text.partition("~")
        source, _, pk = rest.partition("~")
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            return None
        number = number_of(pk)
        if moment.tzinfo is None or source not in tuple(Source) or number is None:
            return None
        return cls(moment, source, number)


_COLUMNS = "at, source, pk, number, by, text, before, after, why, kind, digest"
_CHANGES = """
    SELECT at, 'change', min(id), count(*), by, min(field), min(before), min(after), why, '', digest
    FROM sales_orderchange WHERE order_id = %(order)s AND (by = %(store)s) = %(by_the_store)s
    GROUP BY at, by, why, digest
"""
_PRINTOUTS = """
    SELECT at, 'printout', id, 1, by, '', NULL, NULL, '', kind, '' FROM sales_printout WHERE order_id = %(order)s
"""
_SHIPMENTS = """
    SELECT left_at.processed_at, 'shipment', left_at.id, count(*), left_at.processed_by,
        string_agg(btrim(box.carrier || ' ' || box.tracking_number), ', ' ORDER BY box.id), NULL, NULL, '', '', ''
    FROM sales_shipment AS left_at JOIN sales_parcel AS box ON box.shipment_id = left_at.id
    WHERE left_at.order_id = %(order)s AND NOT box.taken_over GROUP BY left_at.id
"""
_LOG = """
    SELECT at, 'log', id, 1, '', text, NULL, NULL, '', kind, '' FROM stores_logentry
    WHERE import_id = %(import_id)s AND (kind = %(not_sent)s) = %(told)s AND kind <> %(sent)s
"""
_UPDATES = """
    SELECT COALESCE(ended_at, created_at), 'update', id, 1, '', reason, NULL, NULL, '', state, ''
    FROM stores_storeupdate WHERE web_order_id = %(web_order)s
"""
_PARTS: dict[Side, tuple[tuple[str, dict[str, bool]], ...]] = {
    Side.HERE: ((_CHANGES, {"by_the_store": False}), (_SHIPMENTS, {})),
    Side.STORE: ((_CHANGES, {"by_the_store": True}), (_LOG, {"told": False})),
    Side.TOLD: ((_UPDATES, {}), (_LOG, {"told": True})),
    Side.PRINTED: ((_PRINTOUTS, {}),),
}


def timeline_entries(
    order: SalesOrder,
    web_order: WebOrder | None,
    *,
    most: int,
    side: Side | None = None,
    after: TimelineCursor | None = None,
) -> list[TimelineRow]:
    """The newest first, at most so many, those older than a place. One statement.

    What the log says was sent is left out: the update itself says it.
    """
    parts = [part for each in ([side] if side else Side) for part in _PARTS[each]]
    told: dict[str, Any] = {
        "order": order.pk,
        "import_id": web_order.import_id if web_order else "",
        "web_order": web_order.pk if web_order else 0,
        "store": BY_THE_STORE,
        "sent": LogKind.SENT.value,
        "not_sent": LogKind.NOT_SENT.value,
        "most": most,
    }
    where = ""
    if after is not None:
        where = "WHERE (at, source, pk) < (%(at)s, %(source)s, %(pk)s)"
        told |= {"at": after.at, "source": after.source, "pk": after.pk}
    union = " UNION ALL ".join(_with_flags(sql, flags) for sql, flags in parts)
    sql = f"""
        SELECT {_COLUMNS} FROM ({union}) AS happened ({_COLUMNS}) {where}
        ORDER BY at DESC, source DESC, pk DESC LIMIT %(most)s
    """  # noqa: S608 (constants of this file)
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return [TimelineRow(row[0], Source(row[1]), *row[2:]) for row in cursor.fetchall()]


def _with_flags(sql: str, flags: dict[str, bool]) -> str:
    """A part with its own yes and no: the same part stands in the statement more than once."""
    for name, value in flags.items():
        sql = sql.replace(f"%({name})s", str(value).lower())
    return sql
