"""A store's orders of some days against the sales orders."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query

from counterfoil.accounts.models import ApiToken
from counterfoil.api.acts import Done, act
from counterfoil.api.authentication import check_store, token_of
from counterfoil.api.paging import Sorting, listed, page_of
from counterfoil.api.problems import invalid, not_found
from counterfoil.api.schemas import operations as schemas
from counterfoil.api.schemas.common import Id, PageOf
from counterfoil.api.service import Resource, answer
from counterfoil.intake.reconciliation.run import ask_for_reconciliation, usual_period
from counterfoil.stores.json_output import Shape, reconciliation_document, reconciliation_row
from counterfoil.stores.models import Difference, Reconciliation

router = Resource("Reconciliations")
LONGEST_PERIOD = timedelta(days=366)
NEWEST = Sorting("id-", "id", downwards=True, is_time=False)


def _reconciliations_of(token: ApiToken) -> QuerySet[Reconciliation]:
    found = Reconciliation.objects.select_related("integration")
    return found.filter(integration__code__in=token.stores) if token.stores else found


@router.reads(
    "/reconciliations",
    PageOf[schemas.ReconciliationSchema],
    query=schemas.ReconciliationsAsked,
    operation_id="listReconciliations",
    url_name="reconciliations",
)
def list_reconciliations(request: HttpRequest, asked: Query[schemas.ReconciliationsAsked]) -> HttpResponse:
    """Lists the reconciliations, newest first."""
    token = token_of(request)
    found = _reconciliations_of(token)
    if asked.store:
        found = found.filter(integration=check_store(token, asked.store))
    page = page_of(found, NEWEST, cursor=asked.cursor, limit=asked.limit)
    off = _off([each.pk for each in page.rows])
    return answer(listed(request, page, lambda each: _told(each) | reconciliation_row(each, off=off.get(each.pk, 0))))


def _off(ids: Sequence[int]) -> dict[int, int]:
    """How many orders of each are off."""
    differences = Difference.objects.filter(reconciliation__in=ids, is_off=True).order_by()
    counted = differences.values_list("reconciliation").annotate(Count("bigcommerce_order_id", distinct=True))
    return dict(counted)


def _told(found: Reconciliation) -> Shape:
    return {"id": found.pk, "asked_at": found.asked_at, "ended_at": found.ended_at}


def _document(found: Reconciliation) -> Shape:
    return _told(found) | reconciliation_document(found)


@router.reads(
    "/reconciliations/{reconciliation}",
    schemas.ReconciliationDocumentSchema,
    operation_id="getReconciliation",
    url_name="reconciliation",
)
def get_reconciliation(request: HttpRequest, reconciliation: Id) -> HttpResponse:
    """One reconciliation, with its differences."""
    found = _reconciliations_of(token_of(request)).filter(pk=reconciliation).first()
    if found is None:
        raise not_found(f"There is no reconciliation {reconciliation}.", "GET /api/v1/reconciliations lists them.")
    return answer(_document(found))


@router.acts(
    "post",
    "/reconciliations",
    {201: schemas.ReconciliationDocumentSchema},
    scope="manage",
    operation_id="addReconciliation",
    url_name="reconciliations",
)
def add(request: HttpRequest, sent: schemas.ReconciliationSent) -> HttpResponse:
    """Compares a store's orders from some days. A worker does it; read the reconciliation to see its progress."""
    token = token_of(request)

    def do() -> Done:
        store = check_store(token, sent.store)
        usual = usual_period(store)
        first_day, last_day = sent.first_day or usual[0], sent.last_day or usual[1]
        if last_day - first_day > LONGEST_PERIOD:
            raise invalid("first_day", "The period is longer than a year.", "Choose at most one year.")
        asked = ask_for_reconciliation(store, first_day, last_day, by=token.by)
        asked.refresh_from_db()
        headers = {"Location": f"/api/v1/reconciliations/{asked.pk}"}
        return Done(_document(asked), "Started a reconciliation.", store.code, status=201, headers=headers)

    return act(request, do)
