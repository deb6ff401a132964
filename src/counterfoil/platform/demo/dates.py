"""Lets what the demo has just done have happened on the day on which it would have.

Everything is written by the services, at the present time. Each step notes which rows it wrote; at the end these rows
get the step's moment, and what follows from it (the store was told a few seconds later) gets its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

STEPPED = {
    "sales_orderchange": "at",
    "sales_shipment": "processed_at",
    "sales_printout": "at",
    "stores_storeupdate": "created_at",
}
_LAST = "SELECT " + ", ".join(f"(SELECT coalesce(max(id), 0) FROM {table})" for table in STEPPED)  # noqa: S608
_MOVE = """
    UPDATE {table} SET {column} = step.moment
    FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS step (first, last, moment)
    WHERE {table}.id > step.first AND {table}.id <= step.last
"""


@dataclass
class Moments:
    """When the steps happened. `steps`: the last rows before and after each, by table, and its moment."""

    steps: list[tuple[list[int], list[int], datetime]] = field(default_factory=list)
    last: list[int] = field(default_factory=list)

    def begin(self) -> None:
        """What was written until now belongs to no step."""
        self.last = _last_rows()

    @contextmanager
    def step(self, moment: datetime) -> Iterator[None]:
        """What the block writes happened at this moment."""
        with transaction.atomic():
            yield
            after = _last_rows()
        self.steps.append((self.last, after, moment))
        self.last = after

    def move(self) -> None:
        """Dates the steps until now, the imports, and what was told the store."""
        with transaction.atomic(), connection.cursor() as cursor:
            moments = [moment for _, _, moment in self.steps]
            for place, (table, column) in enumerate(STEPPED.items()):
                firsts = [before[place] for before, _, _ in self.steps]
                lasts = [after[place] for _, after, _ in self.steps]
                cursor.execute(_MOVE.format(table=table, column=column), [firsts, lasts, moments])
            for statement in _FOLLOWS:
                cursor.execute(statement)
        self.steps.clear()

    def sort_log(self) -> None:
        """Dates the lines of the log, and numbers them in the order of their times."""
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in _LOG:
                cursor.execute(statement)


def _last_rows() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        return list(cursor.fetchone())


# An order came some seconds after it was placed; what was told the store was told some seconds after it arose.
_FOLLOWS = (
    """UPDATE sales_salesorder SET created_at = least(now(), order_date + make_interval(secs => 6 + id * 7 % 19))
       WHERE import_id IS NOT NULL""",
    """UPDATE stores_weborder AS web SET decided_at = placed.created_at
       FROM sales_salesorder AS placed WHERE placed.id = web.sales_order_id""",
    """UPDATE sales_client AS client SET created_at = first.at
       FROM (SELECT client_id, min(created_at) AS at FROM sales_salesorder GROUP BY 1) AS first
       WHERE first.client_id = client.id""",
    """UPDATE stores_storeupdate AS told SET created_at = placed.created_at
       FROM stores_weborder AS web JOIN sales_salesorder AS placed ON placed.id = web.sales_order_id
       WHERE told.web_order_id = web.id AND told.cause = 'downloaded'""",
    """UPDATE stores_storeupdate SET due_at = created_at WHERE state IN ('sent', 'not_needed')""",
    """UPDATE stores_storeupdate SET ended_at = least(now(), created_at + make_interval(secs => 2 + id % 6))
       WHERE ended_at IS NOT NULL""",
    """UPDATE stores_webshipment AS web SET made_at = told.ended_at, seen_at = told.ended_at
       FROM stores_storeupdate AS told WHERE told.parcel_id = web.parcel_id AND told.kind = 'create_shipment'""",
    """UPDATE stores_webintegration SET created_at = first.at
       FROM (SELECT min(order_date) - interval '1 hour' AS at FROM sales_salesorder) AS first
       WHERE first.at IS NOT NULL""",
)
_LOG = (
    """UPDATE stores_weborder SET reason_since = now() - make_interval(mins => 35 + (id * 17 % 160)::int)
       WHERE reason_since IS NOT NULL""",
    """UPDATE stores_storeupdate SET failed_since = now() - make_interval(mins => 20 + (id * 29 % 200)::int)
       WHERE failed_since IS NOT NULL""",
    """UPDATE stores_conflict SET since = now() - make_interval(mins => 75)""",
    """UPDATE stores_logentry AS line SET at = item.since
       FROM (SELECT web.import_id, coalesce(min(u.failed_since), min(web.reason_since)) AS since
             FROM stores_weborder AS web LEFT JOIN stores_storeupdate AS u ON u.web_order_id = web.id GROUP BY 1)
           AS item
       WHERE item.import_id = line.import_id AND line.kind IN ('not_imported', 'not_sent')
           AND item.since IS NOT NULL""",
    """UPDATE stores_logentry AS line SET at = placed.created_at
       FROM sales_salesorder AS placed WHERE placed.import_id = line.import_id AND line.kind = 'imported'""",
    """UPDATE stores_logentry AS line SET at = told.at
       FROM (SELECT web.import_id, u.ended_at AS at,
                    row_number() OVER (PARTITION BY web.import_id ORDER BY u.ended_at, u.id)
             FROM stores_storeupdate AS u JOIN stores_weborder AS web ON web.id = u.web_order_id WHERE u.state = 'sent')
           AS told
       JOIN (SELECT id, import_id, row_number() OVER (PARTITION BY import_id ORDER BY id)
             FROM stores_logentry WHERE kind = 'sent') AS said USING (import_id, row_number)
       WHERE said.id = line.id""",
    """UPDATE stores_logentry SET at = (SELECT min(created_at) FROM stores_webintegration)
       WHERE import_id = ''""",
    """WITH numbered AS (SELECT id, row_number() OVER (ORDER BY at, id) AS place FROM stores_logentry)
       UPDATE stores_logentry AS line SET id = -numbered.place FROM numbered WHERE numbered.id = line.id""",
    """UPDATE stores_logentry SET id = -id""",
    """SELECT setval(pg_get_serial_sequence('stores_logentry', 'id'), coalesce(max(id), 1)) FROM stores_logentry""",
)
