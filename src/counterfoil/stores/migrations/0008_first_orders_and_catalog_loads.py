"""A new store may take in its first orders only; the loading of a catalog goes on from where it stopped."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0007_reading_shipments_and_refunds"),
    ]

    operations = [
        migrations.AddField(
            model_name="webintegration",
            name="first_orders",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Only so many orders are taken in until someone lifts this. Empty: all.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="CatalogLoad",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("asked_by", models.TextField()),
                ("next_id", models.BigIntegerField(default=1)),
                ("products", models.PositiveIntegerField(default=0, help_text="Read so far.")),
                (
                    "of",
                    models.PositiveIntegerField(
                        default=0, help_text="As many products the catalog has, by the store's word."
                    ),
                ),
                ("variants", models.PositiveIntegerField(default=0)),
                ("added", models.PositiveIntegerField(default=0)),
                ("completed", models.PositiveIntegerField(default=0)),
                ("unreadable", models.PositiveIntegerField(default=0)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("trouble", models.TextField(blank=True, default="", help_text="Why it ended before all was read.")),
                ("next_step", models.TextField(blank=True, default="")),
                (
                    "integration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="catalog_load",
                        to="stores.webintegration",
                    ),
                ),
            ],
        ),
    ]
