"""How much a browser loads that comes for the first time."""

import re

import pytest
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse

from counterfoil.web.ui.static_files import version
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
MOST_BYTES = 300_000
LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
PACKED = {"accept-encoding": "gzip, deflate, br"}


def body(answer: HttpResponse) -> bytes:
    """As it goes over the wire."""
    return answer.getvalue()


def loaded(client: Client, path: str) -> dict[str, int]:
    """The page and all that it loads: the bytes of each, by its address."""
    page = client.get(path, headers=PACKED)
    assert page["Content-Encoding"] == "gzip"
    found = LOADED.findall(client.get(path).content.decode())
    return {path: len(body(page))} | {each: len(body(client.get(each, headers=PACKED))) for each in found}


def test_login_dashboard_and_an_order_are_light(clerk: Client) -> None:
    """All that is asked for on the way from the login to the first order, an order of a hundred lines."""
    order = an_order(a_store(), 1, lines=100)
    way = loaded(Client(), resolve_url("account_login"))
    for path in (reverse("home"), reverse("orders"), reverse("order", args=[order.number])):
        way |= loaded(clerk, path)
    assert len(way) > 10
    assert sum(way.values()) < MOST_BYTES, way


def test_what_pages_load_is_packed_and_kept_until_it_changes(client: Client) -> None:
    """The large files come as brotli; each address carries the version of what stands there, and is asked once."""
    page = client.get(resolve_url("account_login")).content.decode()
    assert all(address.endswith(f"?v={version()}") for address in LOADED.findall(page))
    for name in ("tabler.min.css", "htmx.min.js"):
        answer = client.get(f"/static/vendor/{name}?v={version()}", headers=PACKED)
        assert answer["Content-Encoding"] == "br"
        assert "max-age=31536000" in answer["Cache-Control"]
