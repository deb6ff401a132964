"""A form for a new sales order that is sent twice makes one: a column without a value for all that are there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0034_weights_of_lines"),
    ]

    operations = [
        migrations.AddField(
            model_name="salesorder",
            name="submission",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="salesorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("submission__isnull", False)),
                fields=("submission",),
                name="order_once_per_submission",
            ),
        ),
    ]
