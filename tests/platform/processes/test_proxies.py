"""Behind the proxies of docs/running.md the pages know who asks, and nobody can say that they are someone else."""

import signal
import socket
import ssl
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
import urllib3

from tests.platform.installation import SharedInstallation, free_port
from tests.platform.process_helpers import eventually
from tests.platform.proxies import NAME, PROXIES, Proxy
from tests.platform.slow_clients import WAIT, asked, connected, listens, status_of, told

FORGED = "203.0.113.9"
TOKEN = "a" * 32
SPELLINGS = ["X-Forwarded-For", "X_Forwarded_For", "X-Forwarded_For", "X_FORWARDED-FOR", "Forwarded", "X-Real-IP"]


@pytest.fixture(scope="module")
def pages(installation: SharedInstallation) -> Iterator[int]:
    """The port of pages that are told that a proxy is before them."""
    port = free_port()
    installation.environment |= {"COUNTERFOIL_HTTPS": "true", "COUNTERFOIL_HOSTS": NAME}
    process: subprocess.Popen[str] = installation.start("web", "--port", str(port))
    eventually(lambda: listens(port), seconds=60)
    yield port
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.fixture(scope="module", params=PROXIES)
def proxy(request: pytest.FixtureRequest, pages: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Each of them, before the pages."""
    with PROXIES[request.param](pages, tmp_path_factory.mktemp("proxy")) as here:
        eventually(lambda: speaks_tls(here.https), seconds=60)
        yield here


def speaks_tls(port: int) -> bool:
    """Whether it has its certificate."""
    try:
        secured(port).close()
    except OSError:
        return False
    return True


def secured(port: int) -> ssl.SSLSocket:
    """A connection as browsers make it; whose certificate it is does not matter here."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=WAIT), server_hostname=NAME)


def sent(proxy: Proxy, text: str) -> bytes:
    """The answer to a request over https."""
    with secured(proxy.https) as client:
        client.sendall(text.replace("\n", "\r\n").encode())
        return told(client)


def login(*headers: str) -> str:
    """A wrong password for someone, as a browser sends it."""
    form = urlencode({"csrfmiddlewaretoken": TOKEN, "login": "mira", "password": "not the one"})
    head = (
        "POST /login/ HTTP/1.1",
        f"Host: {NAME}",
        f"Cookie: __Host-csrftoken={TOKEN}",
        f"Referer: https://{NAME}/login/",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
        "Connection: close",
    )
    return "\n".join([*head, *headers, "", form])


def wrong_password(proxy: Proxy, *headers: str) -> bytes:
    """Someone tries to log in, and sends these headers too."""
    return sent(proxy, login(*headers))


def forget_tries(installation: SharedInstallation) -> None:
    """As if nobody had tried to log in."""
    installation.rows("TRUNCATE web_auditentry")  # whose rows nobody deletes
    installation.rows("DELETE FROM axes_accessattempt")


def test_the_login_is_reached(proxy: Proxy) -> None:
    """Over https, with cookies that stay there."""
    said = sent(proxy, f"GET /login/ HTTP/1.1\nHost: {NAME}\nConnection: close\n\n")
    assert status_of(said) == 200
    assert b"Secure" in said
    assert b"strict-transport-security" in said.lower()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/login/", (301, 308)), ("/metrics", (403,)), ("/hooks/abc/", (403,)), ("/api/v1/orders", (403,))],
)
def test_only_what_people_open_is_led_to_https(path: str, status: tuple[int, ...], proxy: Proxy) -> None:
    """A program that sends its token in clear is told so."""
    with connected(proxy.http) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        assert status_of(told(client)) in status


def test_old_versions_of_tls_are_not_spoken(proxy: Proxy) -> None:
    """1.2 and 1.3 are."""
    spoken = set()
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        with suppress(OSError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context.minimum_version = context.maximum_version = version
            plain = socket.create_connection(("127.0.0.1", proxy.https), timeout=WAIT)
            context.wrap_socket(plain, server_hostname=NAME).close()
            spoken.add(version.name)
    assert spoken == {"TLSv1_2", "TLSv1_3"}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_nobody_chooses_the_address_that_they_are_counted_by(
    installation: SharedInstallation, proxy: Proxy, spelling: str
) -> None:
    """However the header is spelled that a proxy sets: the audit log has the address that the proxy saw."""
    value = f"for={FORGED}" if spelling == "Forwarded" else FORGED
    forget_tries(installation)
    assert status_of(wrong_password(proxy, f"{spelling}: {value}")) == 200
    assert installation.rows("SELECT DISTINCT host(address::inet) FROM web_auditentry") == [("127.0.0.1",)]


def test_a_large_upload_is_refused_by_its_length(proxy: Proxy) -> None:
    """By the proxy itself, or by the pages behind it."""
    kind = "Content-Type: multipart/form-data; boundary=b\nContent-Length: 150000000\nConnection: close"
    with secured(proxy.https) as client:
        client.sendall(f"POST /login/ HTTP/1.1\nHost: {NAME}\n{kind}\n\n".replace("\n", "\r\n").encode())
        client.sendall(b"a" * 1000)
        assert status_of(client.recv(65_536)) == 413


def test_http_leads_to_https_to_the_same_page(proxy: Proxy) -> None:
    answer = asked(proxy.http, "/login/?next=/orders/", Host=NAME)
    assert answer.status in (301, 308)
    assert answer.headers["Location"].startswith("https://")
    assert answer.headers["Location"].endswith("/login/?next=/orders/")


def test_past_the_proxy_nothing_is_answered_in_clear(pages: int) -> None:
    """A page is redirected, what was sent is refused; a load balancer may still ask."""
    answer = asked(pages, "/login/", Host=NAME)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/login/")
    assert asked(pages, "/metrics", Host=NAME).status == 403
    url = f"http://127.0.0.1:{pages}/hooks/x/"
    refused = urllib3.request("POST", url, body=b"{}", headers={"Host": NAME}, retries=False, timeout=WAIT)
    assert (refused.status, b"Use https" in refused.data) == (403, True)
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert asked(pages, "/healthz").status == 200
    assert asked(pages, "/login/", Host="evil.example.com").status == 400


def test_past_the_proxy_an_underscore_adds_nothing_to_what_it_said(
    installation: SharedInstallation, pages: int
) -> None:
    """As behind a proxy that passes such headers on: they come next to its own."""
    said, forged = "X-Forwarded-For: 198.51.100.4", f"X_Forwarded_For: {FORGED}"
    for pair in ((said, forged), (forged, said)):
        forget_tries(installation)
        text = login("X-Forwarded-Proto: https", "X_Forwarded_Proto: http", *pair)
        with connected(pages, text.replace("\n", "\r\n").encode()) as client:
            assert status_of(told(client)) == 200
        assert installation.rows("SELECT DISTINCT host(address::inet) FROM web_auditentry") == [("198.51.100.4",)]


def test_no_log_of_a_proxy_holds_a_token(proxy: Proxy, pages: int) -> None:
    """Of a link that is opened, nor of the page that it was opened from; and the pages are reached there, too."""
    token = "dG9rZW4tb2YtYW4taW52aXRhdGlvbg"
    for path in (f"/invitation/{token}/", f"/hooks/{token}/", f"/password/lost/2-{token}/", "/login/"):
        referer = f"Referer: https://{NAME}/invitation/{token}/"
        said = sent(proxy, f"GET {path} HTTP/1.1\nHost: {NAME}\n{referer}\nConnection: close\n\n")
        assert status_of(said) in (200, 405, 410), said
    logs = [each for each in proxy.folder.rglob("*log*") if each.is_file()]
    assert logs
    assert [each.name for each in logs if token in each.read_text(errors="replace")] == []
    assert pages


@pytest.mark.parametrize("name", PROXIES)
def test_no_log_of_a_proxy_holds_a_token_when_the_pages_are_away(name: str, tmp_path: Path) -> None:
    """Its line about that names the address otherwise."""
    token = "dG9rZW4tb2YtYW4taW52aXRhdGlvbg"
    with PROXIES[name](free_port(), tmp_path) as here:
        eventually(lambda: speaks_tls(here.https), seconds=60)
        for path in (f"/invitation/{token}/", f"/hooks/{token}/", f"/password/lost/2-{token}/"):
            said = sent(here, f"GET {path} HTTP/1.1\nHost: {NAME}\nConnection: close\n\n")
            assert status_of(said) == 502
    assert [each.name for each in tmp_path.rglob("*log*") if token in each.read_text(errors="replace")] == []
