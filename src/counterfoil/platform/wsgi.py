"""The web application, for a WSGI server."""

import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterfoil.platform.settings")


class Utf8Request(WSGIRequest):
    """A request whose address and forms are read in UTF-8, whatever charset its Content-Type names.

    Django would read them in that one, and fails on some (idna, zlib_codec) before any page could refuse them.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, TypeError, ValueError):  # charset*=unknown''utf-8, or a; x*=1; x*0=2
            self.content_type, self.content_params = "", {}


application = get_wsgi_application()
application.request_class = Utf8Request
