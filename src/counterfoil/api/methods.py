"""HEAD and OPTIONS, which django-ninja has no operations for.

HEAD is answered like GET, without the body (RFC 9110, section 9.3.2); the middleware leaves the body out. OPTIONS tells
what an address takes, as does the header Allow of a 405 (sections 9.3.7 and 10.2.1). Neither stands in the OpenAPI
document: they follow from the operations there.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]
NO_CONTENT, NOT_ALLOWED = 204, 405
ORDER = ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS")


def with_head_and_options(view: View) -> View:
    """The view of one address, which then answers these methods too."""

    @wraps(view)
    def answering(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = _like_get(view, request, *args, **kwargs)
        if response.status_code != NOT_ALLOWED:
            return response
        allowed = allow(response.get("Allow", "").split(", "))
        if request.method == "OPTIONS":
            response = HttpResponse(status=NO_CONTENT)
        response["Allow"] = allowed
        return response

    return answering


def _like_get(view: View, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
    if request.method != "HEAD":
        return view(request, *args, **kwargs)
    request.method = "GET"
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = "HEAD"  # for the log and the metrics


def allow(methods: list[str]) -> str:
    """The header Allow of what takes these, always in the same order."""
    also = {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    return ", ".join(method for method in ORDER if method in also.union(methods))


def remove_body(response: HttpResponseBase) -> None:
    """Leaves only the headers. A file is not begun: it counts as fetched when it is read to its end."""
    if isinstance(response, StreamingHttpResponse):
        response.close()
        response.streaming_content = iter(())
    elif isinstance(response, HttpResponse):
        response["Content-Length"] = str(len(response.content))
        response.content = b""
