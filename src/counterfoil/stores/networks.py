"""Network addresses from which other systems may come: of API tokens and of ShipStation connections."""

from collections.abc import Collection
from ipaddress import ip_address, ip_network

from counterfoil.sales.errors import Refused

MOST_NETWORKS = 50


def checked_networks(typed: Collection[str]) -> list[str]:
    """Addresses and networks in one spelling; raises Refused for what is none."""
    found: dict[str, None] = {}
    for text in typed:
        try:
            found[str(ip_network(text.strip(), strict=False))] = None
        except ValueError:
            raise Refused(
                f"“{text.strip()[:60]}” isn’t a network.", "Write it like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48."
            ) from None
    if len(found) > MOST_NETWORKS:
        raise Refused(f"{len(found)} networks are too many; at most {MOST_NETWORKS} are allowed.", "Join some of them.")
    return list(found)


def is_allowed_from(networks: Collection[str], address: str | None) -> bool:
    """Whether a request may come from this address; without `networks` from anywhere."""
    if not networks:
        return True
    if address is None:
        return False
    found = ip_address(address)
    return any(found in network for network in map(ip_network, networks) if network.version == found.version)


def typed_networks(text: str) -> list[str]:
    """What someone entered in one field, separated by blanks or commas."""
    return text.replace("\x00", "").replace(",", " ").split()
