"""Where a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The browser's network address; what a proxy says of it is believed only where there is one (COUNTERFOIL_HTTPS).

    The proxy adds the address it saw at the end of `X-Forwarded-For`: what stands before it may be made up.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    for said in (forwarded.rpartition(",")[2], request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ip_address(said.strip()))
        except ValueError:
            continue
    return None
