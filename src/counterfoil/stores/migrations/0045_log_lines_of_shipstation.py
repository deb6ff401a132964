from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0044_shipstation")]

    operations = [
        migrations.AlterField(
            model_name="logentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("imported", "Imported"),
                    ("updated", "Updated"),
                    ("unchanged", "Unchanged"),
                    ("not_imported", "Not imported"),
                    ("ignored", "Ignored"),
                    ("sent", "Sent"),
                    ("not_sent", "Not sent"),
                    ("waiting", "Store waiting"),
                    ("connected", "Store connected"),
                    ("settings", "Settings"),
                    ("field", "Field left empty"),
                    ("defect", "Defect"),
                    ("shipstation", "ShipStation"),
                ],
                max_length=20,
            ),
        ),
    ]
