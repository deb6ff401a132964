"""The URLs of ShipStation's connections and notices."""

from django.urls import path

from counterfoil.web.shipstation import views

urlpatterns = [
    path("setup/shipstation/", views.index, name="shipstation"),
    path("setup/shipstation/add/", views.add, name="shipstation-add"),
    path("setup/shipstation/<int:pk>/", views.show, name="shipstation-connection"),
    path("setup/shipstation/<int:pk>/password/", views.password, name="shipstation-password"),
    path("setup/shipstation/notices/<int:pk>/", views.notice, name="shipstation-notice"),
]
