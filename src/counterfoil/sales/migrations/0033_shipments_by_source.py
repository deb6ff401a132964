"""The newest shipments of a store, along an index of their own.

CONCURRENTLY: a few seconds with a million shipments, which are read and written meanwhile. An upgrade that was killed
in the middle leaves half an index, which goes first.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sales", "0032_source_of_shipments")]

    operations = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS shipment_by_source;", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "shipment", models.Index(fields=["source", "-processed_at", "-id"], name="shipment_by_source")
        ),
    ]
