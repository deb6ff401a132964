"""The words that each sales order is searched by, kept up to date by the database itself."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# One spelling, the same on every server whatever its locale; counterfoil.sales.orders.search does the same to what is
# searched. First the capitals that NFKD leaves as they are, then the final sigma.
_SMALL = {0x3C2: 0x3C3, 0x1E9E: 0xDF}
_SMALL |= {code: ord(chr(code).lower()) for code in (*range(0x41, 0x5B), 0xC6, 0xD0, 0xD8, 0xDE, 0x110, 0x126, 0x141)}
_SMALL |= {code: ord(chr(code).lower()) for code in (0x14A, 0x152, 0x166)}
_SMALL |= {code: ord(chr(code).lower()) for code in (*range(0x391, 0x3A2), *range(0x3A3, 0x3AA))}
_SMALL |= {code: ord(chr(code).lower()) for code in (*range(0x402, 0x430), 0x490, *range(0x531, 0x557))}
CAPITALS, SMALL = "".join(map(chr, _SMALL)), "".join(map(chr, _SMALL.values()))
PUNCTUATION = r"!-/:-@\[-`{-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f"

FOLD = f"""
    CREATE FUNCTION sales_fold(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT regexp_replace(CASE
            WHEN octet_length(written) = length(written) THEN lower(written COLLATE "C")
            ELSE regexp_replace(
                replace(translate(normalize(written, NFKD), '{CAPITALS}', '{SMALL}'), 'ß', 'ss'),
                '[\\u0300-\\u036f]+', '', 'g')
        END, '[\\u0001-\\u0020]+', ' ', 'g')
    $$;
    CREATE FUNCTION sales_code(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT left(regexp_replace(sales_fold(written), '[ {PUNCTUATION}]+', '', 'g'), 60)
    $$;
"""

# A text gives each run between blanks without its punctuation, and the parts between the punctuation: "Jean-Luc" is
# found as jeanluc, as jean and as luc. A code is found whole ("#…") and by its end, backwards ("~…").
WORDS = f"""
    CREATE FUNCTION sales_words(plain text, whole text, codes text[], endings text[])
        RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        folded text := sales_fold(plain);
        found text := concat_ws(' ',
            regexp_replace(folded, '[{PUNCTUATION}]+', '', 'g'),
            regexp_replace(folded, '[{PUNCTUATION}]+', ' ', 'g'),
            regexp_replace(sales_fold(whole), '[{PUNCTUATION}]+', '', 'g'));
    BEGIN
        RETURN array_to_tsvector(array_remove(
            string_to_array(regexp_replace(found, '([^ ]{{60}})[^ ]+', '\\1', 'g'), ' ')
            || ARRAY(SELECT '#' || code FROM (SELECT sales_code(each) FROM unnest(codes) AS each) AS known (code)
                     WHERE code <> '')
            || ARRAY(SELECT '~' || reverse(code) FROM (SELECT sales_code(each) FROM unnest(endings) AS each)
                     AS known (code) WHERE code <> ''),
        ''));
    END $$;

    CREATE FUNCTION sales_write_words(wanted bigint[]) RETURNS void LANGUAGE sql AS $$
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
            SELECT string_agg(part_number, ' ') AS parts FROM sales_orderline WHERE order_id = sold.id) AS line
        CROSS JOIN LATERAL (
            SELECT array_agg(tracking_number) AS numbers
            FROM sales_parcel JOIN sales_shipment ON sales_shipment.id = shipment_id
            WHERE order_id = sold.id AND tracking_number <> '') AS parcel
        WHERE sold.id = ANY (wanted)
        ON CONFLICT (order_id) DO UPDATE SET order_date = EXCLUDED.order_date, words = EXCLUDED.words
        WHERE (kept.order_date, kept.words) IS DISTINCT FROM (EXCLUDED.order_date, EXCLUDED.words)
    $$;
"""  # noqa: S608 (a constant of this file)

# An order is written before its addresses, and these before its lines: its words are written when its lines are.
LINES = """
    CREATE FUNCTION sales_words_of_lines() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT order_id FROM now_there));
        ELSIF TG_OP = 'DELETE' THEN
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT order_id FROM gone));
        ELSE
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT now_there.order_id FROM now_there JOIN gone USING (id)
                WHERE now_there.part_number <> gone.part_number));
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION sales_words_of_addresses() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT order_id FROM now_there
                JOIN sales_orderwords USING (order_id)));
        ELSIF TG_OP = 'DELETE' THEN
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT order_id FROM gone));
        ELSE
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT now_there.order_id FROM now_there JOIN gone USING (id)
                WHERE (now_there.first_name, now_there.last_name, now_there.company, now_there.email, now_there.phone)
                    <> (gone.first_name, gone.last_name, gone.company, gone.email, gone.phone)));
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION sales_words_of_parcels() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT order_id FROM now_there
                JOIN sales_shipment ON sales_shipment.id = shipment_id WHERE tracking_number <> ''));
        ELSE
            PERFORM sales_write_words(ARRAY(SELECT DISTINCT order_id FROM now_there JOIN gone USING (id)
                JOIN sales_shipment ON sales_shipment.id = now_there.shipment_id
                WHERE now_there.tracking_number <> gone.tracking_number));
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION sales_words_of_orders() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM sales_write_words(ARRAY[NEW.id]);
        RETURN NULL;
    END $$;
    CREATE FUNCTION sales_words_of_clients() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM sales_write_words(ARRAY(SELECT id FROM sales_salesorder WHERE client_id = NEW.id));
        RETURN NULL;
    END $$;
    CREATE FUNCTION sales_words_of_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM sales_write_words(ARRAY(SELECT id FROM sales_salesorder WHERE contact_id = NEW.id));
        RETURN NULL;
    END $$;
"""


def _of_statements(table: str, *acts: str) -> str:
    """Triggers that are told of all rows of a statement at once."""
    seen = {"INSERT": "NEW TABLE AS now_there", "DELETE": "OLD TABLE AS gone"}
    seen["UPDATE"] = f"{seen['DELETE']} {seen['INSERT']}"
    return "".join(
        f"CREATE TRIGGER words_after_{act.lower()} AFTER {act} ON sales_{table} REFERENCING {seen[act]}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION sales_words_of_{kind};"
        for act in acts
        for kind in [{"orderline": "lines()", "orderaddress": "addresses()", "parcel": "parcels()"}[table]]
    )


def _of_rows(table: str, kind: str, *columns: str) -> str:
    """A trigger that is told of a row when one of these columns has another value."""
    before, after = (", ".join(f"{which}.{name}" for name in columns) for which in ("OLD", "NEW"))
    return (
        f"CREATE TRIGGER words_after_update AFTER UPDATE OF {', '.join(columns)} ON sales_{table} FOR EACH ROW"
        f" WHEN (({before}) IS DISTINCT FROM ({after})) EXECUTE FUNCTION sales_words_of_{kind}();"
    )


TRIGGERS = (
    _of_statements("orderline", "INSERT", "UPDATE", "DELETE")
    + _of_statements("orderaddress", "INSERT", "UPDATE", "DELETE")
    + _of_statements("parcel", "INSERT", "UPDATE")
    + _of_rows(
        "salesorder",
        "orders",
        *("number", "import_id", "web_order_number", "po_number", "order_date", "client_id", "contact_id"),
    )
    + _of_rows("client", "clients", "name")
    + _of_rows("contact", "contacts", "first_name", "last_name", "email", "phone")
)
GOES_WITH_ITS_ORDER = """
    ALTER TABLE sales_orderwords ADD CONSTRAINT words_go_with_their_order
        FOREIGN KEY (order_id) REFERENCES sales_salesorder (id) ON DELETE CASCADE;
    ALTER TABLE sales_orderwords ALTER words SET STATISTICS 500;
"""
FILL = "SELECT sales_write_words(ARRAY(SELECT id FROM sales_salesorder));"
UNDONE = """
    DROP FUNCTION sales_words_of_lines, sales_words_of_addresses, sales_words_of_parcels, sales_words_of_orders,
        sales_words_of_clients, sales_words_of_contacts CASCADE;
    DROP FUNCTION sales_write_words, sales_words, sales_code, sales_fold;
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0007_channels_and_order_lists")]

    operations = [
        migrations.CreateModel(
            name="OrderWords",
            fields=[
                (
                    "order",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="sales.salesorder",
                    ),
                ),
                ("order_date", models.DateTimeField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        migrations.AddIndex(
            model_name="orderwords",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["words"], gin_pending_list_limit=256, name="order_by_words"
            ),
        ),
        migrations.AddIndex(
            model_name="orderwords",
            index=models.Index(fields=["-order_date", "-order"], name="words_by_date"),
        ),
        migrations.RunSQL([FOLD + WORDS + LINES + TRIGGERS + GOES_WITH_ITS_ORDER + FILL], UNDONE),
    ]
