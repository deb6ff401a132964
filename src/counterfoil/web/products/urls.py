"""The URLs of products."""

from django.urls import path

from counterfoil.web.products import catalog_views, import_views, views

urlpatterns = [
    path("products/", views.index, name="products"),
    path("products/new/", views.add, name="product-add"),
    path("products/file/", import_views.product_file, name="product-file"),
    path("products/all.csv", import_views.products_file, name="products-csv"),
    path("products/<int:pk>/", views.show, name="product"),
    path("products/<int:pk>/edit/", views.edit, name="product-edit"),
    path("products/<int:pk>/alias/", views.alias_add, name="alias-add"),
    path("aliases/<int:pk>/remove/", views.alias_remove, name="alias-remove"),
    path("integrations/<int:pk>/catalog/", catalog_views.catalog, name="integration-catalog"),
]
