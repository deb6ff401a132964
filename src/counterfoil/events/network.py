"""Which addresses webhooks may be sent to: public ones by https, and the networks that an administrator allows.

What stands inside an IPv6 address (IPv4-mapped, NAT64, 6to4, Teredo) counts, too: it is where the packet ends up.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from counterfoil.sales.errors import Refused
from counterfoil.storable import storable_text

LONGEST_URL = 2000
NAT64 = IPv6Network("64:ff9b::/96")
FOR_EXAMPLE = "Enter it like https://erp.example.com/hooks/counterfoil."
Ip = IPv4Address | IPv6Address


def checked_url(text: str) -> str:
    """The address as it is kept; raises Refused. Where its name leads is looked at each time that it is called."""
    url = text.strip()
    if not url:
        raise Refused("The endpoint has no URL.", FOR_EXAMPLE)
    if len(url) > LONGEST_URL:
        raise Refused(f"The URL has {len(url)} characters; {LONGEST_URL} are allowed.", "Use a shorter one.")
    if not url.isprintable() or " " in url or storable_text(url) != url or "\\" in url:
        raise Refused("The URL contains a character that isn’t allowed in a URL.", FOR_EXAMPLE)
    parts, host = _parts(url)
    if parts.scheme not in ("https", "http"):
        raise Refused("The URL has to start with https://.", FOR_EXAMPLE)
    if parts.username is not None or parts.password is not None:
        raise Refused("The URL can’t contain a password.", "The signature shows who sends the events.")
    if parts.fragment:
        raise Refused("The URL can’t contain a “#”.", FOR_EXAMPLE)
    if parts.scheme == "http" and not settings.WEBHOOK_NETWORKS:
        raise Refused("Webhooks are only sent over https.", FOR_EXAMPLE)
    address = literal(host)
    if address is not None and not may_call(str(address), secure=parts.scheme == "https"):
        raise Refused(f"Webhooks aren’t sent to {address}.", not_allowed_step())
    return url


def _parts(url: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, UnicodeError):
        raise Refused("This isn’t a URL.", FOR_EXAMPLE) from None
    if not host or port == 0:
        raise Refused("The URL has no host.", FOR_EXAMPLE)
    return parts, host


def not_allowed_step() -> str:
    """What an administrator can do about it."""
    return "Use a public https address, or set COUNTERFOIL_WEBHOOK_NETWORKS on the server."


def literal(host: str) -> Ip | None:
    """The IP address that a URL's host is; None for a name."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def may_call(text: str, *, secure: bool) -> bool:
    """Whether this IP address may be called: a public one if `secure` (by https), else only what is allowed."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    meant = list(_meant(address))
    if any(each in network for each in meant for network in settings.WEBHOOK_NETWORKS):
        return True
    return secure and all(_is_public(each) for each in meant)


def _meant(address: Ip) -> Iterator[Ip]:
    """The address, and those that stand inside it."""
    inner: list[IPv4Address] = []
    if isinstance(address, IPv6Address):
        inner = [each for each in (address.ipv4_mapped, address.sixtofour) if each is not None]
        inner += address.teredo or ()
        if address in NAT64:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address in NAT64):
        yield from inner  # nothing but a way of writing the other one
    else:
        yield address
        yield from inner


def _is_public(address: Ip) -> bool:
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_private or address.is_link_local
    )
