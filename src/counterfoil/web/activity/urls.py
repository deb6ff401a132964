"""The URLs of the log and of store updates."""

from django.urls import path

from counterfoil.web.activity import update_views, views

urlpatterns = [
    path("updates/", update_views.index, name="updates"),
    path("updates/<int:pk>/retry/", update_views.retry_one, name="update-retry"),
    path("updates/<int:pk>/skip/", update_views.skip_one, name="update-skip"),
    path("log/", views.index, name="log"),
]
