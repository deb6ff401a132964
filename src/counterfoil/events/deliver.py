"""Delivers what waits for an endpoint: at least once, in the order of each subject, with pauses that grow.

A delivery is taken by moving its `due_at` ahead, in a transaction of its own: whoever is killed while sending leaves
it to be taken again. As long as it waits, later ones of its subject (an order) are not taken; those of others are.
"""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from threading import Event
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from counterfoil.events.documents import body_of
from counterfoil.events.endpoints import switch_off
from counterfoil.events.models import TEST, DeliveryState, WebhookDelivery, WebhookEndpoint
from counterfoil.events.notices import tell_administrators
from counterfoil.events.sender import DeliveryAttempt, WebhookSender
from counterfoil.events.signatures import headers
from counterfoil.stores.db.encryption import SecretUnreadable

LANES, BATCH = 4, 32
LEASE = timedelta(minutes=5)
"""Longer than a batch can take: BATCH / LANES × 15 seconds."""
GIVE_UP_AFTER = timedelta(days=3)
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 21 * 3600)
)
JITTER = 0.2
"""By so much of it, at most, a pause is longer: what failed together is not repeated together."""
SET_BACK_BY = timedelta(minutes=5)
"""A delivery tried (or, if never tried, due) further ahead than this dates from before the clock was set back: it is
due now."""
MOST_FAILURES = 10
"""After so many in a row one delivery at a time tries whether the endpoint is there again."""
FIRST_REST, LONGEST_REST = 5.0, 600.0
logger = structlog.get_logger("counterfoil.webhooks")

_TAKE = """
    UPDATE events_webhookdelivery SET due_at = statement_timestamp() + %(lease)s, attempts = attempts + 1,
        tried_at = statement_timestamp(), tried_since = COALESCE(tried_since, statement_timestamp())
    WHERE id = ANY (ARRAY (
        SELECT id FROM events_webhookdelivery AS this
        WHERE endpoint_id = %(endpoint)s AND state = 'waiting'
            AND (due_at <= statement_timestamp()
                OR COALESCE(tried_at, due_at) > statement_timestamp() + %(set_back_by)s)
            AND (%(only)s::bigint IS NULL OR id = %(only)s)
            AND NOT EXISTS (
                SELECT FROM events_webhookdelivery AS earlier
                WHERE earlier.endpoint_id = this.endpoint_id AND earlier.subject = this.subject
                    AND earlier.state = 'waiting' AND earlier.position < this.position)
        ORDER BY position LIMIT %(most)s FOR UPDATE SKIP LOCKED))
    RETURNING id
"""
"""An array is asked for once: a subquery with a limit behind IN may run for each row, and take more than that."""
_DUE = """
    SELECT endpoint.id FROM events_webhookendpoint AS endpoint
    WHERE off_at IS NULL
        AND (rests_until IS NULL OR rests_until <= statement_timestamp()
            OR rests_until > statement_timestamp() + %(longest_rest)s)
        AND EXISTS (
        SELECT FROM events_webhookdelivery AS waits
        WHERE waits.endpoint_id = endpoint.id AND waits.state = 'waiting'
            AND (waits.due_at <= statement_timestamp()
                OR COALESCE(waits.tried_at, waits.due_at) > statement_timestamp() + %(set_back_by)s))
    ORDER BY endpoint.id
"""


def due_endpoints() -> list[int]:
    """The endpoints for which something is due. One statement."""
    told: dict[str, Any] = {"set_back_by": SET_BACK_BY, "longest_rest": timedelta(seconds=2 * LONGEST_REST)}
    with connection.cursor() as cursor:
        cursor.execute(_DUE, told)
        return [pk for (pk,) in cursor.fetchall()]


def deliver_to(endpoint_id: int, *, seconds: float, is_to_stop: Callable[[], bool] = lambda: False) -> int:
    """Sends what is due to one endpoint, for so long at most; how many deliveries were tried."""
    tried, ends_at = 0, time.monotonic() + seconds
    sender: WebhookSender | None = None
    try:
        while not is_to_stop() and time.monotonic() < ends_at and endpoint_id in due_endpoints():
            endpoint = WebhookEndpoint.objects.get(pk=endpoint_id)
            most = 1 if endpoint.failures >= MOST_FAILURES else BATCH
            deliveries = take(endpoint, most)
            if not deliveries:
                return tried
            sender = _sender_to(endpoint.url, sender)
            tried += len(deliveries)
            most_failures = max(MOST_FAILURES, endpoint.failures + 1)  # of one moment: they are no failures in a row
            for delivery, attempt in _sent(sender, endpoint, deliveries):
                note(endpoint, delivery, attempt, most_failures)
    except (WebhookEndpoint.DoesNotExist, WebhookDelivery.DoesNotExist):
        return tried  # it was removed meanwhile
    finally:
        if sender is not None:
            sender.close()
    return tried


def _sender_to(url: str, before: WebhookSender | None) -> WebhookSender:
    """The one from before, unless the endpoint was given another URL meanwhile."""
    if before is not None and before.url == url:
        return before
    if before is not None:
        before.close()
    return WebhookSender(url, lanes=LANES)


def deliver_now(delivery: WebhookDelivery) -> WebhookDelivery:
    """Sends one delivery at once where it is due and first of its subject; as it is afterwards. 15 seconds at most."""
    endpoint = delivery.endpoint
    for taken in take(endpoint, 1, only=delivery.pk):
        sender = WebhookSender(endpoint.url)
        try:
            for each, attempt in _sent(sender, endpoint, [taken]):
                note(endpoint, each, attempt)
        finally:
            sender.close()
    return WebhookDelivery.objects.select_related("endpoint", "event").get(pk=delivery.pk)


def take(endpoint: WebhookEndpoint, most: int, *, only: int | None = None) -> list[WebhookDelivery]:
    """Deliveries that are due, for this process alone, with their events."""
    told: dict[str, Any] = {
        "lease": LEASE,
        "set_back_by": SET_BACK_BY,
        "endpoint": endpoint.pk,
        "most": most,
        "only": only,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, told)
        pks = [pk for (pk,) in cursor.fetchall()]
    return list(WebhookDelivery.objects.filter(pk__in=pks).select_related("event").order_by("position", "pk"))


def _sent(
    sender: WebhookSender, endpoint: WebhookEndpoint, deliveries: list[WebhookDelivery]
) -> Iterator[tuple[WebhookDelivery, DeliveryAttempt]]:
    """Each with what came of it, as soon as it is known. The threads that send know no database.

    After a 410 no more of them is sent: they wait until the endpoint is switched on again.
    """
    try:
        signing = signing_secrets(endpoint)
    except SecretUnreadable as unreadable:
        for delivery in deliveries:
            yield delivery, DeliveryAttempt(None, "", str(unreadable), 0)
        return

    gone = Event()

    def send(delivery: WebhookDelivery) -> DeliveryAttempt | None:
        if gone.is_set():
            return None
        body, now = body_of(delivery.event), int(time.time())
        attempt = sender.send(body, headers(signing, delivery.event.public_id, now, body))
        if attempt.gone:
            gone.set()
        return attempt

    with ThreadPoolExecutor(min(LANES, len(deliveries)), "webhook") as pool:
        running = {pool.submit(send, delivery): delivery for delivery in deliveries}
        for future in as_completed(running):
            attempt = future.result()
            if attempt is not None:
                yield running[future], attempt


def signing_secrets(endpoint: WebhookEndpoint) -> list[str]:
    """The secret, and the former one while it signs along; raises SecretUnreadable."""
    found = [endpoint.secret.reveal()]
    if endpoint.former_until is not None and endpoint.former_until > timezone.now():
        found.append(endpoint.former_secret.reveal())
    return found


def note(
    endpoint: WebhookEndpoint, delivery: WebhookDelivery, attempt: DeliveryAttempt, most_failures: int | None = None
) -> None:
    """Writes down what came of a delivery, and what follows from that for the endpoint.

    `most_failures`: what the endpoint's failures are raised to at most.
    """
    now = timezone.now()
    values: dict[str, object] = {
        "status": attempt.status,
        "answer": attempt.answer,
        "trouble": attempt.trouble,
        "milliseconds": attempt.milliseconds,
    }
    is_test = delivery.event.type == TEST
    if attempt.delivered:
        values |= {"state": DeliveryState.DELIVERED, "ended_at": now}
    elif is_test:
        values |= {"state": DeliveryState.SKIPPED, "ended_at": now}
    else:
        values["due_at"] = now + max(pause(delivery.attempts), timedelta(seconds=attempt.retry_after))
    with transaction.atomic():
        waiting = WebhookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
        if not waiting.update(**values):
            return  # skipped meanwhile, or removed
        reason = "" if is_test else _note_endpoint(endpoint, delivery, attempt, most_failures)
        if reason:
            tell_administrators(endpoint, reason)
    logger.info(
        "webhook",
        endpoint=endpoint.name,
        event_id=delivery.event.public_id,
        type=delivery.event.type,
        status=attempt.status,
        attempt=delivery.attempts,
        ms=attempt.milliseconds,
    )
    if reason:
        logger.warning("webhook endpoint switched off", endpoint=endpoint.name, reason=reason)


def _note_endpoint(
    endpoint: WebhookEndpoint, delivery: WebhookDelivery, attempt: DeliveryAttempt, most_failures: int | None
) -> str:
    """Counts failures in a row; why the endpoint was switched off, or ""."""
    row = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    if attempt.delivered:
        if endpoint.failures:
            row.update(failures=0, rests_until=None)
        endpoint.failures = 0
        return ""
    endpoint.failures = min(endpoint.failures + 1, most_failures or endpoint.failures + 1)
    rest = None
    if endpoint.failures >= MOST_FAILURES:
        doubled = FIRST_REST * 2 ** min(endpoint.failures - MOST_FAILURES, 10)
        rest = timezone.now() + timedelta(seconds=_with_jitter(min(LONGEST_REST, doubled)))
    row.update(failures=endpoint.failures, rests_until=rest)
    reason = ""
    if attempt.gone:
        reason = "It responded with 410 (Gone): it doesn’t want more events."
    elif delivery.tried_since is not None and timezone.now() - delivery.tried_since >= GIVE_UP_AFTER:
        reason = f"An event couldn’t be delivered for three days. {attempt.trouble}"
    return reason if reason and switch_off(endpoint, reason) else ""


def pause(attempts: int) -> timedelta:
    """How long a delivery waits after so many attempts."""
    wait = PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]
    return timedelta(seconds=_with_jitter(wait.total_seconds()))


def _with_jitter(seconds: float) -> float:
    return seconds * (1 + JITTER * random.random())  # noqa: S311 (no secret)
