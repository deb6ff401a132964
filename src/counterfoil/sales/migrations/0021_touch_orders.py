"""Triggers that keep `updated_at` of a sales order: its own row, lines, addresses, tenders, parcels and history.

Once in each transaction: `changed_in` tells whether this one has done it already. The transaction's number is asked
for before the clock is, so that whoever reads up to a moment can tell which transactions may still write before it
(sales/orders/updated.py). A product's new part number, which the database writes to all its lines, is no change of the
orders: it would lock each of them.
"""

from django.db import migrations

FUNCTIONS = """
    CREATE FUNCTION sales_touch_row() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.changed_in <> pg_current_xact_id()::text::bigint THEN
            NEW.changed_in := pg_current_xact_id()::text::bigint;
            NEW.updated_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END $$;
    CREATE FUNCTION sales_touch(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE mine bigint := pg_current_xact_id()::text::bigint;
    BEGIN
        UPDATE sales_salesorder SET changed_in = mine, updated_at = clock_timestamp()
        WHERE id = ANY (wanted) AND changed_in <> mine;
    END $$;
    CREATE FUNCTION sales_touch_by_part() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            PERFORM sales_touch(ARRAY(SELECT DISTINCT order_id FROM gone));
        ELSE
            PERFORM sales_touch(ARRAY(SELECT DISTINCT order_id FROM now_there));
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION sales_touch_by_lines() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM sales_touch(ARRAY(SELECT DISTINCT now_there.order_id FROM now_there JOIN gone USING (id)
            WHERE (now_there.position, now_there.parent_position, now_there.ship_to_id, now_there.product_id,
                   now_there.part_number, now_there.description, now_there.options, now_there.kind,
                   now_there.quantity, now_there.shipped, now_there.cancelled, now_there.refunded,
                   now_there.backordered, now_there.unit_price, now_there.discount, now_there.total, now_there.tax,
                   now_there.discounts, now_there.fields)
                IS DISTINCT FROM (gone.position, gone.parent_position, gone.ship_to_id, gone.product_id,
                   gone.part_number, gone.description, gone.options, gone.kind,
                   gone.quantity, gone.shipped, gone.cancelled, gone.refunded,
                   gone.backordered, gone.unit_price, gone.discount, gone.total, gone.tax,
                   gone.discounts, gone.fields)));
        RETURN NULL;
    END $$;
    CREATE FUNCTION sales_touch_by_parcels() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM sales_touch(ARRAY(SELECT DISTINCT order_id FROM now_there
            JOIN sales_shipment ON sales_shipment.id = now_there.shipment_id));
        RETURN NULL;
    END $$;
    CREATE TRIGGER touched BEFORE UPDATE ON sales_salesorder FOR EACH ROW
        WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION sales_touch_row();
"""


def _trigger(table: str, act: str, function: str) -> str:
    seen = {"INSERT": "NEW TABLE AS now_there", "DELETE": "OLD TABLE AS gone"}
    seen["UPDATE"] = f"{seen['DELETE']} {seen['INSERT']}"
    return (
        f"CREATE TRIGGER touched_after_{act.lower()} AFTER {act} ON sales_{table} REFERENCING {seen[act]}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
    )


TRIGGERS = "".join(
    _trigger(*each)
    for each in (
        ("orderline", "INSERT", "sales_touch_by_part"),
        ("orderline", "UPDATE", "sales_touch_by_lines"),
        ("orderline", "DELETE", "sales_touch_by_part"),
        ("orderaddress", "INSERT", "sales_touch_by_part"),
        ("orderaddress", "UPDATE", "sales_touch_by_part"),
        ("orderaddress", "DELETE", "sales_touch_by_part"),
        ("tender", "INSERT", "sales_touch_by_part"),
        ("tender", "UPDATE", "sales_touch_by_part"),
        ("tender", "DELETE", "sales_touch_by_part"),
        ("orderchange", "INSERT", "sales_touch_by_part"),
        ("parcel", "INSERT", "sales_touch_by_parcels"),
        ("parcel", "UPDATE", "sales_touch_by_parcels"),
    )
)
UNDONE = """
    DROP FUNCTION sales_touch_row, sales_touch_by_part, sales_touch_by_lines, sales_touch_by_parcels CASCADE;
    DROP FUNCTION sales_touch(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0020_order_updated_at")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDONE)]
