"""Where each page lives."""

from django.urls import include, path

from counterfoil.api.reference import sections
from counterfoil.platform.monitoring.metrics_page import metrics
from counterfoil.web.api_tokens.views import reference

urlpatterns = [
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include("counterfoil.api.urls")),
    path("api-reference/", reference, {"sections": sections}, name="api-reference"),
    path("", include("counterfoil.web.urls")),
]

handler500 = "counterfoil.platform.server_error.server_error"
