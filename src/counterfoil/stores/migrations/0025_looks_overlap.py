"""Each look at a store's changes begins before the end of the one before; a store whose lists lag is known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0024_webhooks_wanted")]

    operations = [
        migrations.AddField(
            "storestate",
            "overlaps_from",
            models.DateTimeField(
                blank=True, null=True, help_text="From when on the last changes seen fit on a page; empty: all do."
            ),
        ),
        migrations.AddField(
            "storestate",
            "lagged_at",
            models.DateTimeField(
                blank=True, null=True, help_text="When its lists last showed less than its answers had."
            ),
        ),
    ]
