"""Whether an open line is picked up is told without reading its address: few are.

CONCURRENTLY: a few seconds with two million addresses, which are read and written meanwhile.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sales", "0021_day_totals")]

    operations = [
        AddIndexConcurrently(
            "orderaddress", models.Index(fields=["id"], name="address_of_pickup", condition=Q(kind="pickup"))
        ),
    ]
