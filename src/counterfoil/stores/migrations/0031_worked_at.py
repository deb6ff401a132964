"""Which installation works on a store, so that a copy of it is noticed. Empty: whoever comes first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0030_key_seal")]

    operations = [
        migrations.AddField(
            "storestate",
            "worked_at",
            models.JSONField(
                blank=True,
                default=dict,
                help_text="Which installation works on the store: its machine and directory, or database.",
            ),
        ),
    ]
