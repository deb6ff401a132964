"""Stores, what needs attention, where an order is, the log, exports, reconciliations."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from counterfoil.api.schemas.common import Day, Flag, Moment, Name, Paged, Reason, RequestBody, Short, Text

MOST_IMPORT_IDS = 1000


class StoreSchema(BaseModel):
    """A web integration: its settings and its state. Secrets only show as set or not set."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(examples=["WEB-"])
    description: str
    store_name: str
    time_zone: str
    condition: str
    warnings: list[str]
    counts: dict[str, int]
    visited_at: datetime | None


class AttentionAsked(Paged):
    """Filters of what needs attention."""

    store: Text = Field("", max_length=50)
    q: Text = Field("", max_length=300, description="Words from the import ID, or from what it’s about.")


class AttentionItemSchema(BaseModel):
    """Something that needs a person."""

    import_id: str
    store: str
    code: str
    sentence: str
    next_step: str
    since: datetime


class RetrySent(RequestBody):
    """What to retry."""

    import_ids: Annotated[list[Short], Field(max_length=MOST_IMPORT_IDS)] = Field([], examples=[["WEB-10234"]])
    all: Flag = Field(False, description="Everything that needs attention in the token's stores, except decisions.")


class RetriedSchema(BaseModel):
    """How many items are retried."""

    retried: int


class SkipSent(RequestBody):
    """What to skip."""

    import_id: Name = Field(examples=["WEB-10234"])
    reason: Reason = Field(description="Kept in the log.")


class SkippedSchema(BaseModel):
    """How many items were skipped."""

    skipped: int


class PlaceSchema(BaseModel):
    """Where an order is."""

    store: str
    bigcommerce_order_id: int
    store_status: str
    import_id: str
    imported: bool
    reason: str
    next_step: str


class PlacesSchema(BaseModel):
    """Where an order is, in each store that has it. `silent`: the stores that couldn't be asked, and why."""

    data: list[PlaceSchema]
    silent: list[str]


class LogAsked(Paged):
    """Filters of the log."""

    store: Text = Field("", max_length=50)
    import_id: Text = Field("", max_length=300)
    since: Moment | None = Field(None, description="Lines from this time on.")


class LogLineSchema(BaseModel):
    """A line of the web integration log."""

    at: datetime
    store: str
    import_id: str
    kind: str
    text: str


class ExportSent(RequestBody):
    """Which sales orders to export."""

    store: Text = Field("", max_length=50)
    status: Text = Field("", max_length=100)
    since: Day | None = Field(None, description="Ordered on this day (UTC) or later.")
    until: Day | None = Field(None, description="Ordered on this day (UTC) or earlier.")
    new_only: Flag = Field(False, description="Only orders that no finished export contains.")


class ExportSchema(BaseModel):
    """A file of sales orders. Its orders count as exported once the download is complete."""

    id: int
    at: datetime
    by: str
    which: str
    new_only: bool
    orders: int
    rows: int
    finished_at: datetime | None
    file: str = Field(description="Where to download the file, within two minutes.")


class ReconciliationsAsked(Paged):
    """Of which store."""

    store: Text = Field("", max_length=50)


class ReconciliationSent(RequestBody):
    """Which store and days to compare. Without days, the last seven."""

    store: Annotated[Text, Field(min_length=1, max_length=50)] = Field(examples=["WEB-"])
    first_day: Day | None = None
    last_day: Day | None = None


class ReconciliationSchema(BaseModel):
    """A comparison of a store's orders from some days with the sales orders."""

    id: int
    asked_at: datetime
    ended_at: datetime | None = Field(description="Null while it’s running.")
    store: str
    first_day: date
    last_day: date
    orders: int
    alike: int
    outside: int
    off: int
    api_calls: int
    trouble: str


class DifferenceSchema(BaseModel):
    """A difference between the store and the sales data."""

    bigcommerce_order_id: int
    import_id: str
    kind: str
    off: bool
    ours: str
    theirs: str
    sentence: str
    next_step: str


class ReconciliationDocumentSchema(ReconciliationSchema):
    """A reconciliation with its differences."""

    differences: list[DifferenceSchema]


class StoresAsked(Paged):
    """Which page of the stores."""
