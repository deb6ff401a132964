"""The URLs of what needs attention."""

from django.urls import path

from counterfoil.web.attention import skip_views, unknown_product_views, views

urlpatterns = [
    path("attention/", views.index, name="attention"),
    path("attention/group/", views.group, name="attention-group"),
    path("attention/count/", views.count, name="attention-count"),
    path("attention/retry/", views.retry_items, name="retry"),
    path("attention/skip/", skip_views.skip_items, name="skip"),
    path("attention/accept/", skip_views.accept, name="accept"),
    path("attention/accept/all/", skip_views.accept_all, name="accept-all"),
    path("attention/product/", unknown_product_views.add_product, name="add-product"),
    path("attention/products/", unknown_product_views.add_products, name="add-products"),
    path("attention/our-part/", unknown_product_views.our_part, name="our-part"),
]
