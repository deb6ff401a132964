"""What a proxy says of a request is believed when it is one of COUNTERFOIL_TRUSTED_PROXIES."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden

from counterfoil.accounts.client_ip import is_trusted, peer

SAID = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
)
UNKNOWN = (
    "{} speaks for someone else here, and is no trusted proxy. If it is your proxy, add it to "
    "COUNTERFOIL_TRUSTED_PROXIES and start the pages again.\n"
)
Answer = Callable[[HttpRequest], HttpResponse]


class TrustedProxies:
    """Middleware: drops what anybody else says; who says that they spoke https for someone is told why it is refused.

    Else a proxy that is not in the setting would be led to https again and again.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = peer(request)
        if settings.HTTPS and seen is not None and is_trusted(seen):
            return self.get_response(request)
        said = {name: request.META.pop(name, "") for name in SAID}
        if settings.HTTPS and said["HTTP_X_FORWARDED_PROTO"]:
            return HttpResponseForbidden(
                UNKNOWN.format(seen or "A program"),
                content_type="text/plain; charset=utf-8",
                headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
            )
        return self.get_response(request)
