"""Registers the web integrations with Django."""

from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "counterfoil.stores"
    label = "stores"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listens to what changes in the sales data."""
        from counterfoil.sales.signals import parcel_voided, products_added, scanning_asked
        from counterfoil.stores.attention.unknown_skus import on_products_added
        from counterfoil.stores.shipping.scan_to_ship import on_scanning_asked
        from counterfoil.stores.weborders.external_shipments import count_again_what_others_shipped

        products_added.connect(on_products_added, dispatch_uid="orders that wait for a product")
        scanning_asked.connect(on_scanning_asked, dispatch_uid="whether items are scanned")
        parcel_voided.connect(count_again_what_others_shipped, dispatch_uid="what others shipped")
