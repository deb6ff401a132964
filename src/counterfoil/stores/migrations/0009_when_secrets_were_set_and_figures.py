"""When the secrets were set; what the dashboard counts is found without reading whole tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0006_further_fields"),
        ("stores", "0008_first_orders_and_catalog_loads"),
    ]

    operations = [
        migrations.AddField(
            model_name="webintegration",
            name="access_token_set_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="webintegration",
            name="client_secret_set_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="logentry",
            index=models.Index(fields=["integration", "kind", "at"], name="log_by_kind_and_time"),
        ),
        migrations.AddIndex(
            model_name="storeupdate",
            index=models.Index(
                condition=models.Q(("kind", "create_shipment"), ("state", "sent")),
                fields=["ended_at"],
                name="shipment_sent",
            ),
        ),
        migrations.AddIndex(
            model_name="weborder",
            index=models.Index(fields=["integration", "written_at"], name="web_order_by_writing"),
        ),
    ]
