"""What the last request of an update said: where its outcome is unknown, the store's answer is compared with it."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Now


def mark_as_asked(apps: Any, _schema_editor: Any) -> None:
    updates = apps.get_model("stores", "StoreUpdate").objects
    updates.filter(state="sending", asked_at=None).update(asked_at=Now())


class Migration(migrations.Migration):
    dependencies = [("stores", "0005_field_and_name_mappings")]

    operations = [
        migrations.AddField(
            model_name="storeupdate",
            name="asked",
            field=models.JSONField(blank=True, help_text="What the last request for a shipment said.", null=True),
        ),
        migrations.AlterField(
            model_name="storeupdate",
            name="asked_at",
            field=models.DateTimeField(
                blank=True, help_text="When a request left of which no refusal is known.", null=True
            ),
        ),
        migrations.RunPython(mark_as_asked, migrations.RunPython.noop),
    ]
