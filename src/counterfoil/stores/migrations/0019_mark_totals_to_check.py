"""Marks the orders whose totals were refused, or accepted with a Rounding line, while prices without tax were misread."""

from typing import ClassVar

from django.db import migrations

MARK = """
    UPDATE stores_weborder AS web SET totals_to_check = true
    WHERE web.reason_code = 'totals' OR EXISTS (
        SELECT FROM sales_salesorder AS sales WHERE sales.id = web.sales_order_id AND sales.rounding <> 0
    )
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0018_totals_to_check"), ("sales", "0012_basis_of_prices")]

    operations: ClassVar = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
