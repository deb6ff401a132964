"""The addresses of what is done with many sales orders at once."""

from django.urls import path

from counterfoil.web.views import bulk, exports

urlpatterns = [
    path("orders/statuses/", bulk.statuses, name="orders-status"),
    path("orders/exports/", exports.exports, name="order-exports"),
    path("orders/exports/<int:pk>/file/", exports.again, name="order-export-file"),
]
