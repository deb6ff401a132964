from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0019_search_index_by_name")]

    operations = [
        migrations.AddField(
            model_name="shipment",
            name="submission",
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True),
        ),
    ]
