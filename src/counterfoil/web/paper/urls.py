"""The URLs of paper sizes and logos."""

from django.urls import path

from counterfoil.web.paper import views

urlpatterns = [
    path("orders/print/paper/", views.choose, name="print-paper"),
    path("integrations/<int:pk>/logo/", views.logo, name="logo"),
    path("integrations/<int:pk>/logo/set/", views.set_logo, name="logo-set"),
]
