"""COUNTERFOIL_HOSTS: the names under which browsers may reach the pages."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

ANY_NAME = (
    "COUNTERFOIL_HOSTS must name the hosts: with “{}”, anyone could send people to these pages under another name. "
    "Use the names people type, such as “orders.example.com”; “.example.com” also covers all its subdomains."
)
NO_NAME = (
    "COUNTERFOIL_HOSTS takes names without “https://”, paths or spaces, not “{}”: for example “orders.example.com”."
)


def read(given: Sequence[str]) -> list[str]:
    """The names, without blanks around them. Raises ImproperlyConfigured for one that stands for any, or is none."""
    names = [name.strip() for name in given if name.strip()]
    for name in names:
        if "*" in name or not name.strip("."):
            raise ImproperlyConfigured(ANY_NAME.format(name))
        if "/" in name or len(name.split()) > 1:
            raise ImproperlyConfigured(NO_NAME.format(name))
    return names


def origins(names: Sequence[str]) -> list[str]:
    """Where forms may come from: Django writes “all below” with a star there (its setting CSRF_TRUSTED_ORIGINS)."""
    below = [f"https://*{name}" for name in names if name.startswith(".")]
    return [f"https://{name.removeprefix('.')}" for name in names] + below
