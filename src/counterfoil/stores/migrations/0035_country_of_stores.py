"""A store says which country it is in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0034_letterhead")]

    operations = [
        migrations.AddField(
            "storestate",
            "country_code",
            models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Where the store is: two letters; empty until it said so.",
            ),
        ),
    ]
