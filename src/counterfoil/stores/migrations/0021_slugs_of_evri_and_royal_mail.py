"""Evri's slug in the vendor's list is myhermes-uk; Royal Mail is not in it, and is told by its shipping provider."""

from typing import Any

from django.db import migrations

CORRECTED = [("Evri", "", "hermes-uk", "myhermes-uk"), ("Royal Mail", "royalmail", "royal-mail", "")]


def correct(apps: Any, _schema_editor: Any) -> None:
    carriers = apps.get_model("stores", "Carrier").objects
    for name, provider, before, after in CORRECTED:
        carriers.filter(name=name, shipping_provider=provider, tracking_carrier=before).update(tracking_carrier=after)


class Migration(migrations.Migration):
    dependencies = [("stores", "0020_zone_asked_at")]

    operations = [migrations.RunPython(correct, migrations.RunPython.noop)]
