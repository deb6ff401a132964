"""Where a request comes from is said by trusted proxies alone, however many stand behind one another."""

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory

from counterfoil.accounts.client_ip import remote_ip
from counterfoil.accounts.models import AuditEntry
from counterfoil.platform.trusted_proxies import read
from counterfoil.web.ui.middleware import TrustedProxies
from tests.web.login_helpers import log_in

CHAIN = ["loopback", "10.1.0.0/16", "2001:db8:5::/48"]
FORGED = "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "said", "address"),
    [
        ("127.0.0.1", "198.51.100.4", "198.51.100.4"),
        ("127.0.0.1", f"{FORGED}, 198.51.100.4", "198.51.100.4"),
        ("127.0.0.1", f"{FORGED}, 198.51.100.4, 10.1.2.3", "198.51.100.4"),
        ("10.1.2.3", f"{FORGED}, 198.51.100.4, 2001:db8:5::1, 127.0.0.1", "198.51.100.4"),
        ("127.0.0.1", "10.1.9.9, 10.1.2.3", "10.1.9.9"),
        ("127.0.0.1", f"{FORGED},, 10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", f"{FORGED}, no address, 10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "," * 5000, "127.0.0.1"),
        ("198.51.100.9", FORGED, "198.51.100.9"),
        ("10.2.0.1", FORGED, "10.2.0.1"),
        ("::1", "2001:db8:7::9", "2001:db8:7::9"),
        ("::ffff:127.0.0.1", "::ffff:198.51.100.4", "198.51.100.4"),
        ("::ffff:198.51.100.9", FORGED, "198.51.100.9"),
        ("127.0.0.1", "198.51.100.4:50123", "198.51.100.4"),
        ("127.0.0.1", "[2001:db8:7::9]:443", "2001:db8:7::9"),
        ("127.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("", FORGED, None),
    ],
)
def test_the_address_is_what_the_outermost_trusted_proxy_saw(
    peer: str, said: str, address: str | None, settings: Any
) -> None:
    """What stands before that may be made up; what is no address ends the search."""
    settings.HTTPS, settings.TRUSTED_PROXIES = True, read(CHAIN)
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=said)
    assert remote_ip(request) == address


@pytest.mark.django_db
@pytest.mark.parametrize("peer", ["198.51.100.9", "10.0.0.7", "::ffff:192.168.1.5"])
def test_who_is_no_proxy_chooses_no_address(peer: str, client: Client, settings: Any) -> None:
    """By default nobody on another machine is one, not in the same office either; wrong passwords count for them."""
    settings.HTTPS, settings.SECURE_SSL_REDIRECT = True, False
    assert log_in(client, "mira", "wrong", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=FORGED).status_code == 200
    seen = peer.removeprefix("::ffff:")
    assert {AccessAttempt.objects.get().ip_address, AuditEntry.objects.get().address} == {seen}


@pytest.mark.django_db
def test_a_proxy_that_is_not_known_is_told_what_to_do(client: Client, settings: Any) -> None:
    """It would else be led to https for ever; nothing is done, and probes are answered."""
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    said = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": FORGED}
    refused = log_in(client, "mira", "wrong", REMOTE_ADDR="10.0.0.7", **said)
    assert refused.status_code == 403
    assert "10.0.0.7" in refused.content.decode()
    assert "COUNTERFOIL_TRUSTED_PROXIES" in refused.content.decode()
    assert not AuditEntry.objects.exists()
    assert client.get("/healthz", REMOTE_ADDR="10.0.0.7", **said).status_code == 200
    settings.TRUSTED_PROXIES = read(["private"])
    assert log_in(client, "mira", "wrong", REMOTE_ADDR="10.0.0.7", **said).status_code == 200
    assert AuditEntry.objects.get().address == FORGED


@pytest.mark.parametrize(
    ("said", "is_https"),
    [
        ("https", True),
        (" https ", True),
        ("http", False),
        ("https,https", True),
        (" https , https", True),
        ("", False),
        (None, False),
    ],
)
def test_a_protocol_is_believed_where_it_is_the_only_one(said: str | None, is_https: bool, settings: Any) -> None:
    """However often it is said."""
    settings.HTTPS, settings.TRUSTED_PROXIES = True, read(CHAIN)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    headers = {} if said is None else {"HTTP_X_FORWARDED_PROTO": said}
    request = RequestFactory().get("/", REMOTE_ADDR="10.1.2.3", **headers)
    assert TrustedProxies(lambda request: HttpResponse(request.scheme))(request).content == (
        b"https" if is_https else b"http"
    )


@pytest.mark.parametrize("said", ["https, http", "http, https", "http,http", "https,", ",https", f"https,{'x' * 5000}"])
def test_a_proxy_that_says_several_protocols_is_told_so(said: str, client: Client, settings: Any) -> None:
    """One that adds its own to what it was sent would else have a browser say that it spoke https, or be led astray."""
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = read(CHAIN)
    refused = client.get("/", REMOTE_ADDR="10.1.2.3", HTTP_X_FORWARDED_PROTO=said)
    assert refused.status_code == 403
    assert "10.1.2.3 sends X-Forwarded-Proto with several values" in refused.content.decode()
    assert len(refused.content) < 400


@pytest.mark.parametrize("given", [[], [""], ["loopback"], [" Loopback "]])
def test_what_runs_here_is_trusted_by_default_and_nothing_else(given: list[str]) -> None:
    assert [str(each) for each in read(given)] == ["127.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    "given",
    [
        *("proxy.example.com", "10.0.0.0/33", "0.0.0.0/0", "::/0", "*", "10.0.0.1;10.0.0.2"),
        *(
            "0.0.0.0/1",
            "128.0.0.0/1",
            "10.0.0.0/7",
            "2000::/3",
            "2001::/15",
            "fc00::/6",
            "::ffff:0:0/96",
            "::ffff:0:0/97",
        ),
    ],
)
def test_what_is_no_network_or_everybody_is_refused_in_words(given: str) -> None:
    """With the name of the setting."""
    with pytest.raises(ImproperlyConfigured, match="COUNTERFOIL_TRUSTED_PROXIES"):
        read([given])


@pytest.mark.parametrize(
    "network",
    [
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "192.0.2.7/32"),
        *("fc00::/7", "fd00::/8", "fe80::/10", "2001::/16", "2001:db8:5::/48"),
    ],
)
def test_other_networks_are_taken(network: str) -> None:
    """Private ones however large, others up to a size that is no large part of everybody."""
    assert [str(each) for each in read([network])] == [network]


@pytest.mark.parametrize(
    ("given", "network"), [("::ffff:10.0.0.1", "10.0.0.1/32"), ("::ffff:10.1.0.0/112", "10.1.0.0/16")]
)
def test_an_address_of_ipv4_may_be_written_as_one_of_ipv6(given: str, network: str, settings: Any) -> None:
    """As a peer's is read."""
    settings.TRUSTED_PROXIES, settings.HTTPS = read([given]), True
    assert [str(each) for each in settings.TRUSTED_PROXIES] == [network]
    for peer in ("10.0.0.1", "::ffff:10.0.0.1") if given.endswith("1") else ("10.1.2.3", "::ffff:10.1.2.3"):
        request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="198.51.100.4")
        assert remote_ip(request) == "198.51.100.4"
