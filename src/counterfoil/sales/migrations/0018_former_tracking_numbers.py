"""A parcel keeps the tracking numbers that it had before it was corrected.

Those of before are taken from the order's history, which names the number and not the parcel: the parcel is the one that
has, or had, the number that came after.
"""

from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Value

TEXTS = django.contrib.postgres.fields.ArrayField(models.TextField())


def fill(apps: Any, _schema_editor: Any) -> None:
    parcels = apps.get_model("sales", "Parcel").objects
    changes = apps.get_model("sales", "OrderChange").objects.filter(field="parcel tracking number").exclude(before="")
    for change in changes.order_by("-pk").iterator(chunk_size=1000):
        theirs = parcels.filter(shipment__order=change.order_id)
        parcel = theirs.filter(tracking_number=change.after).first()
        parcel = parcel or theirs.filter(former_numbers__contains=[change.after]).first()
        if parcel is not None:
            parcel.former_numbers = [change.before, *parcel.former_numbers]
            parcel.save(update_fields=["former_numbers"])


class Migration(migrations.Migration):
    dependencies = [("sales", "0017_comparable_tracking_numbers")]

    operations = [
        migrations.AddField(
            model_name="parcel",
            name="former_numbers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                blank=True,
                db_default=Value([], output_field=TEXTS),
                default=list,
                size=None,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
