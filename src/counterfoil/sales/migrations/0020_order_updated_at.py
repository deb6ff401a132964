"""When a sales order, or a part of it, changed last: kept by the database, whoever changes it and however.

A column with a constant default is added without writing a table anew, so all orders that are there begin with the
moment of the migration; the default of new ones follows.
"""

from django.db import migrations, models

import counterfoil.sales.models.orders

COLUMNS = """
    ALTER TABLE sales_salesorder ADD COLUMN changed_in bigint NOT NULL DEFAULT 0;
    ALTER TABLE sales_salesorder ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
    ALTER TABLE sales_salesorder ALTER COLUMN changed_in SET DEFAULT pg_current_xact_id()::text::bigint;
    ALTER TABLE sales_salesorder ALTER COLUMN updated_at SET DEFAULT clock_timestamp();
"""
NO_COLUMNS = "ALTER TABLE sales_salesorder DROP COLUMN updated_at, DROP COLUMN changed_in;"


class Migration(migrations.Migration):
    dependencies = [("sales", "0019_search_index_by_name")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(COLUMNS, NO_COLUMNS)],
            state_operations=[
                migrations.AddField(
                    model_name="salesorder",
                    name="changed_in",
                    field=models.BigIntegerField(
                        db_default=counterfoil.sales.models.orders.TransactionId(),
                        editable=False,
                        help_text="The transaction that changed it last; of a trigger.",
                    ),
                ),
                migrations.AddField(
                    model_name="salesorder",
                    name="updated_at",
                    field=models.DateTimeField(
                        db_default=counterfoil.sales.models.orders.ClockTime(),
                        editable=False,
                        help_text="When it or a part of it changed last; of a trigger.",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="salesorder", index=models.Index(fields=["updated_at", "id"], name="order_by_update")
        ),
    ]
