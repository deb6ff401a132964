"""How far work at a store is that takes minutes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0038_orders_put_into_a_status")]

    operations = [
        migrations.AddField(
            "storestate",
            "progress",
            models.JSONField(blank=True, default=dict, help_text="Work that takes minutes, as LongWork notes it."),
        ),
    ]
