"""COUNTERFOIL_TRUSTED_PROXIES: whose word counts about where a request comes from.

By default only what runs on this machine: `up` listens there alone, and there stand the proxies of docs/running.md. In
an office network anybody could else say that they are someone else; compose.yaml, whose proxy is seen at the address
of a network that only containers are in, has `private`. Caddy has such a word, too: `private_ranges`.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ImproperlyConfigured

Network = IPv4Network | IPv6Network
NAMED = {
    "loopback": ("127.0.0.0/8", "::1/128"),
    "private": ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
}
NO_NETWORK = (
    "COUNTERFOIL_TRUSTED_PROXIES takes addresses and networks, “loopback” and “private”, separated by commas, not "
    "“{}”: for example “loopback,192.0.2.7,2001:db8:5::/48”."
)
EVERYBODY = (
    "COUNTERFOIL_TRUSTED_PROXIES must not contain “{}”: anyone could then pretend to be someone else. "
    "Use the proxies’ own addresses or network."
)
SHORTEST_PREFIX = {4: 8, 6: 16}  # in bits: a few wider networks together would be everybody
WIDE_BUT_PRIVATE = (IPv6Network("fc00::/7"), IPv6Network("fe80::/10"))
MAPPED = IPv6Network("::ffff:0:0/96")  # how a socket for both hands out addresses of IPv4


def read(given: Sequence[str]) -> tuple[Network, ...]:
    """The networks; those of this machine where none is given. Raises ImproperlyConfigured.

    One of IPv4 that is written as one of IPv6 is one of IPv4, as the addresses are that are looked for in it.
    """
    names = [name.strip() for name in given if name.strip()] or ["loopback"]
    return tuple(_network(text, name) for name in names for text in NAMED.get(name.lower(), (name,)))


def _network(text: str, name: str) -> Network:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise ImproperlyConfigured(NO_NETWORK.format(name)) from None
    if isinstance(network, IPv6Network) and network.subnet_of(MAPPED):
        network = IPv4Network((int(network.network_address) & 0xFFFF_FFFF, network.prefixlen - MAPPED.prefixlen))
    if network.prefixlen < SHORTEST_PREFIX[network.version] and not _is_private(network):
        raise ImproperlyConfigured(EVERYBODY.format(name))
    return network


def _is_private(network: Network) -> bool:
    return isinstance(network, IPv6Network) and any(map(network.subnet_of, WIDE_BUT_PRIVATE))
