"""Which shipments of the order were known when a request for one left: no clock tells that."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0021_slugs_of_evri_and_royal_mail")]

    operations = [
        migrations.AddField(
            "storeupdate",
            "known_shipments",
            ArrayField(
                models.BigIntegerField(),
                null=True,
                blank=True,
                help_text="The store's shipments of the order that were known when the last request left.",
            ),
        ),
    ]
