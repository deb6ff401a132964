from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0042_carriers_of_shipping_methods")]

    operations = [
        migrations.AddField(
            "webintegration",
            "scan_to_ship",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether an order is shipped only when its items were scanned.",
            ),
        ),
    ]
