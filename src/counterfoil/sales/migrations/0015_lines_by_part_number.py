"""Lines are found by what a store calls them; those that still lack a product that is in the list get it."""

from django.db import migrations, models
from django.db.models.functions import Left

LINKED = """
    UPDATE sales_orderline AS line SET product_id = product.id FROM sales_product AS product
    WHERE line.product_id IS NULL AND line.kind <> 'giftcertificate' AND product.part_number = line.part_number;

    UPDATE sales_orderline AS line SET product_id = alias.product_id
    FROM sales_salesorder AS sold, sales_productalias AS alias
    WHERE line.product_id IS NULL AND line.kind <> 'giftcertificate' AND sold.id = line.order_id
        AND alias.source = sold.source AND alias.sku = line.part_number;
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0014_orders_found_by_our_part_number")]

    operations = [
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(Left("part_number", 100), name="line_by_part_number"),
        ),
        migrations.RunSQL(LINKED, migrations.RunSQL.noop),
    ]
