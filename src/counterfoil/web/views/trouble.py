"""What is shown when a page fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_SECONDS = "10"


def server_error(request: HttpRequest) -> HttpResponse:
    """Calmly, and without asking the database: that it is away may be the reason."""
    database_is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    template, status = ("503.html", 503) if database_is_away else ("500.html", 500)
    again = request.get_full_path() if request.method == "GET" else ""
    response = HttpResponse(render_to_string(template, {"again": again}), status=status)
    if database_is_away:
        response["Retry-After"] = RETRY_SECONDS
    return response
