"""The URLs of webhook endpoints."""

from django.urls import path

from counterfoil.web.webhook_endpoints import views

urlpatterns = [
    path("webhook-endpoints/", views.index, name="webhook-endpoints"),
    path("webhook-endpoints/add/", views.add, name="webhook-endpoint-add"),
    path("webhook-endpoints/<int:pk>/", views.show, name="webhook-endpoint"),
    path("webhook-endpoints/<int:pk>/change/", views.change, name="webhook-endpoint-change"),
    path("webhook-endpoints/<int:pk>/secret/", views.secret, name="webhook-endpoint-secret"),
    path("webhook-endpoints/<int:pk>/switch/", views.switch, name="webhook-endpoint-switch"),
    path("webhook-endpoints/<int:pk>/test/", views.test, name="webhook-endpoint-test"),
    path("webhook-endpoints/<int:pk>/remove/", views.remove, name="webhook-endpoint-remove"),
    path("webhook-deliveries/<int:pk>/", views.delivery, name="webhook-delivery"),
    path("webhook-deliveries/<int:pk>/send/", views.send, name="webhook-delivery-send"),
    path("webhook-deliveries/<int:pk>/skip/", views.skip, name="webhook-delivery-skip"),
]
