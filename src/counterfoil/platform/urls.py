"""Where each page lives."""

from django.urls import include, path

urlpatterns = [path("", include("counterfoil.web.urls"))]

handler500 = "counterfoil.web.views.trouble.server_error"
