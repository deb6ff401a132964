"""Events, as webhooks deliver them and the list shows them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from counterfoil.api.paging import DEFAULT, MOST
from counterfoil.api.schemas.common import RequestQuery, Text
from counterfoil.events.models import EventType


class EventsAsked(RequestQuery):
    """Which events: after which one, of which store, of which types."""

    after: Text = Field(
        "", max_length=50, description="`cursor` of the page before, or the id of an event. Empty: the oldest kept."
    )
    limit: int = Field(DEFAULT, ge=1, le=MOST, description="How many events at most.")
    store: Text = Field("", max_length=50)
    type: Text = Field("", max_length=500, description="Only these types, separated by commas.")


class EventSchema(BaseModel):
    """Something that happened. `data`: by its type, always with `order` (null where it is about a store)."""

    id: str = Field(description="The same in each delivery: by it what comes twice is known.")
    type: EventType
    timestamp: datetime = Field(description="When it happened.")
    api_version: str
    data: dict[str, Any]
