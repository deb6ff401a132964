"""The addresses of clients, products, further fields, and of setting up a store step by step."""

from django.urls import path

from counterfoil.web.views import (
    catalog,
    clients,
    field_mapping,
    fields,
    guide,
    names,
    order_client,
    order_fields,
    preview,
    product_file,
    products,
)

urlpatterns = [
    path("clients/", clients.index, name="clients"),
    path("clients/<int:pk>/", clients.show, name="client"),
    path("clients/<int:pk>/fields/", clients.set_fields, name="client-fields"),
    path("clients/<int:pk>/merge/", clients.merge_into, name="client-merge"),
    path("orders/<int:number>/client/", order_client.client, name="order-client"),
    path("orders/<int:number>/fields/", order_fields.fields, name="order-fields"),
    path("products/", products.index, name="products"),
    path("products/new/", products.add, name="product-add"),
    path("products/file/", product_file.product_file, name="product-file"),
    path("products/all.csv", product_file.products_file, name="products-csv"),
    path("products/<int:pk>/", products.show, name="product"),
    path("products/<int:pk>/edit/", products.edit, name="product-edit"),
    path("products/<int:pk>/alias/", products.alias_add, name="alias-add"),
    path("aliases/<int:pk>/remove/", products.alias_remove, name="alias-remove"),
    path("attention/our-part/", products.our_part, name="our-part"),
    path("setup/fields/", fields.index, name="fields"),
    path("setup/fields/add/", fields.add, name="field-add"),
    path("setup/fields/<int:pk>/", fields.edit, name="field-edit"),
    path("integrations/guide/", guide.begin, name="guide"),
    path("integrations/<int:pk>/guide/<slug:name>/", guide.step, name="guide-step"),
    path("integrations/<int:pk>/lift/", guide.lift, name="integration-lift"),
    path("integrations/<int:pk>/names/", names.names, name="integration-names"),
    path("integrations/<int:pk>/fields/", field_mapping.index, name="integration-fields"),
    path("integrations/<int:pk>/fields/<int:field_pk>/", field_mapping.edit, name="integration-field"),
    path("integrations/<int:pk>/preview/", preview.preview, name="integration-preview"),
    path("integrations/<int:pk>/catalog/", catalog.catalog, name="integration-catalog"),
]
