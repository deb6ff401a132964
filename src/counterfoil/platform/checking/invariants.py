"""What the sales data alone can tell: each question is one statement that returns what breaks a promise."""

from dataclasses import dataclass

from django.db import connection

from counterfoil.platform.checking.findings import Finding, Report

RESTORE = "Something other than Counterfoil wrote to the database: restore a backup or ask for help."


@dataclass(frozen=True, slots=True)
class Question:
    """`rows` returns the store's code, the import ID and a detail of each that breaks the promise."""

    promise: str
    rows: str
    sentence: str
    next_step: str = RESTORE


QUESTIONS = (
    Question(
        "I1",
        """SELECT store.code, web.import_id, '' FROM stores_weborder AS web
           JOIN stores_webintegration AS store ON store.id = web.integration_id
           LEFT JOIN sales_salesorder AS sales ON sales.id = web.sales_order_id
           WHERE web.state = 'imported' AND sales.import_id IS DISTINCT FROM web.import_id""",
        "{import_id} counts as imported, but its sales order is missing or a different one.",
    ),
    Question(
        "I1",
        """SELECT source, import_id, number::text FROM sales_salesorder AS sales
           WHERE import_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM stores_weborder AS web WHERE web.sales_order_id = sales.id)""",
        "Sales order {detail} carries the import ID {import_id}, but no web order belongs to it.",
    ),
    Question(
        "I1",
        """SELECT min(source), import_id, count(*)::text FROM sales_salesorder WHERE import_id IS NOT NULL
           GROUP BY import_id HAVING count(*) > 1""",
        "{import_id} was imported {detail} times.",
    ),
    Question(
        "I1",
        """SELECT store.code, min(web.import_id), web.bigcommerce_order_id::text FROM stores_weborder AS web
           JOIN stores_webintegration AS store ON store.id = web.integration_id
           GROUP BY store.code, web.bigcommerce_order_id HAVING count(*) > 1""",
        "Order {detail} of the store was stored twice.",
    ),
    Question(
        "I2",
        """SELECT store.code, web.import_id, '' FROM stores_weborder AS web
           JOIN stores_webintegration AS store ON store.id = web.integration_id
           WHERE web.state IN ('not_imported', 'ignored') AND web.reason = ''""",
        "{import_id} hasn’t been imported, and no reason is stored.",
    ),
    Question(
        "I3",
        """SELECT source, coalesce(import_id, number::text), '' FROM sales_salesorder AS sales
           WHERE import_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM sales_orderline AS line WHERE line.order_id = sales.id)""",
        "{import_id} has no lines.",
    ),
    Question(
        "I3",
        """SELECT source, coalesce(import_id, number::text), subtotal || ' and ' || lines.extended
           FROM sales_salesorder AS sales
           JOIN (SELECT order_id, sum(extended) AS extended FROM sales_orderline GROUP BY order_id) AS lines
               ON lines.order_id = sales.id
           WHERE lines.extended <> subtotal""",
        "The lines of {import_id} do not add up to its subtotal: {detail}.",
    ),
    Question(
        "I3",
        """SELECT source, coalesce(import_id, number::text), total::text FROM sales_salesorder
           WHERE total <> subtotal - discount + shipping + handling + wrapping + fees + rounding
               + CASE WHEN tax_included THEN 0 ELSE tax END""",
        "The parts of {import_id} do not add up to its total of {detail}.",
    ),
    Question(
        "I4",
        """SELECT source, '', rule || ' ' || left(value, 100) FROM sales_clientkey
           GROUP BY source, rule, value HAVING count(*) > 1""",
        "More than one client is recognized by {detail}.",
        "Merge the two clients.",
    ),
    Question(
        "I4",
        """SELECT '', '', left(email_key, 100) FROM sales_contact WHERE email_key <> ''
           GROUP BY client_id, email_key HAVING count(*) > 1""",
        "A client has two contacts with the e-mail {detail}.",
    ),
    Question(
        "I4",
        """SELECT sales.source, coalesce(sales.import_id, sales.number::text), client.name
           FROM sales_salesorder AS sales JOIN sales_client AS client ON client.id = sales.client_id
           WHERE client.merged_into_id IS NOT NULL""",
        "{import_id} belongs to {detail}, a client that was merged into another.",
    ),
    Question(
        "I5",
        """SELECT store.code, web.import_id, '' FROM stores_storeupdate AS told
           JOIN stores_weborder AS web ON web.id = told.web_order_id
           JOIN stores_webintegration AS store ON store.id = web.integration_id
           WHERE told.kind = 'status' AND told.cause IN ('downloaded', 'reimported') AND told.state = 'sent'
               AND web.sales_order_id IS NULL""",
        "The store has {import_id} as downloaded, but it hasn’t been imported.",
        "Import this order.",
    ),
    Question(
        "I6",
        """SELECT store.code, web.import_id, parcel.id::text FROM sales_parcel AS parcel
           JOIN sales_shipment AS shipment ON shipment.id = parcel.shipment_id
           JOIN stores_weborder AS web ON web.sales_order_id = shipment.order_id
           JOIN stores_webintegration AS store ON store.id = web.integration_id
           WHERE NOT parcel.taken_over AND parcel.voided_at IS NULL AND parcel.belongs_to_id IS NULL
               AND EXISTS (SELECT FROM sales_parcelitem AS item WHERE item.parcel_id = parcel.id)
               AND NOT EXISTS (SELECT FROM stores_storeupdate AS told
                               WHERE told.parcel_id = parcel.id AND told.kind = 'create_shipment')""",
        "Parcel {detail} of {import_id} was processed, but no update to the store exists.",
    ),
    Question(
        "I6",
        """SELECT sales.source, coalesce(sales.import_id, sales.number::text),
            coalesce(nullif(line.product_number, ''), line.part_number)
           FROM sales_orderline AS line JOIN sales_salesorder AS sales ON sales.id = line.order_id
           WHERE line.shipped < (
               SELECT coalesce(sum(item.quantity), 0) FROM sales_parcelitem AS item
               JOIN sales_parcel AS parcel ON parcel.id = item.parcel_id
               WHERE item.line_id = line.id AND parcel.voided_at IS NULL)""",
        "The parcels of {import_id} contain more of {detail} than its line says is shipped.",
    ),
    Question(
        "I7",
        """SELECT '', '', job.id::text FROM procrastinate_jobs AS job
            LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
            WHERE job.status = 'doing'
                AND coalesce(worker.last_heartbeat, now() - interval '1 day')
                    < now() - interval '30 seconds'""",
        "Job {detail} counts as running, but its worker is dead.",
        "Start a worker: it cleans up such jobs.",
    ),
    Question(
        "I8",
        """SELECT store.code, web.import_id, logged.writes || ' and ' || kept.versions FROM stores_weborder AS web
           JOIN stores_webintegration AS store ON store.id = web.integration_id
           JOIN LATERAL (SELECT count(*) AS versions, min(read_at) AS since FROM stores_payload AS payload
                         WHERE payload.web_order_id = web.id) AS kept ON true
           JOIN LATERAL (SELECT count(*) AS writes FROM stores_logentry AS entry
                         WHERE entry.import_id = web.import_id AND entry.at > kept.since
                             AND (entry.kind = 'imported' OR entry.kind = 'updated'
                                  AND starts_with(entry.text, 'The sales order was updated:'))) AS logged ON true
           WHERE logged.writes > kept.versions""",
        "{import_id} was written more often than new versions were read: {detail}.",
    ),
)


def check_database(report: Report) -> None:
    """One statement for each question, and one for what is under way."""
    with connection.cursor() as cursor:
        for question in QUESTIONS:
            cursor.execute(question.rows)
            for store, import_id, detail in cursor.fetchall():
                sentence = question.sentence.format(import_id=import_id, detail=detail)
                report.findings.append(Finding(question.promise, sentence, question.next_step, store, import_id))
        cursor.execute("SELECT count(*) FILTER (WHERE import_id IS NOT NULL), count(*) FROM sales_salesorder")
        imported, orders = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM sales_client")
        clients = cursor.fetchone()[0]
    report.looked_at.update(sales_orders=orders, imported=imported, clients=clients)
