"""The one statement that lists everything that waits for a person, a row for each item.

`cause` is kind:why:about. It joins what one action resolves: a SKU (with its store where the name was made up of the
store's own ids, so that it says nothing elsewhere), a store, a field, or all that the code says. An order that lacks
two products has two rows.
"""

from counterfoil.bigcommerce import NEVER_OVERWRITTEN
from counterfoil.sales.models.orders import HELD_BY_STATUS
from counterfoil.stores.models import ADDRESS_CHANGED

MADE_UP = "^PRODUCT-[0-9]+(-[0-9]+)?$"
"""As `sales.known_products.made_up_part_number` names an item without an SKU."""

ON_A_PARCEL = (
    "first_name", "last_name", "company", "street_1", "street_2", "city", "state", "postcode", "country", "phone"
)  # fmt: skip
_PROTECTED = ", ".join(str(int(status)) for status in sorted(NEVER_OVERWRITTEN))

_STORES = """
    SELECT 'store' AS kind, state.integration_id AS pk, shop.code AS store, '' AS import_id,
        state.trouble_code AS code, state.trouble_code AS why, shop.code AS about,
        state.trouble AS sentence, state.trouble_next_step AS next_step, COALESCE(state.trouble_since, now()) AS since,
        false AS is_tried, shop.id AS store_pk, NULL::bigint AS number, NULL::bigint AS order_id,
        NULL::numeric AS difference, '' AS currency, NULL::bigint AS parcel, '' AS ours, '' AS theirs, '' AS trace
    FROM stores_storestate AS state
    JOIN stores_webintegration AS shop ON shop.id = state.integration_id
    WHERE state.trouble_code <> ''
"""

_ORDERS = f"""
    SELECT 'order', it.id, shop.code, it.import_id, it.reason_code, it.reason_code,
        CASE
            WHEN it.reason_code IN ('script', 'script_refused', 'field_mapping') THEN shop.code
            WHEN sku ~ '{MADE_UP}' THEN shop.code || ':' || sku
            WHEN sku IS NOT NULL THEN ':' || sku
            ELSE ''
        END,
        it.reason, it.next_step, COALESCE(it.reason_since, it.decided_at, now()),
        it.read_again <> '', shop.id, sold.number, it.bigcommerce_order_id,
        CASE WHEN it.reason_code = 'totals' THEN it.difference END, it.difference_currency, NULL, '', '', it.trace
    FROM stores_weborder AS it
    JOIN stores_webintegration AS shop ON shop.id = it.integration_id
    LEFT JOIN sales_salesorder AS sold ON sold.id = it.sales_order_id
    LEFT JOIN LATERAL unnest(it.unknown_skus) AS sku ON it.reason_code = 'unknown_product'
    WHERE it.reason_code <> ''
"""  # noqa: S608  # constants of this file

_UPDATES = f"""
    SELECT 'update', sends.id, shop.code, it.import_id, sends.reason_code,
        CASE
            WHEN sends.reason_code = 'status_changed' AND it.status_seen IN ({_PROTECTED}) THEN 'status_protected'
            ELSE sends.reason_code
        END,
        sends.kind, sends.reason, sends.next_step, COALESCE(sends.failed_since, sends.ended_at, sends.created_at),
        false, shop.id, sold.number, it.bigcommerce_order_id, NULL, '', sends.parcel_id, '', '', sends.trace
    FROM stores_storeupdate AS sends
    JOIN stores_weborder AS it ON it.id = sends.web_order_id
    JOIN stores_webintegration AS shop ON shop.id = it.integration_id
    LEFT JOIN sales_salesorder AS sold ON sold.id = it.sales_order_id
    WHERE sends.state = 'failed'
"""  # noqa: S608

_HELD = f"""
    SELECT 'held', sends.id, shop.code, it.import_id, 'on_hold',
        CASE WHEN sold.hold_reason = '{HELD_BY_STATUS}' THEN 'on_hold_status' ELSE 'on_hold' END, sold.hold_reason,
        'A parcel is processed, but the order is on hold: ' || sold.hold_reason,
        CASE WHEN sold.hold_reason = '{HELD_BY_STATUS}'
            THEN 'Change the order’s status to send the parcel. Void the parcel if it didn’t leave.'
            ELSE 'Void the parcel if it didn’t leave. If it did, a manager can release it so it’s sent.'
        END,
        sends.created_at, false, shop.id, sold.number, it.bigcommerce_order_id, NULL, '', sends.parcel_id, '', '', ''
    FROM sales_salesorder AS sold
    JOIN stores_weborder AS it ON it.sales_order_id = sold.id
    JOIN stores_webintegration AS shop ON shop.id = it.integration_id
    JOIN stores_storeupdate AS sends ON sends.web_order_id = it.id
    WHERE sold.hold_reason <> '' AND sold.hold_overridden_by = ''
        AND sends.state = 'waiting' AND sends.kind = 'create_shipment' AND sends.asked_at IS NULL
"""  # noqa: S608  # constants of this file

_CONFLICTS = """
    SELECT 'conflict', both_sides.id, shop.code, it.import_id, 'conflict', 'conflict', both_sides.field,
        'The ' || both_sides.field || ' was changed here (' || both_sides.ours
            || ') and in the store (' || both_sides.theirs || ').',
        'Pick the right value.', both_sides.since,
        false, shop.id, sold.number, it.bigcommerce_order_id, NULL, '', NULL, both_sides.ours, both_sides.theirs, ''
    FROM stores_conflict AS both_sides
    JOIN stores_weborder AS it ON it.id = both_sides.web_order_id
    JOIN stores_webintegration AS shop ON shop.id = it.integration_id
    LEFT JOIN sales_salesorder AS sold ON sold.id = it.sales_order_id
"""

_OURS, _THEIRS = (
    "concat_ws(', ', "
    + ", ".join(f"NULLIF({value}, '')" for value in (f"btrim({first} || ' ' || {last})", *others))
    + ")"
    for first, last, *others in (
        [f"place.{name}" for name in ON_A_PARCEL],
        [f"COALESCE(place.source_address ->> '{name}', '')" for name in ON_A_PARCEL],
    )
)
_ADDRESSES = f"""
    SELECT 'address', place.id, shop.code, it.import_id, 'address', 'ship_to', '',
        'The ship-to address was changed in BigCommerce after import. Ours: ' || {_OURS} || '. There: ' || {_THEIRS}
            || '.',
        'Use the store’s address, or keep ours. Until then nothing ships to it.', place.source_changed_at,
        false, shop.id, sold.number, it.bigcommerce_order_id, NULL, '', NULL, {_OURS}, {_THEIRS}, ''
    FROM sales_orderaddress AS place
    JOIN sales_salesorder AS sold ON sold.id = place.order_id
    JOIN stores_weborder AS it ON it.sales_order_id = sold.id
    JOIN stores_webintegration AS shop ON shop.id = it.integration_id
    WHERE place.source_changed_at IS NOT NULL AND place.kind = 'ship_to' AND (
        EXISTS (
            SELECT 1 FROM sales_orderline AS line
            WHERE line.order_id = place.order_id AND line.ship_to_id = place.id AND line.kind = 'physical'
                AND line.quantity - line.shipped - line.cancelled > 0
        ) OR EXISTS (
            SELECT 1 FROM sales_parcel AS box JOIN sales_shipment AS shipment ON shipment.id = box.shipment_id
            WHERE box.ship_to_id = place.id AND box.voided_at IS NULL
                AND shipment.processed_at > place.source_changed_at - interval '1 day'
        )
    ) AND it.reason_code <> '{ADDRESS_CHANGED}' AND NOT EXISTS (
        SELECT 1 FROM stores_conflict AS both_sides
        WHERE both_sides.web_order_id = it.id AND both_sides.field LIKE 'Ship to %%'
    )
"""  # noqa: S608  # constants of this file
# A conflict over an address asks the same question, and so does a parcel that went to another one than the store has.

_LABELS = """
    SELECT 'label', notice.id, COALESCE(shop.code, ''),
        COALESCE(sold.import_id, sold.number::text, NULLIF(notice.order_number, ''), notice.order_ref),
        'label', 'label', '',
        'The label ' || COALESCE(NULLIF(btrim(notice.carrier || ' ' || notice.tracking_number), '') || ' ', '')
            || 'was bought in ShipStation, but not processed: ' || notice.sentence,
        notice.next_step, notice.at, false, COALESCE(shop.id, 0), sold.number, it.bigcommerce_order_id, NULL, '',
        NULL, '', '', ''
    FROM stores_shipstationnotice AS notice
    LEFT JOIN sales_salesorder AS sold ON sold.id = notice.order_id
    LEFT JOIN stores_weborder AS it ON it.sales_order_id = sold.id
    LEFT JOIN stores_webintegration AS shop ON shop.id = it.integration_id
    WHERE notice.state = 'refused' OR notice.state = 'received' AND notice.last_at < now() - interval '1 minute'
"""
# One that was received is processed at once, unless its process died. One whose order is not known is no store's.

ALL_ITEMS = f"""
    WITH things AS (
        SELECT *, kind || ':' || why || ':' || about AS cause
        FROM ({" UNION ALL ".join((_STORES, _ORDERS, _UPDATES, _HELD, _CONFLICTS, _ADDRESSES, _LABELS))}) AS found
    ), chosen AS (
        SELECT * FROM things
        WHERE (%(store)s = '' OR store = %(store)s)
            AND (%(sorts)s::text[] IS NULL OR kind || ':' || why = ANY(%(sorts)s))
            AND (%(none_of)s::text[] IS NULL OR kind || ':' || why <> ALL(%(none_of)s))
            AND (%(before)s::timestamptz IS NULL OR since <= %(before)s)
            AND (%(words)s = '' OR position(lower(%(words)s) IN lower(import_id || ' ' || about)) > 0)
            AND (%(among)s::text[] IS NULL OR cause = ANY(%(among)s))
    )
"""  # noqa: S608

# Three missed polls, and never less than two minutes: a sync may take half a minute, and the next one begins after it.
# A paused store is not polled, nor one whose next poll was put off beyond its interval. A worker that lives says so
# every three seconds.
_OUTAGES = """
    SELECT shop.code, 'outage', shop.id,
        CASE
            WHEN state.trouble_code <> '' THEN 'trouble'
            WHEN EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute')
                THEN 'silent'
            ELSE 'no_worker'
        END,
        shop.description,
        CASE
            WHEN state.trouble_code <> '' THEN COALESCE(state.trouble_since, now())
            ELSE COALESCE(state.glanced_at, state.visited_at, shop.created_at)
        END,
        state.trouble, state.trouble_next_step
    FROM stores_storestate AS state
    JOIN stores_webintegration AS shop ON shop.id = state.integration_id
    CROSS JOIN LATERAL (
        SELECT COALESCE(state.glanced_at, shop.created_at) AS at,
            GREATEST(interval '2 minutes', shop.poll_seconds * interval '3 seconds') AS missed
    ) AS looked
    WHERE CASE
        WHEN state.trouble_code <> ''
            THEN state.troubles >= 3 OR state.trouble_since < now() - looked.missed
        ELSE NOT shop.paused AND (
            state.due_at < now() - looked.missed
            OR looked.at < now() - looked.missed
            AND state.due_at <= now() + GREATEST(interval '5 minutes', shop.poll_seconds * interval '1 second')
        )
    END
"""

ITEM_COLUMNS = """
    kind, pk, store, import_id, code, cause, sentence, next_step, since,
    is_tried, store_pk, number, order_id, difference, currency, parcel, ours, theirs, trace
"""

ITEMS = f"""
    {ALL_ITEMS}, once AS (SELECT DISTINCT ON (kind, pk) * FROM chosen ORDER BY kind, pk, cause)
    SELECT {ITEM_COLUMNS} FROM once ORDER BY since, kind, pk LIMIT %(most)s OFFSET %(first)s
"""  # noqa: S608

ITEMS_OF_CAUSES = f"""
    {ALL_ITEMS} SELECT {ITEM_COLUMNS} FROM chosen ORDER BY since, kind, pk LIMIT %(most)s OFFSET %(first)s
"""  # noqa: S608

GROUPS = f"""
    {ALL_ITEMS}
    SELECT cause, count(*), min(since), array_agg(DISTINCT store ORDER BY store), min(store_pk), min(pk),
        CASE WHEN min(sentence) = max(sentence) THEN min(sentence) ELSE '' END,
        CASE WHEN min(next_step) = max(next_step) THEN min(next_step) ELSE '' END,
        count(*) FILTER (WHERE is_tried), count(*) OVER ()
    FROM chosen GROUP BY cause
    ORDER BY min(kind) <> 'store', min(since), cause LIMIT %(most)s OFFSET %(first)s
"""  # noqa: S608

KEYS = f"{ALL_ITEMS} SELECT DISTINCT kind, pk FROM chosen LIMIT %(most)s"  # noqa: S608

COUNTS = f"""
    {ALL_ITEMS} SELECT store, kind, count(DISTINCT pk) FROM chosen GROUP BY store, kind
"""  # noqa: S608

NAVIGATION = f"""
    {ALL_ITEMS} SELECT store, kind, count(DISTINCT pk), '', '', NULL::timestamptz, '', ''
    FROM chosen GROUP BY store, kind
    UNION ALL {_OUTAGES}
"""  # noqa: S608
"""The numbers of `COUNTS`, and with them the stores that nobody reaches: all that each page shows."""
