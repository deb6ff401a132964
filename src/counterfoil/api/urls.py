"""The addresses of the API."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt

from counterfoil.api.problems import for_status
from counterfoil.api.resources import orders
from counterfoil.api.service import api

ROUTERS = (orders.router,)
for _router in ROUTERS:
    api.add_router("", _router)


@csrf_exempt
@login_not_required
def unknown_address(_request: HttpRequest, **_given: Any) -> HttpResponse:
    """Nothing is there."""
    return for_status(404).response()


def _open_to_tokens() -> Iterator[URLPattern]:
    """The addresses of django-ninja, without the login of the pages: each asks for a token."""
    patterns, *_ = api.urls
    for pattern in patterns:
        if pattern.name == "api-root":
            continue
        pattern.callback = login_not_required(pattern.callback)
        pattern.name = f"api-{pattern.name}"
        yield pattern


urlpatterns = [
    *_open_to_tokens(),
    re_path("^.*$", unknown_address, name="api-unknown"),
]
