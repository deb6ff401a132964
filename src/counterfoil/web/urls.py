"""The pages' addresses."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.generic import RedirectView

from counterfoil.web.views import attention, integrations, log, order, orders
from counterfoil.web.views.people import Password

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="orders"), name="home"),
    path(
        "login/",
        LoginView.as_view(template_name="web/people/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", Password.as_view(), name="password"),
    path("orders/", orders.orders, name="orders"),
    path("orders/where/", orders.where, name="where"),
    path("orders/import/", orders.import_order, name="import-order"),
    path("orders/<int:number>/", order.order, name="order"),
    path("conflicts/<int:conflict>/pick/", order.pick_value, name="pick"),
    path("attention/", attention.index, name="attention"),
    path("attention/count/", attention.count, name="attention-count"),
    path("attention/retry/", attention.retry_items, name="retry"),
    path("attention/skip/", attention.skip_order, name="skip"),
    path("attention/accept/", attention.accept, name="accept"),
    path("attention/product/", attention.add_product, name="add-product"),
    path("integrations/", integrations.index, name="integrations"),
    path("integrations/new/", integrations.add, name="integration-add"),
    path("integrations/<int:pk>/", integrations.show, name="integration"),
    path("integrations/<int:pk>/edit/", integrations.edit, name="integration-edit"),
    path("integrations/<int:pk>/pause/", integrations.pause, name="integration-pause"),
    path("integrations/<int:pk>/resume/", integrations.resume, name="integration-resume"),
    path("integrations/<int:pk>/sync/", integrations.sync, name="integration-sync"),
    path("log/", log.index, name="log"),
]
