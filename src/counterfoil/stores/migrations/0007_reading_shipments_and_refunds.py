"""Orders whose shipments or refunds are to be read are found at once; a store that refuses refunds is asked rarely."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("stores", "0006_what_was_asked")]

    operations = [
        migrations.AddField(
            model_name="storestate",
            name="refunds_refused_at",
            field=models.DateTimeField(
                blank=True, help_text="When the store last did not let us read refunds.", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="weborder",
            index=models.Index(
                condition=Q(("shipments_to_read", True), ("refunds_to_read", True), _connector="OR"),
                fields=["integration"],
                name="web_order_to_catch_up",
            ),
        ),
    ]
