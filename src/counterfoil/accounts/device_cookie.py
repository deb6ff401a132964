"""Which browsers someone has logged in with before: a signed cookie tells.

Wrong passwords from a known browser are counted by themselves, so nobody can lock a person out of it by guessing
elsewhere (OWASP, “Slow Down Online Guessing Attacks with Device Cookies”). The cookie opens nothing.
"""

import secrets
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from counterfoil.accounts.models import Person

SALT = "counterfoil.device"
KEPT_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
MOST_PEOPLE = 8  # at one machine

Answer = Callable[[HttpRequest], HttpResponse]


def known_device(request: HttpRequest, person: Person) -> str:
    """What this person's tries from this browser are counted under; "" where they have not logged in with it yet."""
    nonce = _nonces(request).get(str(person.pk))
    return f"device {sha256(nonce.encode()).hexdigest()[:32]}" if nonce else ""


def remember_device(request: HttpRequest, person: Person) -> None:
    """The answer to this request makes the browser known as one of the person's. A new value each time."""
    others = {pk: nonce for pk, nonce in _nonces(request).items() if pk != str(person.pk)}
    kept = dict(list(others.items())[1 - MOST_PEOPLE :])
    request.device_cookie = kept | {str(person.pk): secrets.token_urlsafe(18)}  # type: ignore[attr-defined]


class DeviceCookie:
    """Middleware: hands the cookie out."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        nonces = getattr(request, "device_cookie", None)
        if nonces is not None:
            response.set_cookie(
                settings.DEVICE_COOKIE_NAME,
                signing.dumps(nonces, salt=SALT),
                max_age=KEPT_SECONDS,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        return response


def _nonces(request: HttpRequest) -> dict[str, str]:
    """By the key of the person; empty where there is no cookie, or somebody made it up."""
    try:
        found = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}
