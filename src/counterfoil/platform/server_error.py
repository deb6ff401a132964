"""What is answered when something fails that nobody foresaw: to people a page, to programs a problem."""

from django.http import HttpRequest, HttpResponse

from counterfoil.api.middleware import ADDRESSES
from counterfoil.api.problems import server_error as problem
from counterfoil.web.ui.error_views import server_error as page


def server_error(request: HttpRequest) -> HttpResponse:
    """The page, or the problem."""
    return problem(request) if request.path_info.startswith(ADDRESSES) else page(request)
