"""The URLs of the dashboard."""

from django.urls import path

from counterfoil.web.dashboard import views

urlpatterns = [
    path("", views.home, name="home"),
]
