"""Writes store updates: what is to be said to a store, in the transaction in which it becomes true."""

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from counterfoil.stores.models import (
    ACKNOWLEDGEMENTS,
    UNDONE,
    StoreUpdate,
    UpdateCause,
    UpdateKind,
    UpdateState,
    WebIntegration,
    WebOrder,
)
from counterfoil.stores.updates.kinds import type_of

UNDONE_ACKNOWLEDGEMENTS = StoreUpdate.objects.filter(kind=UpdateKind.STATUS, state__in=UNDONE, acknowledges=True)
"""The statuses that still have to tell a store what became of an order."""

REPLACED = "A newer status replaced it before it was sent."

CIRCLE = "status_circle"

# A newer status takes a waiting older one's place, and a failed one's, and answers for it what that had to answer. What
# a person has changed is replaced by an import error only, and so does the first import's "downloaded". A status that
# another program sets back each time stays with the person whom it needs.
_WAIT = """
    WITH stays AS (
        SELECT id FROM stores_storeupdate
        WHERE web_order_id = %(web_order)s AND kind = 'status' AND state = 'failed'
            AND reason_code = %(circle)s AND status_id = %(status)s
    ), taken_back AS (
        UPDATE stores_storeupdate
        SET state = 'not_needed', reason = %(replaced)s, reason_code = '', next_step = '', trace = '',
            ended_at = now(), failed_since = NULL
        WHERE web_order_id = %(web_order)s AND kind = 'status' AND state = 'failed'
            AND id NOT IN (SELECT id FROM stays)
        RETURNING acknowledges
    )
    INSERT INTO stores_storeupdate AS waits
        (web_order_id, kind, status_id, cause, acknowledges, onto,
         state, attempts, reason_code, reason, next_step, trace)
    SELECT %(web_order)s, 'status', %(status)s, %(cause)s,
        %(acknowledges)s OR EXISTS (SELECT FROM taken_back WHERE acknowledges), %(onto)s, 'waiting', 0, '', '', '', ''
    WHERE NOT EXISTS (SELECT FROM stays)
    ON CONFLICT (web_order_id) WHERE state = 'waiting' AND kind = 'status' DO UPDATE SET
        acknowledges = waits.acknowledges OR EXCLUDED.acknowledges,
        onto = EXCLUDED.onto,
        due_at = EXCLUDED.due_at,
        (status_id, cause) = (
            SELECT waits.status_id, waits.cause
            WHERE waits.cause IN ('mapped', 'downloaded') AND EXCLUDED.cause IN ('downloaded', 'reimported')
            UNION ALL SELECT EXCLUDED.status_id, EXCLUDED.cause
            LIMIT 1
        )
"""


def ensure_status(web_order: WebOrder, status_id: int, cause: UpdateCause) -> None:
    """Sees to it that the store's status of the order becomes `status_id`."""
    waits: dict[str, Any] = {
        "web_order": web_order.pk,
        "status": status_id,
        "cause": cause.value,
        "acknowledges": cause in ACKNOWLEDGEMENTS,
        "onto": web_order.status_seen,
        "circle": CIRCLE,
        "replaced": REPLACED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, waits)


def take_back_mapped(web_order: WebOrder, status: str) -> None:
    """The order went on to an order status that is not assigned: a mapped status that waits or failed is not sent.

    What it had to acknowledge is acknowledged all the same, with the status that this asks for.
    """
    integration = web_order.integration
    unsent = StoreUpdate.objects.filter(
        web_order=web_order,
        kind=UpdateKind.STATUS,
        state__in=[UpdateState.WAITING, UpdateState.FAILED],
        cause=UpdateCause.MAPPED,
    )
    failed_import = web_order.is_behind
    unsent.filter(acknowledges=True).update(
        status_id=integration.error_status if failed_import else integration.downloaded_status,
        cause=UpdateCause.IMPORT_ERROR if failed_import else UpdateCause.DOWNLOADED,
    )
    gone_on = f"The order changed to {status}, which isn’t assigned, before this status was sent."
    unsent.filter(acknowledges=False).update(**_not_needed(gone_on))


def _not_needed(reason: str) -> dict[str, object]:
    return {
        "state": UpdateState.NOT_NEEDED,
        "reason": reason,
        "reason_code": "",
        "next_step": "",
        "ended_at": timezone.now(),
        "failed_since": None,
    }


def queue_shipment(web_order: WebOrder, kind: UpdateKind, parcel_id: int) -> None:
    """Says to the store what became of a parcel; what waits to be said already is not said twice."""
    waits = StoreUpdate(web_order=web_order, kind=kind, parcel_id=parcel_id, state=UpdateState.WAITING)
    StoreUpdate.objects.bulk_create([waits], ignore_conflicts=True)


def shipments_in_doubt(integration: WebIntegration) -> QuerySet[StoreUpdate]:
    """The shipments that may have been made in the store without our knowing which they are.

    Until they are found, an unknown shipment of their order may be one of ours.
    """
    return StoreUpdate.objects.filter(
        web_order__integration=integration, kind=UpdateKind.CREATE, state__in=UNDONE, asked_at__isnull=False
    )


def wait_again(update: StoreUpdate) -> None:
    """Puts an update that did not go out back among the waiting, unless a newer one has taken its place."""
    if not mark_if_superseded(update):
        if type_of(update.kind).newest_counts:
            older = _others(update).filter(pk__lt=update.pk, state=UpdateState.WAITING)
            older.update(**_not_needed(REPLACED))
        update.state = UpdateState.WAITING
    update.save()


def mark_if_superseded(update: StoreUpdate) -> bool:
    """Marks it as not needed, unsaved, where a newer update has taken its place; whether one has.

    What it had to acknowledge, that one acknowledges. Of a status any newer one counts, also one that was sent.
    """
    newest_counts = type_of(update.kind).newest_counts
    newer = _others(update).filter(Q(pk__gt=update.pk) if newest_counts else Q(state=UpdateState.WAITING))
    if not newer.exists():
        return False
    if update.acknowledges:
        newer.filter(state__in=[UpdateState.WAITING, UpdateState.FAILED]).update(acknowledges=True)
    for name, value in _not_needed(REPLACED).items():
        setattr(update, name, value)
    return True


def _others(update: StoreUpdate) -> QuerySet[StoreUpdate]:
    """Of the same order, kind and parcel."""
    same = StoreUpdate.objects.filter(web_order=update.web_order_id, kind=update.kind, parcel=update.parcel_id)
    return same.exclude(pk=update.pk)
