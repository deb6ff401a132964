"""What a line weighs, and in which unit. Two columns without a default to write: no row is touched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0033_shipments_by_source"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="weight",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Of one, in the order's unit; empty: not known.",
                max_digits=12,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="salesorder",
            name="weight_unit",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="What its lines' weights are in (lb, oz, kg, g, t): the store's unit when they were first read.",
            ),
        ),
    ]
