import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThan


class Migration(migrations.Migration):
    dependencies = [("sales", "0006_further_fields")]

    operations = [
        migrations.AddField(
            model_name="salesorder",
            name="channel",
            field=models.PositiveIntegerField(
                blank=True, help_text="The storefront channel of the store that it was placed in.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="salesorder",
            name="status",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="sales.orderstatus",
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                condition=Q(
                    GreaterThan(F("quantity") - F("shipped") - F("cancelled"), 0),
                    kind="physical",
                    ship_to__isnull=False,
                ),
                fields=["order"],
                name="line_to_ship",
            ),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["status", "-order_date", "-id"], name="order_by_status"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["source", "-order_date", "-id"], name="order_by_source"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                condition=Q(channel__gt=1), fields=["channel", "-order_date", "-id"], name="order_by_channel"
            ),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                condition=~Q(hold_reason="") & Q(hold_overridden_by=""),
                fields=["-order_date", "-id"],
                name="order_held",
            ),
        ),
        # Few lines are open: so that the planner knows.
        migrations.RunSQL(
            "CREATE STATISTICS line_open ON ((quantity - shipped - cancelled)) FROM sales_orderline;",
            "DROP STATISTICS line_open;",
        ),
    ]
