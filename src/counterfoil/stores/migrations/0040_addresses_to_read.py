from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0039_progress_of_long_work")]

    operations = [
        migrations.AddField(
            model_name="weborder",
            name="addresses_to_read",
            field=models.BooleanField(db_default=False, help_text="It was edited in the store after import."),
        ),
        migrations.AddField(
            model_name="weborder",
            name="written_there",
            field=models.DateTimeField(blank=True, help_text="The same by the store’s clock, if known.", null=True),
        ),
        migrations.AddIndex(
            model_name="weborder",
            index=models.Index(
                condition=models.Q(("addresses_to_read", True)),
                fields=["integration"],
                name="web_order_addresses_to_read",
            ),
        ),
    ]
