"""Totals of days that are over, for the charts (docs/decisions/kept-figures.md)."""

from django.db import migrations, models

import counterfoil.sales.db.money_field


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0023_parcels_by_code"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("zone", models.TextField()),
                ("day", models.DateField()),
                ("source", models.TextField(blank=True)),
                ("currency", models.CharField(max_length=3)),
                ("orders", models.PositiveIntegerField()),
                ("total", counterfoil.sales.db.money_field.MoneyField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("zone", "day", "source", "currency"), name="day_totaled_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptDays",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figures", models.TextField()),
                ("zone", models.TextField()),
                ("first_day", models.DateField()),
                ("until", models.DateField()),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("figures", "zone"), name="days_kept_once_per_zone")],
            },
        ),
    ]
