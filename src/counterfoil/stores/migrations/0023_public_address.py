"""The public address is kept, so that a command that was not told it takes nothing away."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0022_shipments_known_before")]

    operations = [
        migrations.CreateModel(
            name="PublicAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.TextField()),
                ("noted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name_plural": "public addresses",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_public_address")],
            },
        ),
    ]
