"""What stands on a store's packing slips is an integration option."""

from django.db import migrations, models


def text(help_text: str) -> models.TextField:
    return models.TextField(blank=True, db_default="", default="", help_text=help_text)


class Migration(migrations.Migration):
    dependencies = [("stores", "0033_labels_of_differences_and_causes")]

    operations = [
        migrations.AddField("webintegration", "letterhead_name", text("Who sends the parcels.")),
        migrations.AddField(
            "webintegration",
            "letterhead_address",
            text("The return address, line by line, without the country."),
        ),
        migrations.AddField(
            "webintegration",
            "letterhead_country",
            text("Where parcels are sent from: two letters. Empty: the store's."),
        ),
        migrations.AddField("webintegration", "letterhead_foot", text("What stands below each packing slip.")),
    ]
