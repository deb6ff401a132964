"""What guards the pages: the content security policy, what has to be done first, the roles."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

import structlog
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.core.handlers.exception import response_for_exception
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.shortcuts import redirect

from counterfoil.accounts.models import Person, Role

FOR_PROGRAMS = ("/metrics", "/hooks/", "/api/")
"""Addresses that no browser opens: a redirect would hide that a token was sent in clear."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

HSTS = "max-age=31536000; includeSubDomains"
ONLY_HTTPS = "Use https for this address. Nothing was done. Open it with https:// and send it again.\n"

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]
Answer = Callable[[HttpRequest], HttpResponse]
Response = TypeVar("Response", bound=HttpResponseBase)


class HttpsOnly(SecurityMiddleware):
    """Middleware: what Django says to browsers about security; with COUNTERFOIL_HTTPS nothing is answered without it.

    A page is redirected. What was sent in clear is refused: a redirect would lose it, and others may have read it.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:  # type: ignore[override]  # may refuse, too
        """Leads to https, or refuses."""
        try:
            response = super().process_request(request)
        except DisallowedHost as wrong:  # caught here, so that this answer has the headers of all others
            return response_for_exception(request, wrong)
        is_read = request.method in ("GET", "HEAD") and not request.path_info.startswith(FOR_PROGRAMS)
        if response is None or is_read:
            return response
        return HttpResponseForbidden(ONLY_HTTPS, content_type="text/plain; charset=utf-8")


class ContentSecurityPolicy:
    """Middleware: nothing inline, nothing from another host; on all answers, files and probes among them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Content-Security-Policy"] = POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if settings.HTTPS and request.is_secure():  # Django's middleware does not see all answers
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers.setdefault("Cache-Control", "private, no-store")  # nothing personal stays in a cache
        return response


class RequireSetupMiddleware:
    """Middleware: one's own password instead of a one-time password, and a second factor where the role needs one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, *_arguments: object) -> HttpResponse | None:
        """Leads to what has to be done before any other page."""
        if not getattr(view, "login_required", True) or not isinstance(request.user, Person):
            return None
        structlog.contextvars.bind_contextvars(person=request.user.pk)
        first, open_too = to_do_first(request.user)
        wanted = request.resolver_match.url_name if request.resolver_match else ""
        return redirect(first) if first and wanted not in (first, *open_too) else None


def to_do_first(who: Person) -> tuple[str, tuple[str, ...]]:
    """The page that comes before all others, and what else is open meanwhile; "" when there is none."""
    if who.must_change_password:
        return "password", ("logout",)
    if getattr(who, "must_have_one", False) and not getattr(who, "has_second_factor", False):
        return "mfa_activate_totp", ("logout", "password", "account_reauthenticate")
    return "", ()


def role_required(role: Role) -> Callable[[View[Params]], View[Params]]:
    """Decorates a view: for people of this role or a higher one."""

    def decorate(view: View[Params]) -> View[Params]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            if not current_user(request).may(role):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("View[Params]", guarded)

    return decorate


def current_user(request: HttpRequest) -> Person:
    """Who asks; the login is checked before any view is reached."""
    assert isinstance(request.user, Person)
    return request.user


def without_referrer(answer: Response) -> Response:
    """Nothing that is asked for from this page says where it was asked from, not even to ourselves: proxies log it.

    Not for a page with a form: browsers then send "Origin: null" along with it, which Django refuses.
    """
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


class _Cookie(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE_NAME


class Messages(FallbackStorage):
    """What is said after an act: in a cookie, named as the others are, and what is too long for one in the session."""

    storage_classes = (_Cookie, SessionStorage)
