"""A store says what it weighs products in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0046_networks_of_shipstation"),
    ]

    operations = [
        migrations.AddField(
            model_name="storestate",
            name="weight_unit",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="What it weighs products in: lb, oz, kg, g, t. Empty: unknown.",
            ),
        ),
        migrations.AddField(
            model_name="storestate",
            name="weight_unit_asked_at",
            field=models.DateTimeField(
                blank=True, help_text="When it was last asked for that; empty: never.", null=True
            ),
        ),
    ]
