"""The URLs of clients and their contacts."""

from django.urls import path

from counterfoil.web.clients import contact_views, views

urlpatterns = [
    path("clients/", views.index, name="clients"),
    path("clients/list.csv", views.file, name="clients-csv"),
    path("clients/<int:pk>/", views.show, name="client"),
    path("clients/<int:pk>/rename/", views.rename, name="client-rename"),
    path("clients/<int:pk>/contacts/", contact_views.add, name="contact-add"),
    path("contacts/<int:pk>/", contact_views.show, name="contact"),
    path("contacts/<int:pk>/edit/", contact_views.edit, name="contact-edit"),
    path("contacts/<int:pk>/merge/", contact_views.merge_into, name="contact-merge"),
    path("clients/<int:pk>/fields/", views.set_fields, name="client-fields"),
    path("clients/<int:pk>/merge/", views.merge_into, name="client-merge"),
    path("orders/<int:number>/contact/", contact_views.of_order, name="order-contact"),
]
