"""The URLs of the packing bench."""

from django.urls import path

from counterfoil.web.packing import find_views, views

urlpatterns = [
    path("orders/pack/", views.pack, name="orders-pack"),
    path("orders/pack/ship/", views.ship_row, name="orders-pack-ship"),
    path("orders/scan/", find_views.scan, name="orders-scan"),
    path("orders/ship-next/", find_views.ship_next, name="orders-ship-next"),
]
