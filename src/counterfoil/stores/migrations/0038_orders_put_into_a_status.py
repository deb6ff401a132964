"""How many of a store's orders stand in a status because we put them there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0037_day_durations")]

    operations = [
        migrations.AddField(
            "storestate",
            "ours",
            models.JSONField(
                blank=True,
                default=dict,
                help_text="Of the counts, orders that we put into their status, by status number.",
            ),
        ),
        migrations.AddField(
            "storestate",
            "ours_at",
            models.DateTimeField(blank=True, help_text="When these were counted.", null=True),
        ),
    ]
