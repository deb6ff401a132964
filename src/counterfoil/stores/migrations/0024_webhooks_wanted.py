"""Webhooks are taken away because somebody says so, and not because a process does not know its address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0023_public_address")]

    operations = [
        migrations.AddField(
            "storehooks",
            "wanted",
            models.BooleanField(db_default=True, default=True, help_text="Off: the store is only polled."),
        ),
    ]
