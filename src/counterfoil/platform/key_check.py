"""Pages and API that run on with an earlier secret key, after another became the database's."""

from collections.abc import Callable
from http import HTTPStatus

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from counterfoil.api.middleware import ADDRESSES
from counterfoil.api.problems import Problem
from counterfoil.stores.db.key_seal import opens_the_seal

KEY_CHANGED = (
    "The secret key was changed while this server was running, so nothing was saved. Restart Counterfoil’s pages with "
    "the new key, then try again."
)
_CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")


class KeyCheck:
    """Middleware: nothing is changed by a process whose secret key is no longer the database's.

    It would encrypt an access token or a second factor so that no other process could read it. Two statements for
    each request that may change something, none for the others.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in _CHANGES_NOTHING or _is_the_databases():
            return self.get_response(request)
        if request.path_info.startswith(ADDRESSES):
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "key_changed", KEY_CHANGED).response()
        page = render_to_string("503.html", {"key_changed": KEY_CHANGED})
        return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _is_the_databases() -> bool:
    """Whether the key of this process is the database's; also where that can't be asked: the view says so then."""
    try:
        return opens_the_seal()
    except Error:
        connection.close()
        return True
