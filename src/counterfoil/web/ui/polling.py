"""Parts of pages that keep themselves up to date."""

from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString


def live_part(request: HttpRequest, template: str, context: dict[str, Any]) -> dict[str, str]:
    """A part of a page and its version: what a page needs to show it, and to ask for it only when it is another."""
    body = render_to_string(template, context, request)
    return {"body": SafeString(body), "version": sha256(body.encode()).hexdigest()[:16], "url": _url(request)}


def is_poll(request: HttpRequest, target: str) -> bool:
    """Whether the page asks for this part only."""
    return request.headers.get("HX-Target") == target


def poll_answer(request: HttpRequest, part: dict[str, str], wrapper: str) -> HttpResponse:
    """The part again; nothing (204) when the page shows this version already: nothing moves under the reader."""
    if request.headers.get("X-Seen") == part["version"]:
        response = HttpResponse(status=204)
    else:
        response = HttpResponse(render_to_string(wrapper, {"live": part}, request))
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _url(request: HttpRequest) -> str:
    return request.get_full_path()
