"""What is shown when a page fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from counterfoil.sales.db.full_disk import full_disk

RETRY_SECONDS = "10"


def server_error(request: HttpRequest) -> HttpResponse:
    """Calmly, and without asking the database: that it is away may be the reason."""
    error = sys.exc_info()[1]
    full = full_disk(error)
    comes_back = bool(full) or isinstance(error, OperationalError | InterfaceError)
    template, status = ("503.html", 503) if comes_back else ("500.html", 500)
    again = request.get_full_path() if request.method == "GET" else ""
    response = HttpResponse(render_to_string(template, {"again": again, "full": full}), status=status)
    if comes_back:
        response["Retry-After"] = RETRY_SECONDS
    return response
