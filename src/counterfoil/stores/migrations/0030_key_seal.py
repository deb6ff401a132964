"""A seal that the installation's secret key alone opens; whoever has the key sets it at the next start."""

import django.db.models.functions.datetime
from django.db import migrations, models

import counterfoil.stores.db.encryption


class Migration(migrations.Migration):
    dependencies = [("stores", "0029_signing_is_remembered")]

    operations = [
        migrations.CreateModel(
            name="KeySeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seal", counterfoil.stores.db.encryption.SecretField(editable=False)),
                ("sealed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_key_seal")],
            },
        ),
    ]
