"""Where each page lives."""

from django.urls import include, path

from counterfoil.platform.monitoring.metrics_page import metrics

urlpatterns = [
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include("counterfoil.api.urls")),
    path("", include("counterfoil.web.urls")),
]

handler500 = "counterfoil.platform.server_error.server_error"
