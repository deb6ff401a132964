"""The carriers a merchant starts with, and which of the updates that wait answer an import."""

from typing import Any

from django.db import migrations

DEFAULTS = [
    ("UPS", "ups", "ups"),
    ("USPS", "usps", "usps"),
    ("FedEx", "fedex", "fedex"),
    ("Endicia", "endicia", "usps"),
    ("Australia Post", "auspost", "australia-post"),
    ("Canada Post", "canadapost", "canada-post"),
    ("Royal Mail", "royalmail", "royal-mail"),
    ("DHL", "", "dhl"),
    ("DHL eCommerce", "", "dhl-global-mail"),
    ("DHL Germany", "", "dhl-germany"),
    ("DPD", "", "dpd"),
    ("DPD UK", "", "dpd-uk"),
    ("Deutsche Post", "", "deutsch-post"),
    ("Evri", "", "hermes-uk"),
    ("GLS", "", "gls"),
    ("Hermes Germany", "", "hermes-de"),
    ("La Poste", "", "la-poste-colissimo"),
    ("Parcelforce", "", "parcel-force"),
    ("PostNL", "", "postnl"),
    ("Purolator", "", "purolator"),
    ("TNT", "", "tnt"),
    ("OnTrac", "", "ontrac"),
    ("LaserShip", "", "lasership"),
]


def add_defaults(apps: Any, _schema_editor: Any) -> None:
    carrier = apps.get_model("stores", "Carrier")
    carrier.objects.bulk_create(
        carrier(name=name, shipping_provider=provider, tracking_carrier=slug) for name, provider, slug in DEFAULTS
    )


def mark_acknowledgements(apps: Any, _schema_editor: Any) -> None:
    updates = apps.get_model("stores", "StoreUpdate").objects
    updates.filter(cause__in=["downloaded", "import_error"]).update(acknowledges=True)


class Migration(migrations.Migration):
    dependencies = [("stores", "0002_shipments_and_what_the_store_says")]

    operations = [
        migrations.RunPython(add_defaults, migrations.RunPython.noop),
        migrations.RunPython(mark_acknowledgements, migrations.RunPython.noop),
    ]
