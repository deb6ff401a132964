"""An address keeps what it became where its order came from, until a person chooses."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("sales", "0025_addresses_of_pickup")]

    operations = [
        migrations.AddField(
            model_name="orderaddress",
            name="source_address",
            field=models.JSONField(
                blank=True,
                help_text="Who and where, where the order came from: changed there since, and nobody has chosen yet.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="orderaddress",
            name="source_changed_at",
            field=models.DateTimeField(blank=True, help_text="When that was first seen.", null=True),
        ),
        migrations.AddField(
            model_name="orderaddress",
            name="agreed_address",
            field=models.JSONField(
                blank=True,
                help_text="What it was there when both were the same last, or a person chose.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="orderaddress",
            index=models.Index(
                condition=Q(("source_changed_at__isnull", False)), fields=["order"], name="address_changed_there"
            ),
        ),
    ]
