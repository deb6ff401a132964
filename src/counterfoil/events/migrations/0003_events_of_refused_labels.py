"""A label from ShipStation that was refused needs attention: opened and closed as the others are (0002)."""

from django.db import migrations

LABELS = """
    CREATE FUNCTION events_on_label() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        sold sales_salesorder;
        told stores_shipstationnotice;
        was_open boolean := false;
    BEGIN
        told := NEW;
        IF TG_OP = 'UPDATE' THEN was_open := OLD.state = 'refused'; END IF;
        IF was_open = (NEW.state = 'refused') THEN RETURN NULL; END IF;
        IF was_open THEN told := OLD; END IF;
        SELECT * INTO sold FROM sales_salesorder WHERE id = NEW.order_id;
        PERFORM events_attention(NOT was_open, 'label:' || NEW.id, COALESCE(sold.source, ''),
            COALESCE(events_subject(sold), NULLIF(NEW.order_number, ''), NEW.order_ref), 'label',
            told.sentence, told.next_step, NEW.at,
            CASE WHEN sold.id IS NOT NULL THEN events_order(sold) END);
        RETURN NULL;
    END $$;
    CREATE TRIGGER events_label_made AFTER INSERT ON stores_shipstationnotice FOR EACH ROW
        WHEN (NEW.state = 'refused') EXECUTE FUNCTION events_on_label();
    CREATE TRIGGER events_label_changed AFTER UPDATE OF state ON stores_shipstationnotice FOR EACH ROW
        WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION events_on_label();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_triggers_that_write_events"),
        ("stores", "0046_networks_of_shipstation"),
    ]

    operations = [migrations.RunSQL(LABELS, "DROP FUNCTION events_on_label CASCADE")]
