import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0009_clients_and_parcels_found"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by", models.TextField()),
                (
                    "which",
                    models.TextField(
                        blank=True, default="", help_text="What the list was narrowed to. Empty: all orders."
                    ),
                ),
                ("new_only", models.BooleanField(default=False, help_text="Only orders that no finished export had.")),
                ("order_count", models.PositiveIntegerField(default=0)),
                ("row_count", models.PositiveIntegerField(default=0)),
                ("alive_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None), ("new_only", True)),
                        fields=("new_only",),
                        name="one_export_of_new_orders_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportedOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "export",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exported",
                        to="sales.export",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exported",
                        to="sales.salesorder",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["export", "id"], name="exported_order_by_export")],
                "constraints": [models.UniqueConstraint(fields=("order", "export"), name="order_once_per_export")],
            },
        ),
    ]
