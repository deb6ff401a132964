"""What a supervisor or a load balancer asks: does the process answer, and can it do its work.

Both are answered before the name of the host, the session or anything else is looked at, and tell nothing else.
"""

from collections.abc import Callable
from functools import lru_cache

from django.db import Error, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse

from counterfoil.platform.database.migrations import is_up_to_date, unknown_migrations
from counterfoil.sales.db.full_disk import full_disk
from counterfoil.stores.db.key_seal import opens_the_seal

WORKER_SECONDS = 30  # a worker that lives says so every three seconds
NO_DATABASE = "Can’t reach the database."
OLD_DATABASE = "The database isn’t up to date. Run “counterfoil migrate”."
OTHER_KEY = "The secret key was changed. Restart this process with the new one."
NO_WORKER = "No worker has been seen recently. Start one: “counterfoil worker”."
FINE = "ok"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
Answer = Callable[[HttpRequest], HttpResponse]


class Probes:
    """Middleware: /healthz says that the process answers, /readyz whether all that it needs is there."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return _told(request, lambda: FINE)
        if request.path_info == "/readyz":
            return _told(request, what_is_missing)
        return self.get_response(request)


def _told(request: HttpRequest, check: Callable[[], str]) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={**HEADERS, "Allow": "GET, HEAD"})
    said = check()
    status = 200 if said == FINE else 503
    text = f"{said}\n".encode()
    length = {"Content-Length": str(len(text))}  # else the connection would end with it
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=HEADERS | length)


def what_is_missing() -> str:
    """A sentence about the first thing that is missing, else FINE. Four statements when all is well."""
    try:
        if not _is_complete(_applied_migrations()):
            return OLD_DATABASE
        if not opens_the_seal():
            return OTHER_KEY
        return FINE if seconds_since_a_worker() < WORKER_SECONDS else NO_WORKER
    except ProgrammingError:  # a table is not there yet
        return OLD_DATABASE
    except Error as trouble:
        connection.close()
        return full_disk(trouble) or NO_DATABASE


def seconds_since_a_worker() -> float:
    """How long ago a worker was last seen; infinite when none ever was. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
        seconds = cursor.fetchone()[0]
    return float("inf") if seconds is None else float(seconds)


def _applied_migrations() -> frozenset[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return frozenset(cursor.fetchall())


@lru_cache(maxsize=2)
def _is_complete(_applied: frozenset[tuple[str, str]]) -> bool:
    """Whether nothing is left to migrate; looked at anew, which takes its time, when other migrations have run."""
    return is_up_to_date() and not unknown_migrations()
