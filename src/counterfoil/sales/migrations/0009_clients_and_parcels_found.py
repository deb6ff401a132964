"""Clients, contacts and parcels are found by their words; a product has a history, and says how it was made."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Func, Q
from django.db.models.functions import Left, Now

# The words that counterfoil.sales.orders.search looks for; `sales_words` is explained in 0008_order_words. While it builds
# an index, PostgreSQL looks for functions nowhere but in its own schema: hence the search path that comes along.
WORDS = """
    CREATE FUNCTION sales_client_words(name text, number bigint) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500 SET search_path FROM CURRENT AS $$
        SELECT sales_words(name, number::text, '{}', '{}')
    $$;
    CREATE FUNCTION sales_contact_words(first_name text, last_name text, email text, phone text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500 SET search_path FROM CURRENT AS $$
        SELECT sales_words(first_name || ' ' || last_name, email || ' ' || split_part(email, '@', 2), '{}',
            ARRAY[regexp_replace(phone, '[^0-9]+', '', 'g')])
    $$;
    CREATE FUNCTION sales_key_words(value text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500 SET search_path FROM CURRENT AS $$
        SELECT sales_words('', CASE WHEN value LIKE '+%' THEN '' ELSE value END, '{}', CASE WHEN value LIKE '+%'
            THEN ARRAY[regexp_replace(split_part(value, ' ', 1), '[^0-9]+', '', 'g')] ELSE '{}' END)
    $$;
    CREATE FUNCTION sales_parcel_words(tracking_number text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500 SET search_path FROM CURRENT AS $$
        SELECT sales_words(sales_code(tracking_number), '', ARRAY[tracking_number], ARRAY[tracking_number])
    $$;
"""
UNDONE = "DROP FUNCTION sales_client_words, sales_contact_words, sales_key_words, sales_parcel_words;"


def words(function: str, *columns: str) -> Func:
    """The words of a row."""
    vector = django.contrib.postgres.search.SearchVectorField()
    return Func(*map(F, columns), function=function, output_field=vector)


class Migration(migrations.Migration):
    dependencies = [("sales", "0008_order_words")]

    operations = [
        migrations.RunSQL(WORDS, UNDONE),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(
                Func(Left("name", 100), function="sales_fold", output_field=models.TextField()),
                F("id"),
                condition=Q(merged_into=None),
                name="client_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="client",
            index=django.contrib.postgres.indexes.GinIndex(
                words("sales_client_words", "name", "id"), name="client_by_words"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=django.contrib.postgres.indexes.GinIndex(
                words("sales_contact_words", "first_name", "last_name", "email", "phone"), name="contact_by_words"
            ),
        ),
        migrations.AddIndex(
            model_name="clientkey",
            index=django.contrib.postgres.indexes.GinIndex(
                words("sales_key_words", "value"), condition=~Q(rule="address"), name="key_by_words"
            ),
        ),
        migrations.AddField(
            model_name="clientchange",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="changes",
                to="sales.contact",
            ),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=django.contrib.postgres.indexes.GinIndex(
                words("sales_parcel_words", "tracking_number"), condition=~Q(tracking_number=""), name="parcel_by_words"
            ),
        ),
        migrations.AddIndex(model_name="parcel", index=models.Index(Left("carrier", 100), name="parcel_by_carrier")),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(condition=Q(voided_at__isnull=False), fields=["id"], name="parcel_voided"),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(condition=Q(taken_over=True), fields=["id"], name="parcel_taken_over"),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["-processed_at", "-id"], name="shipment_by_date"),
        ),
        migrations.AddField(
            model_name="product",
            name="origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("hand", "By hand"),
                    ("file", "From a file"),
                    ("catalog", "From a store’s catalog"),
                    ("import", "By an import"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(model_name="product", name="made_by", field=models.TextField(blank=True, default="")),
        # When those were made that are there already is not known.
        migrations.AddField(model_name="product", name="made_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            model_name="product", name="made_at", field=models.DateTimeField(blank=True, db_default=Now(), null=True)
        ),
        migrations.CreateModel(
            name="ProductChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="sales.product"
                    ),
                ),
                ("at", models.DateTimeField(db_default=Now())),
                ("by", models.TextField()),
                ("what", models.TextField()),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            model_name="productchange",
            constraint=models.CheckConstraint(
                condition=~Q(by="") & ~Q(what=""), name="product_change_says_who_and_what"
            ),
        ),
    ]
