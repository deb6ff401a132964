"""What stands around every request of the API: no cookies, bounded bodies, problems as problems, a line in the log."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from counterfoil.accounts.models import ApiToken
from counterfoil.api.bodies import too_large
from counterfoil.api.methods import remove_body
from counterfoil.api.metrics import REQUEST_COUNTS
from counterfoil.api.problems import MEDIA_TYPE, for_status
from counterfoil.api.rate_limit import Allowance
from counterfoil.limits import LARGEST_API_BODY
from counterfoil.storable import number_of

ADDRESSES = "/api/"
NO_ROUTE = "(no address)"
JSON = ("application/json", MEDIA_TYPE)
XML = "application/xml"  # what ShipStation reads; its errors are told there (api/shipstation)
log = structlog.get_logger("counterfoil.api")


class ApiRequests:
    """Middleware: of addresses under /api/ only.

    Cookies are dropped before anything looks at them, so that a login of a page opens nothing here, and no form of
    another site can use it. What was answered by the framework and not by the API becomes a problem, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADDRESSES):
            return self.get_response(request)
        began = time.monotonic()
        request.COOKIES = {}
        request.META.pop("HTTP_COOKIE", None)
        length = number_of(request.META.get("CONTENT_LENGTH") or "0")
        if length is None or length > LARGEST_API_BODY:
            response = too_large().response()
        else:
            response = _as_problem(self.get_response(request))
        allowance: Allowance | None = getattr(request, "api_allowance", None)
        if allowance is not None:
            for name, value in allowance.headers.items():
                response[name] = value
        if request.method == "HEAD":
            remove_body(response)
        response["Cache-Control"] = "no-store"
        response["Vary"] = "Authorization"
        _note(request, response, time.monotonic() - began)
        return response


def _as_problem(response: HttpResponse) -> HttpResponse:
    """The answer, or the problem that says the same."""
    if response.status_code < 400 or response.get("Content-Type", "").partition(";")[0] in (*JSON, XML):
        return response
    problem = for_status(response.status_code).response()
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if response.has_header(name):
            problem[name] = response[name]
    return problem


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """A line for what changes something or fails, by its route: an address may hold what somebody searched for."""
    found = request.resolver_match
    route = f"/{found.route}" if found is not None else NO_ROUTE
    token: ApiToken | None = getattr(request, "api_token", None)
    REQUEST_COUNTS.count(request.method or "", response.status_code, seconds)
    if request.method in ("GET", "HEAD") and response.status_code < 400:
        return
    log.info(
        "api",
        method=request.method,
        route=route,
        status=response.status_code,
        token=token.pk if token is not None else None,
        ms=round(seconds * 1000),
    )
