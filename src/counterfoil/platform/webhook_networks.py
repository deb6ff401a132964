"""COUNTERFOIL_WEBHOOK_NETWORKS: which networks besides the public ones webhooks may be sent to.

By default none: whoever may enter an address could else have this machine call services that only it can reach
(server-side request forgery).
"""

from collections.abc import Sequence
from ipaddress import ip_network

from django.core.exceptions import ImproperlyConfigured

from counterfoil.platform.trusted_proxies import Network

NO_NETWORK = (
    "COUNTERFOIL_WEBHOOK_NETWORKS takes addresses and networks, separated by commas, not “{}”: "
    "for example “10.1.0.0/16,192.168.4.7”."
)


def read(given: Sequence[str]) -> tuple[Network, ...]:
    """The networks. Raises ImproperlyConfigured."""
    return tuple(_network(name.strip()) for name in given if name.strip())


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ImproperlyConfigured(NO_NETWORK.format(text)) from None
