"""Logging in as a person does, and an authenticator app of our own."""

import hmac
import re
import struct
import time
from base64 import b32decode
from typing import Any

from django.http import HttpResponse
from django.test import Client, TestCase
from django.urls import reverse

from tests.web.factories.orders import PASSWORD

STALE = 16 * 60  # seconds


def log_in(client: Client, name: str, password: str = PASSWORD, **more: Any) -> HttpResponse:
    """What the login page answers."""
    return client.post(reverse("account_login"), {"login": name, "password": password}, **more)


def logged_in_long_ago(client: Client) -> None:
    """The browser's person entered their password more than 15 minutes ago."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - STALE}]
    session.save()


def app_shows(key: str, *, steps: int = 0) -> str:
    """The six digits that an authenticator app shows for this key now; `steps` half minutes later (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(b32decode(key), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def set_up_second_factor(client: Client) -> tuple[str, list[str]]:
    """On the pages; the key that the app keeps, and the recovery codes."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r'id="key">([A-Z2-7]+)<', page)
    assert found, page
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": app_shows(found[1])})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    shown = client.get(answer["Location"]).content.decode()
    return found[1], re.findall(r"<code>(\d{8})</code>", shown)
