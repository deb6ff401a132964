"""What stands around every page: who is believed about a request, and who is led to the login."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url

from counterfoil.accounts.client_ip import is_trusted, peer
from counterfoil.limits import LARGEST_FORM_OF_STRANGERS

SAID = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
)
UNKNOWN = (
    "{} sends forwarding headers but isn’t a trusted proxy. If it’s your proxy, add it to "
    "COUNTERFOIL_TRUSTED_PROXIES and restart the pages.\n"
)
SEVERAL = (
    "The proxy {} sends X-Forwarded-Proto with several values: “{}”. Let each proxy replace it or pass it on, "
    "never add to it.\n"
)
NO_FILES = "Before you log in, no files are accepted. Log in first, then send it again."
NOT_UTF_8 = "Only forms in UTF-8 are accepted. Send it in UTF-8, and name no other charset in the Content-Type."
SHOWS = ("GET", "HEAD")
MOST_SHOWN = 100  # characters of a header
Answer = Callable[[HttpRequest], HttpResponse]


class TrustedProxies:
    """Middleware: what a proxy says of a request is believed when it is one of COUNTERFOIL_TRUSTED_PROXIES.

    Drops what anybody else says; who says that they spoke https for someone is told why it is refused. So is a proxy
    that says different protocols at once: the first may be the browser's own, where the proxy adds to what it is sent.

    Else such a proxy would be led to https again and again.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = peer(request)
        if settings.HTTPS and seen is not None and is_trusted(seen):
            protocols = request.META.get("HTTP_X_FORWARDED_PROTO", "")
            if {each.strip() for each in protocols.split(",")} == {"https"}:
                request.META["HTTP_X_FORWARDED_PROTO"] = "https"
            elif "," in protocols:
                return _refused(SEVERAL.format(seen, protocols[:MOST_SHOWN]))
            return self.get_response(request)
        said = {name: request.META.pop(name, "") for name in SAID}
        if settings.HTTPS and said["HTTP_X_FORWARDED_PROTO"]:
            return _refused(UNKNOWN.format(seen or "A program"))
        return self.get_response(request)


def _refused(text: str) -> HttpResponse:
    return HttpResponseForbidden(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    )


class PagesLoginMiddleware(LoginRequiredMiddleware):
    """Middleware: leads whoever is not logged in to the login, and afterwards back to where they were.

    Who pressed a button after their login had ended comes back to the page that has the button.

    The button's own address shows nothing. What was typed there is put back by drafts.js.

    Stands before Django's check of forms: to read one of many fields takes a second of the processor, and a few of them
    from anybody would keep everyone else waiting.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Leads to the login, or refuses a form that no stranger is shown: one with files, or a larger one.

        And whoever sends it, a form that says that it is not in UTF-8: it would be read wrong.
        """
        reads_forms = not getattr(view_func, "csrf_exempt", False)  # not so: webhooks, which have limits of their own
        if reads_forms and _charset(request) != "utf-8":
            return _unreadable(request, NOT_UTF_8)
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None or not reads_forms or request.user.is_authenticated:
            return answer
        if request.content_type == "multipart/form-data":
            return _unreadable(request, NO_FILES)
        return _too_large(request) if _is_too_large(request) else None

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method in SHOWS:
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(_page_before(request), resolve_url(self.get_login_url(view_func)))


def _charset(request: HttpRequest) -> str:
    """In lower case; UTF-8 where none is named."""
    return (request.content_params or {}).get("charset", "utf-8").lower()


def _is_too_large(request: HttpRequest) -> bool:
    """By what the server has counted."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) > LARGEST_FORM_OF_STRANGERS


def _unreadable(request: HttpRequest, text: str) -> HttpResponse:
    return render(request, "415.html", {"text": text}, status=415)


def _too_large(request: HttpRequest) -> HttpResponse:
    return render(request, "413.html", status=413)


def _page_before(request: HttpRequest) -> str:
    """The page that the request came from, if it is one of ours."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # “http://[”
        return resolve_url("home")
    if before.netloc != request.get_host():
        return resolve_url("home")
    return f"{before.path}?{before.query}" if before.query else before.path
