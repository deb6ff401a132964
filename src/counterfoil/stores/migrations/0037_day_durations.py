"""How long both ways took on days that are over, for the charts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0036_store_logos"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayDuration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("zone", models.TextField()),
                ("source", models.TextField(blank=True)),
                ("way", models.TextField()),
                ("day", models.DateField()),
                ("number", models.PositiveIntegerField()),
                ("median", models.FloatField()),
                ("nine_of_ten", models.FloatField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("zone", "source", "way", "day"), name="duration_once_per_day")
                ],
            },
        ),
    ]
