"""The addresses of what was read of a sales order from its store."""

from django.urls import path

from counterfoil.web.views import payloads

urlpatterns = [
    path("orders/<int:number>/payload/<int:pk>/", payloads.show, name="order-payload"),
    path("orders/<int:number>/payload/<int:pk>/file/", payloads.file, name="order-payload-file"),
]
