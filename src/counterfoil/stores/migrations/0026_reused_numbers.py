"""When each order of the books was placed, and when the order was that has its number in the store now."""

from django.db import migrations, models

_FILL = """
    UPDATE stores_weborder AS web_order SET placed_at = sold.order_date
    FROM sales_salesorder AS sold WHERE sold.id = web_order.sales_order_id
"""


class Migration(migrations.Migration):
    dependencies = [("stores", "0025_looks_overlap")]

    operations = [
        migrations.AddField(
            "weborder",
            "placed_at",
            models.DateTimeField(blank=True, null=True, help_text="When the order in the books was placed."),
        ),
        migrations.AddField(
            "weborder",
            "other_placed_at",
            models.DateTimeField(
                blank=True,
                null=True,
                help_text="When the order was placed that has its number in the store now; empty: it is the same one.",
            ),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
