from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0027_submissions_of_shipments")]

    operations = [
        migrations.AddField(
            model_name="parcelitem",
            name="scanned",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
