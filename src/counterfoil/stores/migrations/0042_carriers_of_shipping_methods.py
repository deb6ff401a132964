from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0041_read_addresses_of_edited_orders")]

    operations = [
        migrations.AddField("namemapping", "carrier", models.TextField(blank=True, default="", db_default="")),
        migrations.AddField("namemapping", "service", models.TextField(blank=True, default="", db_default="")),
    ]
