"""COUNTERFOIL_EMAIL_URL and what belongs to it are read, or refused with a sentence."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from counterfoil.platform import settings_urls


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://localhost", "localhost", 25, False, False),
        ("submission://me:p%40ss@mail.example.com", "mail.example.com", 587, True, False),
        ("smtps://me:p%40ss@mail.example.com", "mail.example.com", 465, False, True),
        ("smtps://me@mail.example.com:4650", "mail.example.com", 4650, False, True),
    ],
)
def test_a_mail_server_is_named_by_its_url(url: str, host: str, port: int, *, tls: bool, ssl: bool) -> None:
    """Its port and its TLS follow from the scheme."""
    read = settings_urls.mail_settings(url)
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == (host, port)
    assert (read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (tls, ssl)
    assert read["EMAIL_BACKEND"] == settings_urls.BOUNDED


def test_a_password_may_hold_any_sign() -> None:
    """%-encoded."""
    assert settings_urls.mail_settings("smtp://me:p%40s%2Fs@host")["EMAIL_HOST_PASSWORD"] == "p@s/s"


def test_mails_may_go_into_files() -> None:
    """The directory is meant from the root."""
    assert settings_urls.mail_settings("file:///var/spool/mails")["EMAIL_FILE_PATH"] == "/var/spool/mails"


@pytest.mark.parametrize("url", ["mail.example.com", "smtp://", "http://x", "file:", "memory:", "smtp://me:p[w@x:y"])
def test_a_wrong_url_is_refused_with_a_sentence(url: str) -> None:
    """It names the variable and does not repeat the URL, which may hold a password."""
    with pytest.raises(ImproperlyConfigured, match="COUNTERFOIL_EMAIL_URL") as refused:
        settings_urls.mail_settings(url)
    assert "p[w" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "user", "sender"),
    [
        ("Shop <shop@example.com>", "", "Shop <shop@example.com>"),
        ("", "me@example.com", "Counterfoil <me@example.com>"),
        ("", "me", "Counterfoil <counterfoil@localhost>"),
    ],
)
def test_mails_come_from_whom_one_says(given: str, user: str, sender: str) -> None:
    """Or from the mail server's user."""
    assert settings_urls.sender(given, {"EMAIL_HOST_USER": user}) == sender


@pytest.mark.parametrize("given", ["Shop", "shop@example.com\nBcc: x@example.com"])
def test_a_sender_that_is_none_is_refused_with_a_sentence(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="COUNTERFOIL_EMAIL_FROM"):
        settings_urls.sender(given, {})


def test_the_pages_address_is_used_without_its_last_slash() -> None:
    """So that a page's path can follow."""
    assert settings_urls.address("https://orders.example.com/") == "https://orders.example.com"
    assert settings_urls.address("") == ""


@pytest.mark.parametrize(
    "given", ["orders.example.com", "ftp://orders.example.com", "https://", "https://[", "https://orders.example.com:x"]
)
def test_an_address_that_is_none_is_refused(given: Any) -> None:
    """With a sentence."""
    with pytest.raises(ImproperlyConfigured, match="COUNTERFOIL_ADDRESS"):
        settings_urls.address(given)
