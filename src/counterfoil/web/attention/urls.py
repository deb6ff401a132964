"""The URLs of what needs attention."""

from django.urls import path

from counterfoil.web.attention import dismiss_views, product_views, views

urlpatterns = [
    path("attention/", views.index, name="attention"),
    path("attention/group/", views.group, name="attention-group"),
    path("attention/count/", views.count, name="attention-count"),
    path("attention/retry/", views.retry_items, name="retry"),
    path("attention/skip/", dismiss_views.skip_items, name="skip"),
    path("attention/accept/", dismiss_views.accept, name="accept"),
    path("attention/accept/all/", dismiss_views.accept_all, name="accept-all"),
    path("attention/product/", product_views.add_product, name="add-product"),
    path("attention/our-part/", product_views.our_part, name="our-part"),
]
