from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0019_mark_totals_to_check"),
    ]

    operations = [
        migrations.AddField(
            model_name="storestate",
            name="zone_asked_at",
            field=models.DateTimeField(
                blank=True, help_text="When the store last told its time zone; empty: it was never asked.", null=True
            ),
        ),
    ]
