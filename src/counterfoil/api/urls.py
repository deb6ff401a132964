"""The addresses of the API."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from counterfoil.api.document import document
from counterfoil.api.methods import with_head_and_options
from counterfoil.api.problems import for_status
from counterfoil.api.registry import api
from counterfoil.api.service import answer


@csrf_exempt
@login_not_required
def unknown_address(_request: HttpRequest, **_given: Any) -> HttpResponse:
    """Nothing is there."""
    return for_status(404).response()


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD"])
def openapi(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, for whoever makes a program: it says what the source says, and nothing of this place."""
    return answer(document())


def _open_to_tokens() -> Iterator[URLPattern]:
    """The addresses of django-ninja, each once, without the login of the pages: each asks for a token."""
    patterns, *_ = api.urls
    seen: set[str] = {"api-root"}
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        if str(pattern.name) not in seen:
            seen.add(str(pattern.name))
            view: Any = login_not_required(with_head_and_options(pattern.callback))
            yield path(str(pattern.pattern), view, name=f"api-{pattern.name}")


urlpatterns = [
    path("openapi.json", with_head_and_options(openapi), name="api-openapi"),
    *_open_to_tokens(),
    re_path("^.*$", unknown_address, name="api-unknown"),
]
