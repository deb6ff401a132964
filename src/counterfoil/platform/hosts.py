"""COUNTERFOIL_HOSTS: the names under which browsers may reach the pages."""

import re
import unicodedata
from collections.abc import Sequence
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from django.core.exceptions import ImproperlyConfigured

ANY_NAME = (
    "COUNTERFOIL_HOSTS must name the hosts: with “{}”, anyone could send people to these pages under another name. "
    "Use the names people type, such as “orders.example.com”; “.example.com” also covers all its subdomains."
)
NO_NAME = (
    "COUNTERFOIL_HOSTS takes names without “https://”, ports, paths or spaces, not “{}”: for example "
    "“orders.example.com”. An IPv6 address has brackets, “[::1]”; a name has no underscore and no dot at its end; and "
    "names with other letters than a to z are written as browsers send them: “xn--…”."
)
# What stands for all names below one of these stays within the network: no registry sells them.
PRIVATE = frozenset(
    ("localhost", "localdomain", "local", "lan", "internal", "home", "corp", "intranet", "private", "test")
)
LONGEST_NAME = 254  # with a dot before it
_LABEL = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)


def read(given: Sequence[str]) -> list[str]:
    """The names, without blanks around them. Raises ImproperlyConfigured for one that stands for any, or is none."""
    names = [name.strip() for name in given if name.strip()]
    for name in names:
        if "*" in unicodedata.normalize("NFKC", name) or not name.strip(".") or _covers_a_whole_domain(name):
            raise ImproperlyConfigured(ANY_NAME.format(name))
        if not _is_host(name):
            raise ImproperlyConfigured(NO_NAME.format(name))
    return names


def _covers_a_whole_domain(name: str) -> bool:
    """Whether it stands for all names below one that anybody can get names in, as “.com” does."""
    label = name.removeprefix(".").lower()
    return name.startswith(".") and bool(_LABEL.fullmatch(label)) and label not in PRIVATE


def _is_host(name: str) -> bool:
    """Whether a browser can ask for it: a name (a dot before it: all below), or an address (of IPv6 in brackets)."""
    labels = name.removeprefix(".").split(".")
    try:
        if name.startswith("[") and name.endswith("]"):
            IPv6Address(name[1:-1])
            return True
        if labels[-1].isdigit():
            IPv4Address(name)
            return True
    except AddressValueError:
        return False
    return all(map(_LABEL.fullmatch, labels)) and len(name) <= LONGEST_NAME


def origins(names: Sequence[str]) -> list[str]:
    """Where forms may come from: Django writes “all below” with a star there (its setting CSRF_TRUSTED_ORIGINS)."""
    below = [f"https://*{name}" for name in names if name.startswith(".")]
    return [f"https://{name.removeprefix('.')}" for name in names] + below
