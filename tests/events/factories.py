"""Events and endpoints."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from counterfoil.events.deliver import deliver_to
from counterfoil.events.endpoints import EndpointDraft, add_endpoint
from counterfoil.events.models import DeliveryState, OutgoingEvent, WebhookDelivery, WebhookEndpoint
from counterfoil.events.publish import publish


def an_endpoint(url: str, name: str = "ERP", **more: Any) -> WebhookEndpoint:
    """An endpoint there."""
    return add_endpoint(EndpointDraft(name, url, **more), by="Ada")[0]


def events(number: int, *, subjects: int = 1, kind: str = "order.updated", store: str = "WEB-") -> None:
    """So many events, about so many orders in turn; published."""
    OutgoingEvent.objects.bulk_create(
        OutgoingEvent(type=kind, store=store, subject=f"WEB-{n % subjects}", data={"n": n}) for n in range(number)
    )
    publish()


def told() -> list[str]:
    """The types of all events, as they happened."""
    publish()
    return list(OutgoingEvent.objects.order_by("position").values_list("type", flat=True))


def event(kind: str) -> dict[str, Any]:
    """What the last event of this type told."""
    publish()
    data: dict[str, Any] = OutgoingEvent.objects.filter(type=kind).latest("position").data
    return data


def let_pass(time: timedelta = timedelta(0)) -> None:
    """All that waits is due; `time` has passed since it was tried first."""
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING)
    waiting.update(due_at=timezone.now())
    if time:
        waiting.filter(tried_since__isnull=False).update(tried_since=timezone.now() - time)
    WebhookEndpoint.objects.update(rests_until=None)


def deliver(endpoint: WebhookEndpoint) -> int:
    """Sends what is due to it."""
    return deliver_to(endpoint.pk, seconds=60.0)


def only(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """The one delivery of the endpoint."""
    return endpoint.deliveries.get()
