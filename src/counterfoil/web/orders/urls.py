"""The URLs of sales orders."""

from django.urls import path

from counterfoil.web.orders import (
    actions,
    bulk_status,
    client_views,
    create,
    custom_field_views,
    detail_views,
    export_views,
    list_views,
    payload_views,
    print_views,
)
from counterfoil.web.orders.listing import views as listing_views

urlpatterns = [
    path("orders/", list_views.orders, name="orders"),
    path("orders/columns/", listing_views.columns, name="order-columns"),
    path("orders/views/", listing_views.views, name="order-views"),
    path("orders/selection/", list_views.selection, name="order-selection"),
    path("orders/changes/", bulk_status.changes, name="orders-changes"),
    path("orders/changes/<int:pk>/", bulk_status.change, name="orders-change"),
    path("orders/print/sheets/", print_views.sheets, name="print-sheets"),
    path("orders/where/", list_views.where, name="where"),
    path("orders/import/", list_views.import_order, name="import-order"),
    path("orders/new/", create.add, name="order-new"),
    path("orders/print/", print_views.show, name="print"),
    path("orders/printed/", print_views.printed, name="printed"),
    path("orders/printed/status/", print_views.set_status, name="print-status"),
    path("orders/<int:number>/", detail_views.order, name="order"),
    path("orders/<int:number>/status/", actions.set_status, name="order-status"),
    path("orders/<int:number>/store-status/", actions.set_status_in_store, name="order-store-status"),
    path("orders/<int:number>/release/", actions.release, name="order-release"),
    path("orders/<int:number>/close/", actions.close, name="order-close"),
    path("orders/<int:number>/quantities/", actions.quantities, name="order-quantities"),
    path("orders/<int:number>/edit/", actions.edit, name="order-edit"),
    path("orders/<int:number>/address/<int:pk>/", actions.address, name="order-address"),
    path("conflicts/<int:conflict>/pick/", detail_views.pick_value, name="pick"),
    path("orders/<int:number>/client/", client_views.client, name="order-client"),
    path("orders/<int:number>/fields/", custom_field_views.fields, name="order-fields"),
    path("orders/statuses/", bulk_status.statuses, name="orders-status"),
    path("orders/exports/", export_views.exports, name="order-exports"),
    path("orders/exports/<int:pk>/file/", export_views.again, name="order-export-file"),
    path("orders/<int:number>/payload/<int:pk>/", payload_views.show, name="order-payload"),
    path("orders/<int:number>/payload/<int:pk>/file/", payload_views.file, name="order-payload-file"),
]
