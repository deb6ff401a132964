"""Structured logs: one line an event, on standard error, without secrets and without what an order holds.

Each line of a sync names the store, each that concerns an order its import ID, each of a page's request its id. They
come from `structlog.contextvars`, which whoever begins such a thing binds.
"""

import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from counterfoil.platform.log_paths import NO_PAGE, RoutesOnly, shortened

FRAMES = 12
LONGEST_FIELD = 500  # characters
LONGEST_TRACE = 20_000
WITH_ADDRESSES = ("django.request", "django.security.csrf", "waitress")
"""Loggers whose lines hold the address of a page: changed there already, for whoever else listens."""
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
FORMS: dict[str, Any] = {
    "text": structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
    "json": structlog.processors.JSONRenderer(ensure_ascii=False),
}
Event = Any  # structlog's event dictionary
Answer = Callable[[HttpRequest], HttpResponse]


class DatabaseAway(logging.Filter):
    """Leaves out what procrastinate says, trace and all, when the database is away: the worker says it in a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        trouble = record.exc_info[1] if record.exc_info else None
        return type(trouble).__name__ != "ConnectorException"


class RequestId:
    """Middleware: what is logged during a request carries its id, and so does the answer; a proxy may give one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        structlog.contextvars.bind_contextvars(request=request_id)
        began = time.monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if settings.ACCESS_LOG:
            _log_access(request, response, time.monotonic() - began)
        return response


def _log_access(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """The route, not the address: that may hold a token, or a customer's name that somebody searched for."""
    found = request.resolver_match
    route = f"/{found.route}" if found is not None else NO_PAGE
    structlog.get_logger("counterfoil.access").info(
        "access", method=request.method, route=route, status=response.status_code, ms=round(seconds * 1000)
    )


@receiver(request_finished)
def _end_of_request(**_given: Any) -> None:
    """Not at the end of the middleware: Django logs a page that is not there after that."""
    structlog.contextvars.unbind_contextvars("request", "person")


def where_it_broke(_logger: Any, _method: str, event: Event) -> Event:
    """An exception as its class and the places it went through; its words may hold what an order or a store says."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        event["exception"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["trace"] = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return event


def with_short_fields(_logger: Any, _method: str, event: Event) -> Event:
    """Each text of a bounded length: some hold what anybody sends, such as a host or a method of 60 KB."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = shortened(value, LONGEST_TRACE if name == "trace" else LONGEST_FIELD)
    return event


def configuration(form: str = "text") -> dict[str, Any]:
    """For Django's LOGGING; also sets up structlog itself. `form`: text or json; raises ImproperlyConfigured."""
    if form not in FORMS:
        raise ImproperlyConfigured("COUNTERFOIL_LOG must be text or json.")
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    lines = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [remove_meta, where_it_broke, with_short_fields, FORMS[form]],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": lines},
        "filters": {"database_away": {"()": DatabaseAway}, "routes": {"()": RoutesOnly}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["database_away", "routes"]},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "counterfoil": {"level": "INFO"},
            **{name: {"filters": ["routes"]} for name in WITH_ADDRESSES},
            "procrastinate": {"level": "WARNING"},
            "psycopg": {"level": "ERROR"},  # warns of a rollback that failed after the error that is told anyway
            "waitress.queue": {"level": "ERROR"},  # says with each request that others wait
        },
    }
