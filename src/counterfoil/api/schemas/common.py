"""What many requests and answers have."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    model_validator,
)

from counterfoil.api.paging import DEFAULT, LONGEST_CURSOR, MOST
from counterfoil.api.validation import refused
from counterfoil.storable import LARGEST_ID, LARGEST_QUANTITY, storable_text

Row = TypeVar("Row")
_LOST_PLUS = re.compile(r"(:[0-9]{2}(?:[.][0-9]+)?) ([0-9]{2}:?[0-9]{2})$")


def _storable(text: str) -> str:
    if storable_text(text) != text:
        raise refused("not_storable")
    return text


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise refused("no_time_zone")
    return moment


def _is_number(value: Any) -> bool:
    is_written = isinstance(value, str) and value.strip().lstrip("+-").replace(".", "").isdigit()
    return is_written or isinstance(value, int | float)


def _text_of_day(value: Any) -> Any:
    if _is_number(value):
        raise refused("not_a_day")
    return value


def _text_of_time(value: Any) -> Any:
    """Numbers are no times, though pydantic takes them for seconds. A + that a URL has unescaped comes as a blank."""
    if _is_number(value):
        raise refused("not_a_time")
    return _LOST_PLUS.sub(r"\1+\2", value) if isinstance(value, str) else value


def _said(text: str) -> str:
    if not text.strip():
        raise refused("string_empty")
    return text


Text = Annotated[str, AfterValidator(_storable)]
Short = Annotated[str, AfterValidator(_storable), Field(max_length=1000)]
Words = Annotated[str, AfterValidator(_storable), Field(max_length=500)]
Name = Annotated[Short, AfterValidator(_said), Field(min_length=1)]
Reason = Annotated[Words, AfterValidator(_said), Field(min_length=1)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=LARGEST_QUANTITY)]
Moment = Annotated[datetime, BeforeValidator(_text_of_time), AfterValidator(_aware)]
Day = Annotated[date, BeforeValidator(_text_of_day)]
Money = Annotated[
    Decimal,
    PlainSerializer(str, return_type=str),
    Field(json_schema_extra={"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["19.90"]}),
]
Flag = StrictBool


class RequestBody(BaseModel):
    """The body of a request: an unknown field is an error, so that no typo goes unnoticed.

    A field that is null counts as missing: generated clients send every field they know.
    """

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, sent: Any) -> Any:
        return {name: value for name, value in sent.items() if value is not None} if isinstance(sent, dict) else sent


class RequestQuery(BaseModel):
    """What stands behind the question mark."""

    model_config = ConfigDict(extra="forbid")


class Paged(RequestQuery):
    """Which page of a list."""

    limit: int = Field(DEFAULT, ge=1, le=MOST, description="Maximum number of rows.")
    cursor: Annotated[str, AfterValidator(_storable)] = Field(
        "", max_length=LONGEST_CURSOR, description="Where the page starts: `cursor` from the previous page. Opaque."
    )


class PageOf(BaseModel, Generic[Row]):
    """A page of a list."""

    data: list[Row]
    next: str | None = Field(description="The URL of the next page; null on the last one.")
    cursor: str | None = Field(description="Where the next page starts, even if there is none yet: keep it.")


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    detail: str = Field(description="A sentence for people.")
    next_step: str = Field(description="What to send instead.")


class ProblemDetails(BaseModel):
    """Why something was not done (RFC 9457)."""

    type: str = Field(examples=["urn:counterfoil:problem:invalid"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    code: str = Field(description="Stable; for programs.", examples=["invalid"])
    detail: str = Field(description="A sentence for people.")
    next_step: str = Field(description="What to do next; may be empty.")
    field: str | None = Field(description="Which part of the request it’s about.")
    errors: list[FieldProblem] = Field(default=[], description="Each field that is wrong.")
