"""A list of the new order status that ran out of time goes on where it was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0047_weight_unit_of_stores"),
    ]

    operations = [
        migrations.AddField(
            model_name="storestate",
            name="list_began_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the list of the new order status began that is to go on; empty: the next one is whole.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="storestate",
            name="list_min_id",
            field=models.PositiveBigIntegerField(
                db_default=1, default=1, help_text="The BigCommerce order id that it goes on from."
            ),
        ),
        migrations.AddField(
            model_name="storestate",
            name="list_status_id",
            field=models.PositiveSmallIntegerField(blank=True, help_text="The status that it goes on with.", null=True),
        ),
    ]
