"""The addresses of a person's notifications."""

from django.urls import path

from counterfoil.web.views import notifications

urlpatterns = [
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/test/", notifications.test, name="notification-test"),
    path("notifications/mails/<int:pk>/again/", notifications.again, name="mail-again"),
]
