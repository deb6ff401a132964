"""The URLs of API tokens."""

from django.urls import path

from counterfoil.web.api_tokens import views

urlpatterns = [
    path("tokens/", views.index, name="tokens"),
    path("tokens/add/", views.add, name="token-add"),
    path("tokens/<int:pk>/", views.show, name="token"),
    path("tokens/<int:pk>/end/", views.end, name="token-end"),
]
