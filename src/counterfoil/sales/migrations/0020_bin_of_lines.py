"""A line keeps where its product lies, as the store said with the order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0019_search_index_by_name")]

    operations = [
        migrations.AddField(
            "orderline",
            "bin",
            models.TextField(
                blank=True, db_default="", default="", help_text="Where it lies, as the store said with the order."
            ),
        ),
    ]
