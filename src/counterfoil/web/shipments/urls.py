"""The URLs of shipments."""

from django.urls import path

from counterfoil.web.shipments import address_changes, import_views, list_views, ship_views

urlpatterns = [
    path("orders/ship/", import_views.ship_file, name="ship-file"),
    path("orders/open.csv", import_views.open_orders, name="open-orders"),
    path("orders/<int:number>/ship/", ship_views.process, name="order-ship"),
    path("addresses/<int:pk>/choose/", address_changes.choose, name="choose-address"),
    path("parcels/<int:pk>/", ship_views.parcel, name="parcel"),
    path("parcels/<int:pk>/void/", ship_views.void, name="parcel-void"),
    path("web-shipments/<int:pk>/take-over/", ship_views.take_over, name="take-over"),
    path("shipments/", list_views.index, name="shipments"),
    path("shipments/list.csv", list_views.file, name="shipments-csv"),
    path("shipments/<int:pk>/", list_views.show, name="shipment"),
]
