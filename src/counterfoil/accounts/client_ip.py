"""Where a request comes from.

A proxy adds the address that it saw at the end of `X-Forwarded-For`. So the header is read from its end, as long as
proxies that are trusted (COUNTERFOIL_TRUSTED_PROXIES) have written it: what stands before that may be made up. So do
Django's own advice, nginx (`real_ip_recursive`) and Caddy (`trusted_proxies_strict`).
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from allauth import app_settings as allauth_settings
from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
LONGEST_CHAIN = 50


def remote_ip(request: HttpRequest) -> str | None:
    """The browser's network address; what is said of it counts only under COUNTERFOIL_HTTPS, from a trusted proxy."""
    seen = peer(request)
    if not settings.HTTPS:
        return str(seen) if seen else None
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", LONGEST_CHAIN)
    while seen is not None and is_trusted(seen) and said:
        before = _address(said.pop())
        if before is None:
            break
        seen = before
    return str(seen) if seen else None


def peer(request: HttpRequest) -> Address | None:
    """Whose connection it is."""
    return _address(request.META.get("REMOTE_ADDR", ""))


def is_trusted(address: Address) -> bool:
    """Whether it is a proxy's."""
    return any(address.version == each.version and address in each for each in settings.TRUSTED_PROXIES)


def _address(text: str) -> Address | None:
    """An address, without the port that some proxies write behind it; None for what is none.

    One of IPv4 that is written as one of IPv6 is one of IPv4: a socket for both hands them out like that.
    """
    text = text.strip().strip('"')
    host, bracket, _ = text.removeprefix("[").partition("]")
    if not bracket and host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def counted_address(request: HttpRequest) -> str | None:
    """What tries from there are counted under: of an IPv6 address the /64, which one customer has all of."""
    address = remote_ip(request)
    return network_of(address)[0] if address else None


def network_of(address: str) -> tuple[str, str]:
    """The first and the last address that count as one with this address."""
    found = ip_address(address)
    if not isinstance(found, IPv6Address):
        return address, address
    network = IPv6Network((found, allauth_settings.RATE_LIMIT_IPV6_PREFIX), strict=False)
    return str(network[0]), str(network[-1])
