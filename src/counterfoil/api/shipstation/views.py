"""The address that is entered in ShipStation.

Its errors are XML with a sentence, since ShipStation reads nothing else; a status from 400 says that the notice was not
processed, and 503 that it should come again. Its login is taken from the header Authorization only: ShipStation's older
parameters SS-UserName and SS-Password would put the password into the logs of every proxy.
"""

import base64
import binascii
from datetime import UTC, datetime

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.client_ip import counted_address, remote_ip
from counterfoil.accounts.signals import audit_a_few_times
from counterfoil.api.rate_limit import FAILURES, REQUESTS, TRIES, requests_a_minute
from counterfoil.api.shipstation.notice_xml import NoticeTooLarge, draft_of_address, read_notice
from counterfoil.api.shipstation.orders_xml import orders_xml
from counterfoil.api.shipstation.xml import DECLARATION, element, text_element
from counterfoil.sales.db.full_disk import full_disk
from counterfoil.sales.errors import Refused
from counterfoil.storable import LARGEST_ID, number_of
from counterfoil.stores.models import ShipStationConnection
from counterfoil.stores.networks import is_allowed_from
from counterfoil.stores.shipstation.connections import connection_with
from counterfoil.stores.shipstation.export import export_page
from counterfoil.stores.shipstation.notices import keep_unreadable, take_notice

XML = "application/xml; charset=utf-8"
WRONG_PASSWORD = "Tried a wrong ShipStation password."  # noqa: S105 (a sentence)
REALM = 'Basic realm="Counterfoil ShipStation", charset="UTF-8"'
FORMATS = ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y")
ALLOW_IT = "A manager can allow this network on the connection’s page in Counterfoil."
LONGEST_LOGIN = 1000
LAST_PAGE = 32_767  # the schema's xs:short
log = structlog.get_logger("counterfoil.shipstation")


class _Answer(Exception):
    """Ends a request with an error."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers or {}

    def response(self) -> HttpResponse:
        """As XML."""
        document = DECLARATION + element("Error", [text_element("Message", self.sentence, 1000)]) + "\n"
        return HttpResponse(document, status=self.status, content_type=XML, headers=self.headers)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def custom_store(request: HttpRequest, connection: int) -> HttpResponse:
    """GET ?action=export: orders that changed. POST ?action=shipnotify: a label was bought."""
    try:
        found = _connection(request, connection)
        return _notice(request, found) if request.method == "POST" else _export(request, found)
    except _Answer as answer:
        return answer.response()
    except OperationalError as trouble:
        sentence = full_disk(trouble) or "The database can’t be reached right now. Nothing was done."
        return _Answer(503, sentence, {"Retry-After": "60"}).response()


def _connection(request: HttpRequest, pk: int) -> ShipStationConnection:
    """Whose login it is; raises _Answer. Whoever tries too many passwords waits."""
    username, password = _login(request)
    found = connection_with(min(pk, LARGEST_ID), username, password) if password else None
    if found is None:
        wait = FAILURES.take(counted_address(request) or "", TRIES).wait
        if wait:
            raise _too_many(wait)
        if password:
            audit_a_few_times(request, WRONG_PASSWORD)
        sentence = "The username or password is wrong. Check them in ShipStation’s settings for this store."
        raise _Answer(401, sentence, {"WWW-Authenticate": REALM})
    wait = REQUESTS.take(f"shipstation {found.pk}", requests_a_minute()).wait
    if wait:
        raise _too_many(wait)
    address = remote_ip(request)
    if not is_allowed_from(found.networks, address):
        raise _Answer(403, f"The connection “{found.name}” may not be used from {address or 'there'}. {ALLOW_IT}")
    if not found.active:
        raise _Answer(403, f"The connection “{found.name}” is switched off in Counterfoil.")
    return found


def _too_many(wait: int) -> _Answer:
    return _Answer(429, f"Too many requests. Try again in {wait} seconds.", {"Retry-After": str(wait)})


def _login(request: HttpRequest) -> tuple[str, str]:
    """User name and password of the header (RFC 7617); empty where there are none."""
    kind, _, said = request.headers.get("Authorization", "")[:LONGEST_LOGIN].partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        username, _, password = base64.b64decode(said.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return username, password


def _check_action(request: HttpRequest, wanted: str) -> None:
    said = request.GET.get("action", "")
    if said.lower() != wanted:
        raise _Answer(400, f"The action “{said[:30]}” isn’t known. {request.method} takes action={wanted}.")


def _export(request: HttpRequest, connection: ShipStationConnection) -> HttpResponse:
    _check_action(request, "export")
    start, end = _moment(request, "start_date"), _moment(request, "end_date")
    if start > end:
        raise _Answer(400, "start_date is after end_date.")
    page = number_of(request.GET.get("page", "1"), LAST_PAGE)
    if not page:
        raise _Answer(400, f"The page “{request.GET['page'][:20]}” isn’t a whole number of 1 or more.")
    found = export_page(connection, start, end, page)
    log.info("shipstation_export", connection=connection.pk, page=page, pages=found.pages, orders=len(found.orders))
    return HttpResponse(orders_xml(found), content_type=XML)


def _moment(request: HttpRequest, name: str) -> datetime:
    """A moment in UTC; raises _Answer."""
    said = " ".join(request.GET.get(name, "").split())
    for form in FORMATS:
        try:
            moment = datetime.strptime(said, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if 1970 <= moment.year < 9999:
            return moment
    raise _Answer(400, f"{name} is “{said[:40]}”; it has to be like 03/23/2026 21:09, in UTC.")


def _notice(request: HttpRequest, connection: ShipStationConnection) -> HttpResponse:
    _check_action(request, "shipnotify")
    try:
        draft = read_notice(request)
    except Refused as unread:
        keep_unreadable(connection, draft_of_address(request), unread)
        raise _Answer(413 if isinstance(unread, NoticeTooLarge) else 400, str(unread)) from unread
    try:
        notice = take_notice(connection, draft)
    except Refused as refused:
        log.info("shipstation_notice", connection=connection.pk, processed=False)
        raise _Answer(409, f"{refused} Counterfoil keeps the label under Needs attention.") from refused
    log.info("shipstation_notice", connection=connection.pk, notice=notice.pk, processed=True)
    return HttpResponse(DECLARATION + element("Received", []) + "\n", content_type=XML)
