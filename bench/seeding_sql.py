"""The SQL of the seeded trade: what each order is, and which rows of which tables that gives."""

from django.db import models

from counterfoil.sales.models import (
    Client,
    Contact,
    OrderAddress,
    OrderLine,
    Parcel,
    ParcelItem,
    Product,
    SalesOrder,
    Shipment,
    Tender,
)
from counterfoil.stores.models import Conflict, LogEntry, StoreUpdate, WebOrder

MOST_ADDRESSEES = 97_003
"""Every fourth order goes to one of so many, where there are as many clients."""

TABLES = """
    CREATE UNLOGGED TABLE seed_person (number bigint PRIMARY KEY, name text, first_name text, last_name text,
        company text, email text, phone text);
    CREATE UNLOGGED TABLE seed_person_words (number bigint PRIMARY KEY, words tsvector, as_addressee tsvector);
    CREATE UNLOGGED TABLE seed_goods (number bigint PRIMARY KEY, part_number text);
    CREATE UNLOGGED TABLE seed_goods_words (number bigint PRIMARY KEY, words tsvector);
    CREATE UNLOGGED TABLE seed_order (id bigint PRIMARY KEY, number bigint, at timestamptz, age bigint, is_open boolean,
        cancelled boolean, held boolean, shipped boolean, status_id bigint, client bigint, addressee bigint,
        store_id bigint, source text, import_id text, channel integer, po_number text, goods bigint[], cents bigint[],
        carrier text, tracking_number text);
"""
TABLES_DROPPED = """
    DROP TABLE seed_person, seed_person_words, seed_goods, seed_goods_words, seed_order, seed_settings
"""
COPIED = {
    "seed_person": "number, name, first_name, last_name, company, email, phone",
    "seed_goods": "number, part_number",
}
SETTINGS = """
    CREATE UNLOGGED TABLE seed_settings AS SELECT %(now)s::timestamptz AS now, %(apart)s::interval AS apart,
        %(orders)s::bigint AS orders, %(clients)s::bigint AS clients, %(products)s::bigint AS products,
        %(addressees)s::bigint AS addressees,
        %(still_open)s::bigint AS still_open, %(first_number)s::bigint AS first_number, %(held)s::bigint AS of_held,
        %(cancelled)s::bigint AS of_cancelled, %(shipped)s::bigint AS of_shipped, %(closed)s::bigint AS of_closed,
        %(open)s::bigint[] AS of_open, %(stores)s::bigint[] AS stores, %(codes)s::text[] AS codes
"""

# What `sales_write_words` would write, put together from the words of each person and each product: its own way takes
# a third of a millisecond for each order. A test compares the two.
WORDS_OF_PEOPLE = """
    INSERT INTO seed_person_words
    SELECT number,
        sales_words(concat_ws(' ', name, first_name, last_name, company),
            concat_ws(' ', email, split_part(email, '@', 2)), '{}',
            ARRAY[regexp_replace(phone, '[^0-9]+', '', 'g')]),
        CASE WHEN number < addressees THEN sales_words(concat_ws(' ', first_name, last_name), '', '{}',
            ARRAY[regexp_replace(phone, '[^0-9]+', '', 'g')]) END
    FROM seed_person, seed_settings WHERE number BETWEEN %(first)s - 1 AND %(last)s - 1
"""
WORDS_OF_GOODS = "INSERT INTO seed_goods_words SELECT number, sales_words(part_number, '', '{}', '{}') FROM seed_goods"
_WORDS = """
    person.words || CASE WHEN made.addressee = client THEN '' ELSE addressee.as_addressee END
    || first_line.words || second_line.words || third_line.words
    || array_to_tsvector(array_remove(string_to_array(concat_ws(' ', made.number, lower(translate(po_number, '-', '')),
        translate(lower(po_number), '-', ' '), '#' || lower(translate(import_id, '-', '')),
        '#' || lower(tracking_number), '~' || reverse(lower(tracking_number))), ' '), ''))
"""
ORDER_WORDS = f"""
    INSERT INTO sales_orderwords (order_id, order_date, words)
    SELECT made.id, at, {_WORDS}
    FROM seed_order AS made
        JOIN seed_person_words AS person ON person.number = client
        JOIN seed_person_words AS addressee ON addressee.number = made.addressee
        JOIN seed_goods_words AS first_line ON first_line.number = goods[1]
        JOIN seed_goods_words AS second_line ON second_line.number = goods[2]
        JOIN seed_goods_words AS third_line ON third_line.number = goods[3]
    WHERE made.id BETWEEN %(first)s AND %(last)s ORDER BY made.id
"""  # noqa: S608 (a constant of this file)


def _chance(seed: int) -> str:
    """Something between 0 and 1 that follows from the order."""
    return f"((hashint8extended(id, {seed}) & 1048575) / 1048576.0)"


ORDERS = f"""
    INSERT INTO seed_order
    SELECT id, number, at, age, is_open, cancelled, held, shipped,
        CASE WHEN held THEN of_held WHEN cancelled THEN of_cancelled
            WHEN is_open THEN of_open[1 + floor({_chance(4)} * 4)::int]
            WHEN {_chance(5)} < 0.6 THEN of_closed ELSE of_shipped END,
        client, CASE WHEN id %% 4 = 0 THEN id %% addressees ELSE client END, stores[store],
        coalesce(codes[store], ''), codes[store] || number,
        CASE WHEN store IS NULL THEN NULL WHEN id %% 1200 = 0 THEN 5 WHEN id %% 12 = 0 THEN 2 ELSE 1 END,
        CASE WHEN id %% 10 = 0 THEN 'PO-' || number ELSE number::text END, goods,
        ARRAY[500 + goods[1] %% 90 * 100, 500 + goods[2] %% 90 * 100, 500 + goods[3] %% 90 * 100],
        CASE WHEN NOT shipped THEN NULL WHEN id %% 3 = 0 THEN 'DHL' ELSE 'UPS' END,
        CASE WHEN NOT shipped THEN NULL WHEN id %% 3 = 0 THEN 'JD' || lpad((id * 104729)::text, 14, '0')
            ELSE '1Z999AA1' || lpad((id * 7919 %% 10000000000)::text, 10, '0') END
    FROM (
        SELECT *, NOT (is_open OR cancelled OR held) AS shipped FROM (
            SELECT id, first_number + id AS number, now - apart * (orders - id + 1) AS at, orders - id + 1 AS age,
                orders - id < still_open AS is_open, {_chance(1)} < 0.02 AS cancelled,
                {_chance(2)} < CASE WHEN orders - id < still_open THEN 0.03 ELSE 0.0002 END AS held,
                1 + floor(clients * power({_chance(3)}, 2))::bigint AS client,
                CASE WHEN (id - 1) %% 33 = 0 THEN NULL WHEN (id - 1) %% 8 = 0 THEN 2 ELSE 1 END AS store,
                ARRAY[CASE WHEN id %% 5 = 0 THEN 1 ELSE 2 + floor((products - 1) * {_chance(6)})::bigint END,
                    2 + floor((products - 1) * {_chance(7)})::bigint,
                    2 + floor((products - 1) * {_chance(8)})::bigint] AS goods, seed_settings.*
            FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS id, seed_settings
        ) AS chosen
    ) AS made
"""  # noqa: S608 (a constant of this file)

_MADE = "seed_order AS made WHERE id BETWEEN %(first)s AND %(last)s"
_LINES = "seed_order AS made, generate_series(1, 3) AS line WHERE id BETWEEN %(first)s AND %(last)s"
_TOTAL = "round((cents[1] + cents[2] + cents[3]) / 100.0, 4)"
_TAX = "round((cents[1] + cents[2] + cents[3]) / 600.0, 4)"
_PRICE = "round(cents[line] / 100.0, 4)"
_BUYER = "seed_order AS made JOIN seed_person AS person ON person.number = client"
_ADDRESSEE = "seed_order AS made JOIN seed_person AS person ON person.number = addressee"
_ORDER_LINES = "seed_order AS made CROSS JOIN generate_series(1, 3) AS line"
_OF_THESE = "WHERE id BETWEEN %(first)s AND %(last)s"
_PLACE = {
    "street_1": "'12 Long Street'",
    "city": "'London'",
    "postcode": "'SW1Y 4JH'",
    "country": "'United Kingdom'",
    "country_code": "'GB'",
    "shipping_method": "'Standard'",
}
_ORDER = {
    "id": "id",
    "number": "number",
    "import_id": "import_id",
    "source": "source",
    "web_order_number": "CASE WHEN store_id IS NULL THEN '' ELSE number::text END",
    "channel": "channel",
    "po_number": "po_number",
    "order_date": "at",
    "status_id": "status_id",
    "client_id": "client",
    "contact_id": "client",
    "subtotal": _TOTAL,
    "total": _TOTAL,
    "tax": _TAX,
    "currency": "CASE WHEN source = 'EU-' THEN 'EUR' ELSE 'GBP' END",
    "hold_reason": "CASE WHEN held THEN 'The client asked to wait.' ELSE '' END",
    "matched_by": "'email'",
    "ship_via": "'Standard'",
    "payment_method": "'Credit card'",
    "payment_status": "'captured'",
    "tax_override": "true",
}
_LINE = {
    "id": "(id - 1) * 3 + line",
    "order_id": "id",
    "position": "line - 1",
    "source_id": "(id - 1) * 3 + line",
    "ship_to_id": "id * 2",
    "product_id": "goods[line]",
    "part_number": "part_number",
    "description": "initcap(part_number)",
    "quantity": "1",
    "shipped": "shipped::int",
    "cancelled": "cancelled::int",
    "unit_price": _PRICE,
    "extended": _PRICE,
    "total": _PRICE,
    "tax": "round(cents[line] / 600.0, 4)",
    "kind": "'physical'",
}
_UPDATE = {
    "web_order_id": "id",
    "created_at": "at",
    "ended_at": "at",
}
_FAILED, _TROUBLED = "id %% 9000 = 1", "id %% 4000 = 1"
_WEB_ORDER = {
    "id": "id",
    "integration_id": "store_id",
    "bigcommerce_order_id": "number",
    "import_id": "import_id",
    "state": "'imported'",
    "sales_order_id": "id",
    "status_seen": "CASE WHEN shipped THEN 2 ELSE 9 END",
    "status_seen_at": "at",
    "reason_code": f"CASE WHEN {_TROUBLED} THEN 'conversion' ELSE '' END",
    "reason": f"CASE WHEN {_TROUBLED} THEN 'The quantity was lowered below what is shipped.' ELSE '' END",
    "next_step": f"CASE WHEN {_TROUBLED} THEN 'Look at the order.' ELSE '' END",
    "reason_since": f"CASE WHEN {_TROUBLED} THEN at END",
}
_LOG = {"integration_id": "store_id", "at": "at", "import_id": "import_id"}
_FROM_STORE, _SENT = f"{_MADE} AND store_id IS NOT NULL", f"{_MADE} AND store_id IS NOT NULL AND shipped"

Source = tuple[str, dict[str, str]]
ROWS: dict[type[models.Model], list[Source]] = {
    Client: [("seed_person, seed_settings WHERE number BETWEEN 1 AND clients", {"id": "number", "name": "name"})],
    Contact: [
        (
            "seed_person, seed_settings WHERE number BETWEEN 1 AND clients",
            {"id": "number", "client_id": "number", "first_name": "first_name", "last_name": "last_name"}
            | {"email": "email", "email_key": "email", "phone": "phone"},
        )
    ],
    Product: [
        (
            "seed_goods",
            {"id": "number", "part_number": "part_number"}
            | {"description": "initcap(part_number) || ' of the house'", "type": "'physical'"},
        )
    ],
    SalesOrder: [(_MADE, _ORDER)],
    OrderAddress: [
        (
            f"{_BUYER} {_OF_THESE}",
            {"id": "id * 2 - 1", "order_id": "id", "kind": "'bill_to'", "position": "0", "email": "email"}
            | {name: name for name in ("first_name", "last_name", "company", "phone")}
            | _PLACE,
        ),
        (
            f"{_ADDRESSEE} {_OF_THESE}",
            {"id": "id * 2", "order_id": "id", "kind": "'ship_to'", "position": "1"}
            | {name: name for name in ("first_name", "last_name", "phone")}
            | _PLACE,
        ),
    ],
    OrderLine: [
        (
            f"{_ORDER_LINES} JOIN seed_goods ON seed_goods.number = goods[line] {_OF_THESE}",
            _LINE,
        )
    ],
    Tender: [
        (_MADE, {"id": "id", "order_id": "id", "amount": _TOTAL, "kind": "'payment'", "description": "'Credit card'"})
    ],
    Shipment: [
        (
            f"{_MADE} AND shipped",
            {"id": "id", "order_id": "id", "source": "source", "processed_at": "at + interval '1 day'"}
            | {"processed_by": "'Ada'"},
        )
    ],
    Parcel: [
        (
            f"{_MADE} AND shipped",
            {"id": "id", "shipment_id": "id", "ship_to_id": "id * 2", "carrier": "carrier"}
            | {"tracking_number": "tracking_number"},
        )
    ],
    ParcelItem: [
        (
            f"{_LINES} AND shipped",
            {"id": "(id - 1) * 3 + line", "parcel_id": "id", "line_id": "(id - 1) * 3 + line", "quantity": "1"},
        )
    ],
    WebOrder: [(_FROM_STORE, _WEB_ORDER)],
    StoreUpdate: [
        (
            _FROM_STORE,
            {"id": "id * 2", "kind": "'status'", "status_id": "9", "state": "'sent'", "cause": "'downloaded'"}
            | _UPDATE,
        ),
        (
            _SENT,
            {"id": "id * 2 + 1", "kind": "'create_shipment'", "parcel_id": "id", "cause": "''"}
            | {"state": f"CASE WHEN {_FAILED} THEN 'failed' ELSE 'sent' END"}
            | {"reason_code": f"CASE WHEN {_FAILED} THEN 'refused' ELSE '' END"}
            | {"reason": f"CASE WHEN {_FAILED} THEN 'BigCommerce refuses it.' ELSE '' END"}
            | {"next_step": f"CASE WHEN {_FAILED} THEN 'Try again.' ELSE '' END"}
            | _UPDATE,
        ),
    ],
    LogEntry: [
        (_FROM_STORE, {"id": "id * 2", "kind": "'imported'", "text": "'Imported as a new sales order.'"} | _LOG),
        (_SENT, {"id": "id * 2 + 1", "kind": "'sent'", "text": "'The shipment was sent.'"} | _LOG),
    ],
    Conflict: [
        (
            f"{_FROM_STORE} AND id %% 25000 = 2",
            {"id": "id", "web_order_id": "id", "field": "'po number'", "ours": "'PO-7'", "theirs": "'PO-8'"},
        )
    ],
}
OF_ORDERS = tuple(model for model in ROWS if model not in (Client, Contact, Product))
