"""Whether an open line is picked up is told without reading its address: few are.

CONCURRENTLY: about a second with two million addresses, which are read and written meanwhile. An upgrade that was killed
in the middle leaves half an index, which goes first.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sales", "0024_day_totals")]

    operations = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS address_of_pickup;", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "orderaddress", models.Index(fields=["id"], name="address_of_pickup", condition=Q(kind="pickup"))
        ),
    ]
