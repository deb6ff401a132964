"""Orders that were edited in the store after import, and are still to be shipped: their addresses are read once."""

from django.db import migrations

MARK = """
    UPDATE stores_weborder AS web_order SET addresses_to_read = true
    WHERE sales_order_id IS NOT NULL AND modified_read IS DISTINCT FROM modified_seen AND EXISTS (
        SELECT 1 FROM sales_orderline AS line
        WHERE line.order_id = web_order.sales_order_id AND line.kind = 'physical' AND line.ship_to_id IS NOT NULL
            AND line.quantity - line.shipped - line.cancelled > 0
    )
"""


class Migration(migrations.Migration):
    dependencies = [("stores", "0040_addresses_to_read"), ("sales", "0019_search_index_by_name")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
