"""Leads whoever is not logged in to the login, and afterwards back to where they were."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url

SHOWS = ("GET", "HEAD")


class PagesLoginMiddleware(LoginRequiredMiddleware):
    """Middleware: who pressed a button after their login had ended comes back to the page that has the button.

    The button's own address shows nothing. What was typed there is put back by drafts.js.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method in SHOWS:
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(_page_before(request), resolve_url(self.get_login_url(view_func)))


def _page_before(request: HttpRequest) -> str:
    """The page that the request came from, if it is one of ours."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host():
        return resolve_url("home")
    return f"{before.path}?{before.query}" if before.query else before.path
