from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0010_exports"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderchange",
            name="digest",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
