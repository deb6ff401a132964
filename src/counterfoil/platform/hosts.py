"""COUNTERFOIL_HOSTS: the names under which browsers may reach the pages."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

ANY_NAME = (
    "COUNTERFOIL_HOSTS has to name the hosts: with “{}” anybody could lead people to these pages under a name of their "
    "own. Write the names that people type, as in “orders.example.com”; “.example.com” is that one and all below it."
)
NO_NAME = "COUNTERFOIL_HOSTS takes names without “https://”, path or blanks, not “{}”: as in “orders.example.com”."


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
