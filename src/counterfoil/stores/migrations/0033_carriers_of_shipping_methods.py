from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0032_webhook_events_by_name")]

    operations = [
        migrations.AddField("namemapping", "carrier", models.TextField(blank=True, default="", db_default="")),
        migrations.AddField("namemapping", "service", models.TextField(blank=True, default="", db_default="")),
    ]
