"""Triggers that write events: in the transaction of what happened, whoever did it and however.

Two wait for the end of the transaction (constraint triggers): a shipment is told with its parcels and what lies in
them, and an order that changed is told once, as it is then. They are called before the commit, so nothing is told that
is taken back. Keys of `data` are those of the API. What needs attention is told by the rules of the list
(stores/attention/sql.py); a test compares the two.
"""

from django.db import migrations

SHAPES = """
    CREATE FUNCTION events_time(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT replace(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')
    $$;
    CREATE FUNCTION events_write(what text, shop text, about text, told jsonb) RETURNS void LANGUAGE sql AS $$
        INSERT INTO events_outgoingevent (type, store, subject, data) VALUES (what, shop, about, told)
    $$;
    CREATE FUNCTION events_subject(sold sales_salesorder) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT COALESCE(sold.import_id, sold.number::text)
    $$;
    CREATE FUNCTION events_store_id(import_id text, source text) RETURNS bigint LANGUAGE sql STABLE AS $$
        SELECT CASE WHEN starts_with(import_id, source) AND substr(import_id, length(source) + 1) ~ '^[0-9]{1,18}$'
            THEN substr(import_id, length(source) + 1)::bigint END
    $$;
    CREATE FUNCTION events_order(sold sales_salesorder) RETURNS jsonb LANGUAGE sql STABLE AS $$
        SELECT jsonb_build_object(
            'import_id', sold.import_id, 'number', sold.number, 'store', sold.source,
            'bigcommerce_order_id', events_store_id(sold.import_id, sold.source),
            'po_number', sold.po_number, 'order_date', events_time(sold.order_date),
            'status', (SELECT name FROM sales_orderstatus WHERE id = sold.status_id),
            'currency', sold.currency, 'total', sold.total::text, 'updated_at', events_time(sold.updated_at))
    $$;
    CREATE FUNCTION events_web_order(it stores_weborder) RETURNS jsonb LANGUAGE sql STABLE AS $$
        SELECT COALESCE(
            (SELECT events_order(sold) FROM sales_salesorder AS sold WHERE sold.id = it.sales_order_id),
            jsonb_build_object(
                'import_id', it.import_id, 'number', NULL,
                'store', (SELECT code FROM stores_webintegration WHERE id = it.integration_id),
                'bigcommerce_order_id', it.bigcommerce_order_id, 'po_number', NULL, 'order_date', NULL,
                'status', NULL, 'currency', NULL, 'total', NULL, 'updated_at', NULL))
    $$;
    CREATE FUNCTION events_parcel(box sales_parcel) RETURNS jsonb LANGUAGE sql STABLE AS $$
        SELECT jsonb_build_object(
            'id', box.id, 'shipment', box.shipment_id, 'belongs_to', box.belongs_to_id, 'carrier', box.carrier,
            'service', box.service, 'tracking_number', box.tracking_number, 'tracking_link', box.tracking_link,
            'taken_over', box.taken_over, 'voided', box.voided_at IS NOT NULL,
            'items', (SELECT COALESCE(jsonb_agg(jsonb_build_object(
                    'line', line.position, 'part_number', line.part_number, 'quantity', item.quantity)
                    ORDER BY line.position), '[]')
                FROM sales_parcelitem AS item JOIN sales_orderline AS line ON line.id = item.line_id
                WHERE item.parcel_id = box.id))
    $$;
"""

ORDERS = """
    CREATE FUNCTION events_is_held(sold sales_salesorder) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
        SELECT sold.hold_reason <> '' AND sold.hold_overridden_by = ''
    $$;
    CREATE FUNCTION events_on_order() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        told jsonb := jsonb_build_object('order', events_order(NEW));
        about text := events_subject(NEW);
        was_held boolean := false;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM events_write(
                CASE WHEN NEW.import_id IS NULL THEN 'order.updated' ELSE 'order.imported' END,
                NEW.source, about, told);
        ELSE
            was_held := events_is_held(OLD);
            IF OLD.status_id <> NEW.status_id THEN
                PERFORM events_write('order.status_changed', NEW.source, about, told || jsonb_build_object(
                    'before', (SELECT name FROM sales_orderstatus WHERE id = OLD.status_id),
                    'after', (SELECT name FROM sales_orderstatus WHERE id = NEW.status_id)));
            END IF;
        END IF;
        IF events_is_held(NEW) AND NOT was_held THEN
            PERFORM events_write('order.held', NEW.source, about, told || jsonb_build_object(
                'reason', NEW.hold_reason));
        ELSIF was_held AND NOT events_is_held(NEW) THEN
            PERFORM events_write('order.released', NEW.source, about, told || jsonb_build_object(
                'reason', OLD.hold_reason, 'overridden_by', NEW.hold_overridden_by));
        END IF;
        IF was_held <> events_is_held(NEW) THEN
            PERFORM events_held(sends, NEW, events_is_held(NEW)) FROM stores_storeupdate AS sends
                JOIN stores_weborder AS it ON it.id = sends.web_order_id
                WHERE it.sales_order_id = NEW.id AND events_waits_to_ship(sends);
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION events_on_order_updated() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE sold sales_salesorder;
    BEGIN
        SELECT * INTO sold FROM sales_salesorder WHERE id = NEW.id;
        IF FOUND THEN
            PERFORM events_write('order.updated', sold.source, events_subject(sold),
                jsonb_build_object('order', events_order(sold)));
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION events_on_web_order() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        told jsonb;
        had text := '';
        code text;
    BEGIN
        IF TG_OP = 'UPDATE' THEN had := OLD.reason_code; END IF;
        told := jsonb_build_object('order', events_web_order(NEW));
        code := (SELECT shop.code FROM stores_webintegration AS shop WHERE id = NEW.integration_id);
        IF NEW.state = 'not_imported' AND (TG_OP = 'INSERT' OR OLD.state <> 'not_imported'
                OR (OLD.reason_code, OLD.reason) IS DISTINCT FROM (NEW.reason_code, NEW.reason)) THEN
            PERFORM events_write('order.not_imported', code, NEW.import_id, told || jsonb_build_object(
                'code', NEW.reason_code, 'sentence', NEW.reason, 'next_step', NEW.next_step));
        END IF;
        IF had <> '' AND had <> NEW.reason_code THEN
            PERFORM events_attention(false, 'order:' || NEW.id, code, NEW.import_id, OLD.reason_code, OLD.reason,
                OLD.next_step, OLD.reason_since, told -> 'order');
        END IF;
        IF NEW.reason_code <> '' AND had <> NEW.reason_code THEN
            PERFORM events_attention(true, 'order:' || NEW.id, code, NEW.import_id, NEW.reason_code, NEW.reason,
                NEW.next_step, NEW.reason_since, told -> 'order');
        END IF;
        RETURN NULL;
    END $$;
"""

SHIPMENTS = """
    CREATE FUNCTION events_on_shipment() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE sold sales_salesorder;
    BEGIN
        SELECT * INTO sold FROM sales_salesorder WHERE id = NEW.order_id;
        IF FOUND THEN
            PERFORM events_write('shipment.processed', sold.source, events_subject(sold), jsonb_build_object(
                'order', events_order(sold), 'shipment', NEW.id, 'processed_at', events_time(NEW.processed_at),
                'by', NEW.processed_by, 'parcels', (SELECT COALESCE(jsonb_agg(events_parcel(box) ORDER BY box.id), '[]')
                    FROM sales_parcel AS box WHERE box.shipment_id = NEW.id)));
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION events_on_parcel() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        sold sales_salesorder;
        told jsonb;
    BEGIN
        SELECT its.* INTO sold FROM sales_salesorder AS its
            JOIN sales_shipment AS left_at ON left_at.order_id = its.id WHERE left_at.id = NEW.shipment_id;
        told := jsonb_build_object('order', events_order(sold), 'parcel', events_parcel(NEW));
        IF (OLD.carrier, OLD.service, OLD.tracking_number, OLD.tracking_link)
                IS DISTINCT FROM (NEW.carrier, NEW.service, NEW.tracking_number, NEW.tracking_link) THEN
            PERFORM events_write('shipment.corrected', sold.source, events_subject(sold), told || jsonb_build_object(
                'before', jsonb_build_object('carrier', OLD.carrier, 'service', OLD.service,
                    'tracking_number', OLD.tracking_number, 'tracking_link', OLD.tracking_link)));
        END IF;
        IF OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL THEN
            PERFORM events_write('shipment.voided', sold.source, events_subject(sold), told || jsonb_build_object(
                'by', NEW.voided_by, 'reason', NEW.void_reason));
        END IF;
        RETURN NULL;
    END $$;
"""

UPDATES = """
    CREATE FUNCTION events_attention(
        is_opened boolean, item text, shop text, import_id text, code text, sentence text, next_step text,
        since timestamptz, sold jsonb
    ) RETURNS void LANGUAGE sql AS $$
        SELECT events_write(
            CASE WHEN is_opened THEN 'attention.opened' ELSE 'attention.closed' END, shop,
            CASE WHEN import_id = '' THEN 'store ' || shop ELSE import_id END,
            jsonb_build_object('item', jsonb_build_object(
                'id', item, 'kind', split_part(item, ':', 1), 'import_id', import_id, 'store', shop, 'code', code,
                'sentence', sentence, 'next_step', next_step, 'since', events_time(COALESCE(since, now()))),
                'order', sold))
    $$;
    CREATE FUNCTION events_waits_to_ship(sends stores_storeupdate) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
        SELECT sends.kind = 'create_shipment' AND sends.state = 'waiting' AND sends.asked_at IS NULL
    $$;
    CREATE FUNCTION events_held(sends stores_storeupdate, sold sales_salesorder, is_opened boolean)
    RETURNS void LANGUAGE sql AS $$
        SELECT events_attention(is_opened, 'held:' || sends.id, sold.source, COALESCE(sold.import_id, ''), 'on_hold',
            'A parcel is processed, but the order is on hold'
                || CASE WHEN sold.hold_reason = '' THEN '.' ELSE ': ' || sold.hold_reason END,
            'Void the parcel if it didn’t leave. If it did, release the order so it’s sent.',
            sends.created_at, events_order(sold))
    $$;
    CREATE FUNCTION events_on_update() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        it stores_weborder;
        sold sales_salesorder;
        box sales_parcel;
        code text;
        had_failed boolean := false;
        had_waited boolean := false;
        was_sent boolean := false;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            had_failed := OLD.state = 'failed';
            had_waited := events_waits_to_ship(OLD);
            was_sent := OLD.state = 'sent';
        END IF;
        SELECT * INTO it FROM stores_weborder WHERE id = NEW.web_order_id;
        code := (SELECT shop.code FROM stores_webintegration AS shop WHERE id = it.integration_id);
        IF had_waited <> events_waits_to_ship(NEW) THEN
            SELECT * INTO sold FROM sales_salesorder WHERE id = it.sales_order_id;
            IF FOUND AND events_is_held(sold) THEN
                PERFORM events_held(NEW, sold, NOT had_waited);
            END IF;
        END IF;
        IF had_failed AND (NEW.state <> 'failed' OR NEW.reason_code <> OLD.reason_code) THEN
            PERFORM events_attention(false, 'update:' || NEW.id, code, it.import_id, OLD.reason_code, OLD.reason,
                OLD.next_step, COALESCE(OLD.failed_since, OLD.ended_at, OLD.created_at), events_web_order(it));
        END IF;
        IF NEW.state = 'failed' AND (NOT had_failed OR NEW.reason_code <> OLD.reason_code) THEN
            PERFORM events_attention(true, 'update:' || NEW.id, code, it.import_id, NEW.reason_code, NEW.reason,
                NEW.next_step, COALESCE(NEW.failed_since, NEW.ended_at, NEW.created_at), events_web_order(it));
        END IF;
        IF NEW.state = 'sent' AND NOT was_sent AND NEW.kind IN ('create_shipment', 'correct_shipment') THEN
            SELECT * INTO box FROM sales_parcel WHERE id = NEW.parcel_id;
            PERFORM events_write('shipment.sent_to_store', code, it.import_id, jsonb_build_object(
                'order', events_web_order(it), 'parcel', events_parcel(box), 'kind', NEW.kind,
                'bigcommerce_shipment_id', (SELECT bigcommerce_shipment_id FROM stores_webshipment
                    WHERE parcel_id = NEW.parcel_id)));
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION events_on_conflict() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        it stores_weborder;
        both_sides stores_conflict;
        code text;
    BEGIN
        IF TG_OP = 'DELETE' THEN both_sides := OLD; ELSE both_sides := NEW; END IF;
        SELECT * INTO it FROM stores_weborder WHERE id = both_sides.web_order_id;
        IF NOT FOUND THEN RETURN NULL; END IF;
        code := (SELECT shop.code FROM stores_webintegration AS shop WHERE id = it.integration_id);
        PERFORM events_attention(TG_OP = 'INSERT', 'conflict:' || both_sides.id, code, it.import_id, 'conflict',
            'The ' || both_sides.field || ' was changed here (' || both_sides.ours || ') and in the store ('
                || both_sides.theirs || ').', 'Pick the right value.', both_sides.since, events_web_order(it));
        RETURN NULL;
    END $$;
    CREATE FUNCTION events_on_store() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        had text := '';
        code text := (SELECT shop.code FROM stores_webintegration AS shop WHERE id = NEW.integration_id);
    BEGIN
        IF TG_OP = 'UPDATE' THEN had := OLD.trouble_code; END IF;
        IF had = NEW.trouble_code THEN RETURN NULL; END IF;
        IF had <> '' THEN
            PERFORM events_attention(false, 'store:' || NEW.integration_id, code, '', had, OLD.trouble,
                OLD.trouble_next_step, OLD.trouble_since, NULL);
        END IF;
        IF NEW.trouble_code <> '' THEN
            PERFORM events_attention(true, 'store:' || NEW.integration_id, code, '', NEW.trouble_code, NEW.trouble,
                NEW.trouble_next_step, NEW.trouble_since, NULL);
        END IF;
        RETURN NULL;
    END $$;
"""

TRIGGERS = """
    CREATE TRIGGER events_order_made AFTER INSERT ON sales_salesorder FOR EACH ROW EXECUTE FUNCTION events_on_order();
    CREATE TRIGGER events_order_changed AFTER UPDATE ON sales_salesorder FOR EACH ROW
        WHEN ((OLD.status_id, OLD.hold_reason, OLD.hold_overridden_by)
            IS DISTINCT FROM (NEW.status_id, NEW.hold_reason, NEW.hold_overridden_by))
        EXECUTE FUNCTION events_on_order();
    CREATE CONSTRAINT TRIGGER events_order_updated AFTER UPDATE ON sales_salesorder
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.changed_in IS DISTINCT FROM NEW.changed_in)
        EXECUTE FUNCTION events_on_order_updated();
    CREATE CONSTRAINT TRIGGER events_shipment_processed AFTER INSERT ON sales_shipment
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION events_on_shipment();
    CREATE TRIGGER events_parcel_changed AFTER UPDATE ON sales_parcel FOR EACH ROW
        WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION events_on_parcel();
    CREATE TRIGGER events_web_order_made AFTER INSERT ON stores_weborder FOR EACH ROW
        WHEN (NEW.state = 'not_imported' OR NEW.reason_code <> '') EXECUTE FUNCTION events_on_web_order();
    CREATE TRIGGER events_web_order_changed AFTER UPDATE ON stores_weborder FOR EACH ROW
        WHEN ((OLD.state, OLD.reason_code, OLD.reason) IS DISTINCT FROM (NEW.state, NEW.reason_code, NEW.reason))
        EXECUTE FUNCTION events_on_web_order();
    CREATE TRIGGER events_update_made AFTER INSERT ON stores_storeupdate FOR EACH ROW
        WHEN (NEW.state <> 'waiting' OR NEW.kind = 'create_shipment') EXECUTE FUNCTION events_on_update();
    CREATE TRIGGER events_update_changed AFTER UPDATE ON stores_storeupdate FOR EACH ROW
        WHEN ((OLD.state, OLD.reason_code) IS DISTINCT FROM (NEW.state, NEW.reason_code)
            OR (NEW.kind = 'create_shipment' AND OLD.asked_at IS DISTINCT FROM NEW.asked_at))
        EXECUTE FUNCTION events_on_update();
    CREATE TRIGGER events_conflict_changed AFTER INSERT OR DELETE ON stores_conflict
        FOR EACH ROW EXECUTE FUNCTION events_on_conflict();
    CREATE TRIGGER events_store_made AFTER INSERT ON stores_storestate FOR EACH ROW
        WHEN (NEW.trouble_code <> '') EXECUTE FUNCTION events_on_store();
    CREATE TRIGGER events_store_changed AFTER UPDATE OF trouble_code ON stores_storestate
        FOR EACH ROW EXECUTE FUNCTION events_on_store();
"""
UNDONE = """
    DROP FUNCTION events_on_order, events_on_order_updated, events_on_web_order, events_on_shipment,
        events_on_parcel, events_on_update, events_on_conflict, events_on_store CASCADE;
    DROP FUNCTION events_held, events_waits_to_ship, events_attention, events_is_held, events_parcel,
        events_web_order, events_order, events_store_id, events_subject, events_write, events_time;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_events"),
        ("sales", "0022_touch_orders"),
        ("stores", "0033_labels_of_differences_and_causes"),
    ]

    operations = [migrations.RunSQL(SHAPES + UPDATES + ORDERS + SHIPMENTS + TRIGGERS, UNDONE)]
