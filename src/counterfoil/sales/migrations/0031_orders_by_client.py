"""A client's orders are counted, and the latest is known, along an index: it takes the place of the one of the client.

CONCURRENTLY: a few seconds with a million orders, which are read and written meanwhile. An upgrade that was killed in
the middle leaves half an index, which goes first.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sales", "0030_bulk_changes")]

    operations = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS order_by_client;", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "salesorder", models.Index(fields=["client", "-order_date", "-id"], name="order_by_client")
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="client",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="sales.client",
            ),
        ),
    ]
