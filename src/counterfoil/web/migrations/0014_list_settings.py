"""What people choose on lists: columns, views of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "0013_keys_on")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="list_settings",
            field=models.JSONField(
                blank=True,
                db_default={},
                default=dict,
                editable=False,
                help_text="For each list by its name: the columns, and the views of this person (name, query).",
            ),
        ),
    ]
