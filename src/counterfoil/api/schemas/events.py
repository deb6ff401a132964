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
        "", max_length=50, description="`cursor` of the previous page, or an event's ID. Empty: the oldest event kept."
    )
    limit: int = Field(DEFAULT, ge=1, le=MOST, description="Maximum number of events.")
    store: Text = Field("", max_length=50)
    type: Text = Field("", max_length=500, description="Only these types, separated by commas.")


class EventSchema(BaseModel):
    """Something that happened. `data` depends on the type and always has `order` (null if it's about a store)."""

    id: str = Field(description="The same in each delivery: use it to recognize duplicates.")
    type: EventType
    timestamp: datetime = Field(description="When it happened.")
    api_version: str
    data: dict[str, Any]
