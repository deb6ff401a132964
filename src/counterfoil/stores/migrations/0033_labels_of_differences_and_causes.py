from django.db import migrations, models


class Migration(migrations.Migration):
    """What people read is said otherwise; stored values stay."""

    dependencies = [("stores", "0032_webhook_events_by_name")]

    operations = [
        migrations.AlterField(
            model_name="difference",
            name="kind",
            field=models.CharField(
                choices=[
                    ("missing", "Missing here"),
                    ("waiting", "Waiting to be imported"),
                    ("not_imported", "Not imported"),
                    ("ignored", "Ignored"),
                    ("doubled", "Duplicate here"),
                    ("gone", "No longer in the store"),
                    ("total", "Total differs"),
                    ("status", "Status differs"),
                    ("shipment_there", "Shipment missing in the store"),
                    ("shipment_here", "Shipment missing here"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="storeupdate",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("downloaded", "The order was imported"),
                    ("import_error", "The order could not be imported"),
                    ("reimported", "The order was imported again"),
                    ("mapped", "The order's status here"),
                ],
                default="",
                max_length=20,
            ),
        ),
    ]
