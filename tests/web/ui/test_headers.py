"""What comes along with every answer: nobody may frame a page, guess its kind, or have it run what is not ours."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Role
from counterfoil.accounts.users import invite
from counterfoil.web.activity import views
from counterfoil.web.ui.security import HSTS, POLICY
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import a_person
from tests.web.login_helpers import log_in
from tests.web.matrix import all_rows
from tests.web.matrix.row import an_example

pytestmark = pytest.mark.django_db
EVERYWHERE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def missing(answer: HttpResponse) -> dict[str, str | None]:
    """What should stand in the head of every answer, and does not; at the address of a token it is stricter."""
    wanted = EVERYWHERE | ({"Referrer-Policy": "no-referrer"} if answer.get("Referrer-Policy") == "no-referrer" else {})
    return {name: answer.get(name) for name, value in wanted.items() if answer.get(name) != value}


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    """Pictures may stand in the page itself: the QR code of a second factor does."""
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY
    assert POLICY.startswith("default-src 'none'")


@pytest.mark.parametrize("who", ["anonymous", Role.CLERK, Role.ADMINISTRATOR])
def test_every_answer_has_its_headers(who: str) -> None:
    """Pages, files, redirects, refusals: each address of the pages, looked at and written to."""
    example = an_example()
    a_person(Role.VIEWER)
    browser = Client() if who == "anonymous" else logged_in_as(a_person(who))
    browser.raise_request_exception = False
    bad = {}
    for row in all_rows():
        if row.name in ("logout", "sessions-end"):
            continue  # they end the session that looks
        path = reverse(row.name, args=row.of(example))
        for answer in (browser.get(path), browser.put(path)):
            if missing(answer):
                bad[row.name, answer.status_code] = missing(answer)
    assert bad == {}


def test_pages_behind_the_login_stay_in_no_cache() -> None:
    """Whoever goes back after the logout, on a machine that others use too, sees nothing of customers."""
    example = an_example()
    browser = logged_in_as(a_person(Role.ADMINISTRATOR))
    for name in ("home", "orders", "order", "clients", "people", "audit", "audit-csv", "account"):
        (row,) = (each for each in all_rows() if each.name == name)
        assert "no-store" in browser.get(reverse(name, args=row.of(example)))["Cache-Control"], name


def test_pages_before_the_login_stay_in_no_cache_either() -> None:
    """An invitation has a link and an e-mail address in it."""
    _, token = invite("noor@example.com", Role.CLERK, by=None)
    browser = Client()
    for name, args in (
        ("invitation", [token]),
        ("invitation", ["over"]),
        ("account_reset_password", []),
        ("account_reset_password_done", []),
        ("account_reset_password_from_key", ["1", "a-b"]),
        ("account_reset_password_from_key_done", []),
        ("account_login", []),
        ("account_inactive", []),
    ):
        assert "no-store" in browser.get(reverse(name, args=args))["Cache-Control"], name


def test_the_logout_has_the_browser_forget() -> None:
    """What it keeps of the pages, and what was typed; not which browsers are known."""
    browser = logged_in_as(a_person(Role.CLERK))
    assert browser.post(reverse("logout"))["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("path", ["/nowhere/", "/log/", "/orders/1/"])
def test_pages_of_trouble_have_them_too(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not found, and a mistake of the program."""
    browser = logged_in_as(a_person(Role.MANAGER))
    browser.raise_request_exception = False

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(views, "LogFilter", fail)
    answer = browser.get(path)
    assert answer.status_code in (404, 500)
    assert missing(answer) == {}


@pytest.mark.parametrize("path", ["/static/web/counterfoil.svg", "/static/web/pages.js", "/static/web/print.css"])
def test_files_cannot_be_framed_or_taken_for_something_else(path: str) -> None:
    """Style sheets and scripts say what they are, in which signs, and stay in the browser for a year."""
    answer = Client().get(path)
    assert answer["Content-Type"].replace('"', "").endswith("; charset=utf-8")
    assert (answer["Content-Security-Policy"], answer["X-Content-Type-Options"]) == (POLICY, "nosniff")
    assert "max-age=31536000" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/", "/static/web/", "/static/../settings.py", "/static/%2e%2e/models.py"])
def test_no_folder_is_listed_and_nothing_next_to_it_is_read(path: str) -> None:
    assert logged_in_as(a_person(Role.ADMINISTRATOR)).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/login/", "/static/web/pages.js", "/nowhere/"])
def test_every_answer_through_https_asks_for_https_for_a_year(path: str, settings: Any) -> None:
    """Below this name as well: a forged name next to it could else set cookies in clear."""
    settings.HTTPS = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = Client().get(path, headers={"X-Forwarded-Proto": "https"})
    assert answer["Strict-Transport-Security"] == HSTS
    assert HSTS.endswith("; includeSubDomains")
    assert "Strict-Transport-Security" not in Client().get(path)


@pytest.mark.parametrize(("path", "status"), [("/login/", 301), ("/metrics", 403), ("/hooks/abc/", 403)])
def test_only_what_people_open_is_led_to_https(path: str, status: int, settings: Any) -> None:
    """A program that sent its token in clear gets no redirect, which would hide it."""
    settings.HTTPS = True
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path).status_code == status


def test_the_cookies_are_for_this_site_alone() -> None:
    """Scripts cannot read the session's; other sites do not send it along."""
    a_person(Role.CLERK, "mira")
    browser = Client()
    browser.get(reverse("account_login"))
    log_in(browser, "mira")
    session, token = browser.cookies["sessionid"], browser.cookies["csrftoken"]
    assert session["httponly"]
    assert (session["samesite"], token["samesite"]) == ("Lax", "Lax")
    assert session["max-age"] == 3600, "its end by silence, which each page moves"


def test_behind_https_cookies_travel_encrypted_only() -> None:
    """And browsers are told to come back that way for a year."""
    said = (
        "from counterfoil.platform import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_PROXY_SSL_HEADER);"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEVICE_COOKIE_NAME, s.MESSAGES_COOKIE_NAME)"
    )
    done = subprocess.run(
        [sys.executable, "-c", said],
        env=os.environ | {"COUNTERFOIL_HTTPS": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == (
        "True True 31536000 ('HTTP_X_FORWARDED_PROTO', 'https')\n"
        "__Host-sessionid __Host-csrftoken __Host-device __Host-messages"
    )
