"""The web integrations, what they say in their log, and where an order is that is not imported."""

from django.http import HttpRequest, HttpResponse
from ninja import Query

from counterfoil.api.authentication import check_store, stores_of, token_of
from counterfoil.api.paging import Sorting, listed, page_of
from counterfoil.api.schemas import operations as schemas
from counterfoil.api.schemas.common import Id, PageOf
from counterfoil.api.service import Resource, answer
from counterfoil.stores.json_output import log_row, place_row, store_document
from counterfoil.stores.models import LogEntry
from counterfoil.stores.weborders.locate import find_order

router = Resource("Stores")
BY_ID = Sorting("id", "id", downwards=False, is_time=False)
NEWEST = Sorting("id-", "id", downwards=True, is_time=False)
LOCK_WAIT, ASK_SECONDS = 1.0, 15.0


@router.reads(
    "/stores", PageOf[schemas.StoreSchema], query=schemas.StoresAsked, operation_id="listStores", url_name="stores"
)
def list_stores(request: HttpRequest, asked: Query[schemas.StoresAsked]) -> HttpResponse:
    """Lists the web integrations that the token can see."""
    page = page_of(stores_of(token_of(request)), BY_ID, cursor=asked.cursor, limit=asked.limit)
    return answer(listed(request, page, store_document))


@router.reads("/stores/{code}", schemas.StoreSchema, operation_id="getStore", url_name="store")
def get_store(request: HttpRequest, code: str) -> HttpResponse:
    """One web integration, by its import source code."""
    return answer(store_document(check_store(token_of(request), code)))


@router.reads("/where/{number}", schemas.PlacesSchema, operation_id="whereIsOrder", url_name="where")
def where(request: HttpRequest, number: Id) -> HttpResponse:
    """Says where an order is, by its BigCommerce number: imported or not, why not, and what would get it imported.

    This asks the stores, which takes up to 15 seconds.
    """
    token = token_of(request)
    places, silent = find_order(number, lock_wait=LOCK_WAIT, seconds=ASK_SECONDS, stores=token.stores)
    return answer({"data": [place_row(place) for place in places], "silent": silent})


@router.reads("/log", PageOf[schemas.LogLineSchema], query=schemas.LogAsked, operation_id="listLog", url_name="log")
def list_log(request: HttpRequest, asked: Query[schemas.LogAsked]) -> HttpResponse:
    """The web integration log, newest first."""
    token = token_of(request)
    lines = LogEntry.objects.select_related("integration")
    if token.stores:
        lines = lines.filter(integration__in=list(stores_of(token).values_list("pk", flat=True)))
    if asked.store:
        lines = lines.filter(integration=check_store(token, asked.store))
    if asked.import_id:
        lines = lines.filter(import_id=asked.import_id)
    if asked.since:
        lines = lines.filter(at__gte=asked.since)
    return answer(listed(request, page_of(lines, NEWEST, cursor=asked.cursor, limit=asked.limit), log_row))
