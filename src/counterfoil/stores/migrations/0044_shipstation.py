import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0030_bulk_changes"),
        ("stores", "0043_scan_to_ship"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShipStationConnection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(unique=True)),
                ("username", models.TextField(unique=True)),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "stores",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        blank=True,
                        default=list,
                        help_text="Import source codes.",
                        size=None,
                    ),
                ),
                ("statuses", models.JSONField(blank=True, default=dict)),
                ("active", models.BooleanField(default=True)),
                ("made_by", models.TextField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("last_export_at", models.DateTimeField(blank=True, null=True)),
                ("last_notice_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="shipstation_connection_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("username", ""), _negated=True),
                        name="shipstation_connection_has_a_username",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipStationExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.TextField(help_text="Start and end, as they were asked for.")),
                (
                    "order_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="export",
                        to="stores.shipstationconnection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShipStationNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(editable=False, max_length=64)),
                ("order_ref", models.TextField(blank=True, default="")),
                ("order_number", models.TextField(blank=True, default="")),
                ("carrier", models.TextField(blank=True, default="")),
                ("service", models.TextField(blank=True, default="")),
                ("tracking_number", models.TextField(blank=True, default="")),
                ("items", models.JSONField(default=list)),
                ("label_date", models.TextField(blank=True, default="")),
                ("ship_date", models.TextField(blank=True, default="")),
                ("notes", models.TextField(blank=True, default="", help_text="To the customer.")),
                ("readable", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("refused", "Needs a person"),
                            ("processed", "Processed"),
                            ("dismissed", "Dismissed"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("sentence", models.TextField(blank=True, default="")),
                ("next_step", models.TextField(blank=True, default="")),
                ("posted", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("last_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.TextField(blank=True, default="")),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="stores.shipstationconnection",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="sales.salesorder",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="sales.shipment",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["connection", "-id"], name="shipstation_notice_of"),
                    models.Index(fields=["last_at"], name="shipstation_notice_at"),
                    models.Index(
                        condition=models.Q(("state__in", ["received", "refused"])),
                        fields=["-id"],
                        name="shipstation_notice_open",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("connection", "key"), name="shipstation_notice_once")],
            },
        ),
        migrations.CreateModel(
            name="ShipStationOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sent_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("left_out", models.TextField(blank=True, default="", help_text="Why it could not be sent.")),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="stores.shipstationconnection",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sales.salesorder"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("left_out", ""), _negated=True),
                        fields=["connection"],
                        name="shipstation_left_out",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("connection", "order"), name="shipstation_order_once")],
            },
        ),
    ]
