"""The URLs of order statuses, carriers and custom fields."""

from django.urls import path

from counterfoil.web.setup import custom_field_views, views

urlpatterns = [
    path("setup/statuses/", views.statuses, name="statuses"),
    path("setup/statuses/add/", views.status_add, name="status-add"),
    path("setup/statuses/<int:pk>/", views.status_edit, name="status-edit"),
    path("setup/carriers/", views.carriers, name="carriers"),
    path("setup/carriers/<int:pk>/", views.carrier, name="carrier"),
    path("setup/fields/", custom_field_views.index, name="fields"),
    path("setup/fields/add/", custom_field_views.add, name="field-add"),
    path("setup/fields/<int:pk>/", custom_field_views.edit, name="field-edit"),
]
