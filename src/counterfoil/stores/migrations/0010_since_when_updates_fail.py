"""Since when an update needs a person: a retry that fails again does not make it younger."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Coalesce


def as_far_as_known(apps: Any, _schema_editor: Any) -> None:
    updates = apps.get_model("stores", "StoreUpdate").objects
    updates.filter(state="failed").update(failed_since=Coalesce("ended_at", "created_at"))


class Migration(migrations.Migration):
    dependencies = [("stores", "0009_when_secrets_were_set_and_figures")]

    operations = [
        migrations.AddField(
            model_name="storeupdate",
            name="failed_since",
            field=models.DateTimeField(
                blank=True, help_text="Since when it needs a person, however often it was retried.", null=True
            ),
        ),
        migrations.RunPython(as_far_as_known, migrations.RunPython.noop),
    ]
