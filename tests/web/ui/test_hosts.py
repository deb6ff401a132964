"""COUNTERFOIL_HOSTS: which names are read."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from counterfoil.platform.hosts import read


@pytest.mark.parametrize(
    "name", ["*", "＊", "*.example.com", "＊.example.com", ".", ".com", ".COM", ".org", ".xn--p1ai"]
)
def test_what_stands_for_any_name_is_refused(name: str) -> None:
    """Anybody can get a name below .com."""
    with pytest.raises(ImproperlyConfigured, match="COUNTERFOIL_HOSTS must name the hosts"):
        read(["orders.example.com", name])


@pytest.mark.parametrize(
    "name",
    [
        *("^", "a.com?", "a$.com", "a_b.example.com", "-a.example.com", "a-.example.com", "a..com", "..example.com"),
        *(
            "https://orders.example.com",
            "orders.example.com/a",
            "a b",
            "orders.example.com:8000",
            "a,b",
            "orders.example.com.",
            "bücher.example",
        ),
        *(
            "ａ.example.com",
            "::1",
            "[::1",
            "[::1]:80",
            "[orders]",
            "10.0.0",
            "10.0.0.256",
            ".0.0.1",
            ".10.0.0.1",
            "a" * 64,
        ),
    ],
)
def test_what_no_host_can_be_called_is_refused(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="COUNTERFOIL_HOSTS takes names without"):
        read([name])


@pytest.mark.parametrize(
    "name",
    [
        *(
            "orders.example.com",
            "ORDERS.example.com",
            ".example.com",
            "localhost",
            "shop-1",
            "127.0.0.1",
            "[::1]",
            "0.0.0.0",
        ),
        *("xn--bcher-kva.example", "[2001:db8::7]", "3com.com", "a" * 63 + ".example.com"),
        *(".localhost", ".localdomain", ".local", ".lan", ".internal", ".home.arpa", ".test"),
    ],
)
def test_names_and_addresses_are_taken(name: str) -> None:
    """All below a private name, too: no registry sells names there."""
    assert read([f" {name} ", ""]) == [name]
