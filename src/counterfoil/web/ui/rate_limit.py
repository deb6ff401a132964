"""How often one person may ask for what costs much: files of all rows, previews, connections, mails.

Counted in the memory of each process of the pages, so that no page costs a statement more (docs/security.md).
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from threading import Lock

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from counterfoil.accounts.models import Person

SECONDS = 60.0
FILES, MAILS = 30, 20
LIMITS = {
    **dict.fromkeys(
        (
            *("audit-csv", "clients-csv", "shipments-csv", "products-csv", "reconciliation-csv", "open-orders"),
            *("order-exports", "order-export-file", "order-payload-file", "ship-file", "product-file"),
            *("integration-preview", "integration-add", "integration-edit", "integration-tab", "integration-field"),
            *("guide-step", "integration-catalog", "reconciliation-ask", "import-order", "logo-set"),
            *("webhook-endpoint-test", "webhook-delivery-send"),
        ),
        FILES,
    ),
    **dict.fromkeys(("person-invite", "person-change", "notification-test", "mail-again"), MAILS),
}
"""Names of addresses, and how often each of them is answered to one person within SECONDS."""
log = structlog.get_logger("counterfoil.web")
Answer = Callable[[HttpRequest], HttpResponse]


class CostlyPages:
    """Middleware: whoever asks for a costly page too often gets 429, and a minute later again what they ask for."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self._asked: defaultdict[tuple[int, str], deque[float]] = defaultdict(deque)
        self._lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """The refusal, if it is one time too many; what was sent is not looked at."""
        name = (request.resolver_match.url_name if request.resolver_match else "") or ""
        if name not in LIMITS or not isinstance(request.user, Person):
            return None
        wait = self._seconds_to_wait((request.user.pk, name), time.monotonic(), LIMITS[name])
        if not wait:
            return None
        log.warning("asked too often", page=name)
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(wait)
        return response

    def _seconds_to_wait(self, who_and_what: tuple[int, str], now: float, limit: int) -> int:
        """0 when it may be answered, which is then counted."""
        with self._lock:
            times = self._asked[who_and_what]
            while times and times[0] <= now - SECONDS:
                times.popleft()
            if len(times) >= limit:
                return int(times[0] + SECONDS - now) + 1
            times.append(now)
            return 0
