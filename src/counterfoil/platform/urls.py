"""Where each page lives."""

from django.urls import include, path

from counterfoil.platform.metrics_page import metrics

urlpatterns = [path("metrics", metrics, name="metrics"), path("", include("counterfoil.web.urls"))]

handler500 = "counterfoil.web.views.trouble.server_error"
