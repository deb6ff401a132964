from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0045_log_lines_of_shipstation")]

    operations = [
        migrations.AddField(
            model_name="shipstationconnection",
            name="networks",
            field=ArrayField(
                models.TextField(),
                blank=True,
                default=list,
                help_text="Networks it may be used from.",
                size=None,
            ),
        ),
    ]
