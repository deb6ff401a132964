"""Webhook endpoints: added, changed, switched off and on, removed; their secrets replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from counterfoil.events.models import (
    TEST,
    DeliveryState,
    EventType,
    OutgoingEvent,
    Publication,
    WebhookDelivery,
    WebhookEndpoint,
)
from counterfoil.events.network import checked_url
from counterfoil.events.signatures import new_secret
from counterfoil.sales.errors import Refused
from counterfoil.stores.db.encryption import Secret, no_secret
from counterfoil.stores.integrations.validation import checked_stores

LONGEST_NAME = 100
MOST = 50
OVERLAP = timedelta(hours=24)
"""For so long after a new secret the former one signs, too."""


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """An endpoint as someone wants it. Without `types` it is told of everything, without `stores` of all."""

    name: str
    url: str
    types: Sequence[str] = ()
    stores: Sequence[str] = ()


def endpoints() -> QuerySet[WebhookEndpoint]:
    """All, with how many deliveries wait (`waiting`) and since when (`waiting_since`)."""
    waits = Q(deliveries__state=DeliveryState.WAITING)
    return WebhookEndpoint.objects.annotate(
        waiting=Count("deliveries", filter=waits), waiting_since=Min("deliveries__made_at", filter=waits)
    )


def find_endpoint(name: str) -> WebhookEndpoint:
    """The endpoint of this name; raises Refused."""
    found = WebhookEndpoint.objects.filter(name=name.strip()).first()
    if found is None:
        raise Refused(f"There is no webhook endpoint “{name}”.", "“counterfoil webhook-endpoint list” shows them.")
    return found


def add_endpoint(draft: EndpointDraft, *, by: str) -> tuple[WebhookEndpoint, str]:
    """The endpoint and its secret, which nobody can read later. Raises Refused.

    It is told of what happens from now on.
    """
    values = _checked(draft)
    if WebhookEndpoint.objects.count() >= MOST:
        raise Refused(f"There are already {MOST} webhook endpoints, the maximum.", "Remove one first.")
    secret = new_secret()
    try:
        with transaction.atomic():
            endpoint = WebhookEndpoint.objects.create(secret=Secret.of(secret), made_by=by, **values)
    except IntegrityError:
        raise _taken(draft) from None
    endpoint.refresh_from_db()
    return endpoint, secret


def change_endpoint(endpoint: WebhookEndpoint, draft: EndpointDraft) -> list[str]:
    """Changes it; the names of what differs. Raises Refused. What waits already goes to the new URL."""
    values = _checked(draft)
    changed = [name for name, value in values.items() if getattr(endpoint, name) != value]
    try:
        with transaction.atomic():
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**values)
            if "url" in changed:
                _send_again_at_once(endpoint)
    except IntegrityError:
        raise _taken(draft) from None
    return changed


def _send_again_at_once(endpoint: WebhookEndpoint) -> None:
    """What waits does not wait any longer for what was wrong before."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failures=0, rests_until=None)
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint.pk, state=DeliveryState.WAITING)
    waiting.update(due_at=timezone.now(), attempts=0, tried_since=None)


def replace_secret(endpoint: WebhookEndpoint) -> str:
    """A new secret; the former one signs along for a day, so that the other side can change over."""
    secret = new_secret()
    with transaction.atomic():
        locked = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
        locked.former_secret, locked.former_until = locked.secret, timezone.now() + OVERLAP
        locked.secret = Secret.of(secret)
        locked.save(update_fields=["secret", "former_secret", "former_until"])
    return secret


def drop_former_secret(endpoint: WebhookEndpoint) -> bool:
    """The former secret signs no longer; False when there is none."""
    return bool(
        WebhookEndpoint.objects.filter(pk=endpoint.pk, former_until__isnull=False).update(
            former_secret=no_secret(), former_until=None
        )
    )


def switch_off(endpoint: WebhookEndpoint, reason: str) -> bool:
    """Nothing is sent from now on; what happens meanwhile waits. False when it is off already."""
    off = WebhookEndpoint.objects.filter(pk=endpoint.pk, off_at=None)
    return bool(off.update(off_at=timezone.now(), off_reason=reason))


def switch_on(endpoint: WebhookEndpoint) -> bool:
    """What waits is sent, in its order, and what happens from now on. False when it is on already."""
    with transaction.atomic():
        on = WebhookEndpoint.objects.filter(pk=endpoint.pk, off_at__isnull=False).update(off_at=None, off_reason="")
        if on:
            _send_again_at_once(endpoint)
    return bool(on)


def remove_endpoint(endpoint: WebhookEndpoint) -> None:
    """Removes it with its deliveries; events stay. Meanwhile nothing is queued, which would refer to what is gone."""
    with transaction.atomic():
        Publication.objects.select_for_update().first()
        endpoint.delete()


def send_again(delivery: WebhookDelivery) -> None:
    """It is due now, whatever became of it; three more days are given to it."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.WAITING, due_at=timezone.now(), attempts=0, tried_since=None, ended_at=None
    )
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(rests_until=None)


def skip_delivery(delivery: WebhookDelivery) -> bool:
    """It is not sent; later ones of its order go on. False when it does not wait."""
    waiting = WebhookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    return bool(waiting.update(state=DeliveryState.SKIPPED, ended_at=timezone.now()))


def add_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """A delivery of a test event, for this endpoint alone; it waits for nobody and holds up nothing."""
    with transaction.atomic():
        event = OutgoingEvent.objects.create(
            type=TEST,
            store="",
            subject="",
            data={"message": "This is a test of the webhook endpoint.", "endpoint": endpoint.name},
        )
        return WebhookDelivery.objects.create(
            endpoint=endpoint, event=event, position=0, subject=f"test {event.uuid.hex}"
        )


def _checked(draft: EndpointDraft) -> dict[str, object]:
    name = " ".join(draft.name.split())
    if not name:
        raise Refused("The endpoint has no name.", "Name it after the system that receives the events.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(
            f"The name is longer than {LONGEST_NAME} characters, or contains an unprintable one.",
            "Choose another name.",
        )
    unknown = [each for each in draft.types if each not in EventType.values]
    if unknown:
        raise Refused(f"There is no event “{unknown[0][:60]}”.", f"Choose from: {', '.join(EventType.values)}.")
    types = [each for each in EventType.values if each in draft.types]
    return {"name": name, "url": checked_url(draft.url), "types": types, "stores": checked_stores(draft.stores)}


def _taken(draft: EndpointDraft) -> Refused:
    name = " ".join(draft.name.split())
    return Refused(f"There’s already a webhook endpoint “{name}”.", "Choose another name.")
