"""Shipments know the store that their order came from, so that one store's newest stand together in an index."""

from django.db import migrations, models

TAKE_FROM_ORDERS = """
    UPDATE sales_shipment AS shipment SET source = ordered.source
    FROM sales_salesorder AS ordered
    WHERE ordered.id = shipment.order_id AND ordered.source <> '';
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0031_orders_by_client")]

    operations = [
        migrations.AddField("shipment", "source", models.TextField(blank=True, default="", db_default="")),
        migrations.RunSQL(TAKE_FROM_ORDERS, migrations.RunSQL.noop),
    ]
