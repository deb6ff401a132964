"""Tracking numbers are found however they are spelled, as counterfoil.sales.shipping.tracking_numbers compares them."""

from django.db import migrations, models
from django.db.models import F, Func, Q

# Blanks and signs that cannot be seen, dashes of every kind, the minus sign.
FUNCTION = r"""
    CREATE FUNCTION sales_comparable_number(tracking_number text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
        SELECT upper(regexp_replace(tracking_number,
            '[\s\u00a0\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202f\u2060-\u206f\u2212\ufeff-]', '', 'g') COLLATE "C")
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0016_hold_role")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION sales_comparable_number;"),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                Func(F("tracking_number"), function="sales_comparable_number", output_field=models.TextField()),
                condition=~Q(tracking_number=""),
                name="parcel_by_comparable_number",
            ),
        ),
    ]
