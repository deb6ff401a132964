"""Where a request comes from."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from allauth import app_settings as allauth_settings
from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The browser's network address; what a proxy says of it is believed only where there is one (COUNTERFOIL_HTTPS).

    The proxy adds the address it saw at the end of `X-Forwarded-For`: what stands before it may be made up.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    for said in (forwarded.rpartition(",")[2], request.META.get("REMOTE_ADDR", "")):
        try:
            found = ip_address(said.strip())
        except ValueError:
            continue
        mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
        return str(mapped or found)
    return None


def counted_address(request: HttpRequest) -> str | None:
    """What tries from there are counted under: of an IPv6 address the /64, which one customer has all of."""
    address = client_address(request)
    return network_of(address)[0] if address else None


def network_of(address: str) -> tuple[str, str]:
    """The first and the last address that count as one with this address."""
    found = ip_address(address)
    if not isinstance(found, IPv6Address):
        return address, address
    network = IPv6Network((found, allauth_settings.RATE_LIMIT_IPV6_PREFIX), strict=False)
    return str(network[0]), str(network[-1])
