"""Where each page lives."""

from django.urls import include, path

from counterfoil.platform.monitoring.metrics_page import metrics

urlpatterns = [path("metrics", metrics, name="metrics"), path("", include("counterfoil.web.urls"))]

handler500 = "counterfoil.web.ui.error_views.server_error"
