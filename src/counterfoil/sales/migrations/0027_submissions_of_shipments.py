from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0026_addresses_changed_where_orders_came_from")]

    operations = [
        migrations.AddField(
            model_name="shipment",
            name="submission",
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True),
        ),
    ]
