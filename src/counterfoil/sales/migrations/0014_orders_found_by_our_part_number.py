"""An order is found by our part number as well as by the store's SKU (0008_order_words explains the words)."""

from django.db import migrations

WRITE_WORDS = """
    CREATE OR REPLACE FUNCTION sales_write_words(wanted bigint[]) RETURNS void LANGUAGE sql AS $$
        INSERT INTO sales_orderwords AS kept (order_id, order_date, words)
        SELECT sold.id, sold.order_date, sales_words(
            concat_ws(' ', sold.po_number, client.name, contact.first_name, contact.last_name, place.names, line.parts),
            concat_ws(' ', sold.number, sold.web_order_number, contact.email, split_part(contact.email, '@', 2),
                      place.emails),
            sold.import_id || parcel.numbers,
            ARRAY[regexp_replace(contact.phone, '[^0-9]+', '', 'g')] || place.phones || parcel.numbers)
        FROM sales_salesorder AS sold
        JOIN sales_client AS client ON client.id = sold.client_id
        LEFT JOIN sales_contact AS contact ON contact.id = sold.contact_id
        CROSS JOIN LATERAL (
            SELECT string_agg(concat_ws(' ', first_name, last_name, company), ' ') AS names,
                   string_agg(concat_ws(' ', email, split_part(email, '@', 2)), ' ') AS emails,
                   array_agg(regexp_replace(phone, '[^0-9]+', '', 'g')) AS phones
            FROM sales_orderaddress WHERE order_id = sold.id) AS place
        CROSS JOIN LATERAL (
            SELECT string_agg({parts}, ' ') AS parts FROM sales_orderline WHERE order_id = sold.id) AS line
        CROSS JOIN LATERAL (
            SELECT array_agg(tracking_number) AS numbers
            FROM sales_parcel JOIN sales_shipment ON sales_shipment.id = shipment_id
            WHERE order_id = sold.id AND tracking_number <> '') AS parcel
        WHERE sold.id = ANY (wanted)
        ON CONFLICT (order_id) DO UPDATE SET order_date = EXCLUDED.order_date, words = EXCLUDED.words
        WHERE (kept.order_date, kept.words) IS DISTINCT FROM (EXCLUDED.order_date, EXCLUDED.words)
    $$;
"""
OF_LINES = """
    CREATE OR REPLACE FUNCTION sales_words_of_lines() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT order_id FROM now_there));
        ELSIF TG_OP = 'DELETE' THEN
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT order_id FROM gone));
        ELSE
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT now_there.order_id FROM now_there JOIN gone USING (id)
                WHERE {changed}));
        END IF;
        RETURN NULL;
    END $$;
"""
BEFORE = {"parts": "part_number", "changed": "now_there.part_number <> gone.part_number"}
AFTER = {
    "parts": "concat_ws(' ', part_number, nullif(product_number, ''))",
    "changed": "(now_there.part_number, now_there.product_number) <> (gone.part_number, gone.product_number)",
}
OTHERWISE_CALLED = """
    SELECT sales_write_words(ARRAY(SELECT DISTINCT order_id FROM sales_orderline WHERE product_number <> ''));
"""


def functions(words: dict[str, str]) -> str:
    """Both functions, with these words in them."""
    return WRITE_WORDS.replace("{parts}", words["parts"]) + OF_LINES.replace("{changed}", words["changed"])


class Migration(migrations.Migration):
    dependencies = [("sales", "0013_product_number_of_lines")]

    operations = [
        migrations.RunSQL(functions(AFTER) + OTHERWISE_CALLED, functions(BEFORE) + OTHERWISE_CALLED),
    ]
