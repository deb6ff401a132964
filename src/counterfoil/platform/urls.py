"""Where each page lives."""

from django.urls import include, path

from counterfoil.api.methods import with_head_and_options
from counterfoil.api.reference import sections
from counterfoil.api.shipstation.views import custom_store
from counterfoil.platform.monitoring.metrics_page import metrics
from counterfoil.web.api_tokens.views import reference

urlpatterns = [
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include("counterfoil.api.urls")),
    path("api/shipstation/<int:connection>", with_head_and_options(custom_store), name="api-shipstation"),
    path("api-reference/", reference, {"sections": sections}, name="api-reference"),
    path("", include("counterfoil.web.urls")),
]

handler500 = "counterfoil.platform.server_error.server_error"
