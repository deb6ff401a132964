"""What guards the pages: the content security policy, the one-time password, the roles."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from counterfoil.web.models import Person, Role

POLICY = "; ".join(
    (
        "default-src 'none'",
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

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]
Answer = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicy:
    """Middleware: nothing inline, nothing from another host."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Content-Security-Policy"] = POLICY
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return response


class OneTimePassword:
    """Middleware: who logged in with a one-time password chooses their own before anything else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.must_change_password:
            choose = reverse("password")
            if request.path not in (choose, reverse("logout")):
                return redirect(choose)
        return self.get_response(request)


def role_required(role: Role) -> Callable[[View[Params]], View[Params]]:
    """Decorates a view: for people of this role or a higher one."""

    def decorate(view: View[Params]) -> View[Params]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
            if not person(request).may(role):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("View[Params]", guarded)

    return decorate


def person(request: HttpRequest) -> Person:
    """Who asks; the login is checked before any view is reached."""
    assert isinstance(request.user, Person)
    return request.user
