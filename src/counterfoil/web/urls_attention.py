"""The addresses of what needs attention."""

from django.urls import path

from counterfoil.web.views import attention, giving_way, unknown_products

urlpatterns = [
    path("attention/", attention.index, name="attention"),
    path("attention/group/", attention.group, name="attention-group"),
    path("attention/count/", attention.count, name="attention-count"),
    path("attention/retry/", attention.retry_items, name="retry"),
    path("attention/skip/", giving_way.skip_items, name="skip"),
    path("attention/accept/", giving_way.accept, name="accept"),
    path("attention/accept/all/", giving_way.accept_all, name="accept-all"),
    path("attention/product/", unknown_products.add_product, name="add-product"),
    path("attention/our-part/", unknown_products.our_part, name="our-part"),
]
