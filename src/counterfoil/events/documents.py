"""An event as others get it: the same in a webhook and in the API."""

from counterfoil.events.models import OutgoingEvent
from counterfoil.stores.json_output import Shape, json_text

API_VERSION = "1"


def event_document(event: OutgoingEvent) -> Shape:
    """What is told of it. `timestamp`: when it happened."""
    return {
        "id": event.public_id,
        "type": event.type,
        "timestamp": event.at,
        "api_version": API_VERSION,
        "data": event.data,
    }


def body_of(event: OutgoingEvent) -> bytes:
    """The body of its webhooks; the same bytes each time."""
    return json_text(event_document(event)).encode()
