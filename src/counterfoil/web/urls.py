"""The URLs of all pages, by feature."""

from django.urls import include, path

urlpatterns = [
    path("", include("counterfoil.web.dashboard.urls")),
    path("", include("counterfoil.web.orders.urls")),
    path("", include("counterfoil.web.paper.urls")),
    path("", include("counterfoil.web.shipments.urls")),
    path("", include("counterfoil.web.packing.urls")),
    path("", include("counterfoil.web.attention.urls")),
    path("", include("counterfoil.web.clients.urls")),
    path("", include("counterfoil.web.products.urls")),
    path("", include("counterfoil.web.integrations.urls")),
    path("", include("counterfoil.web.setup.urls")),
    path("", include("counterfoil.web.reconciliation.urls")),
    path("", include("counterfoil.web.activity.urls")),
    path("", include("counterfoil.web.accounts.urls")),
    path("", include("counterfoil.web.api_tokens.urls")),
    path("", include("counterfoil.web.webhook_endpoints.urls")),
    path("", include("counterfoil.web.shipstation.urls")),
]
